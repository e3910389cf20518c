# One look at the web ports and the module's counters, read together. Reads only.
# Needs: toa_ports (hex, blank before and after each).
# Prints "tcp STATE REMOTE" for each connection, as /proc/net/tcp writes them, "stats ROW", and `end` where no connection
# was left out: who is not in the list is nobody's peer only then.
# shellcheck shell=sh disable=SC2154
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v ports="$toa_ports" '
  $4 != "0A" && split($2, here, ":") == 2 && index(ports, " " here[2] " ") { if (count++ < 20000) print "tcp", $4, $3 }
  END { if (count <= 20000) print "end" }'
[ ! -r /proc/net/toa_stats ] || head -c 16384 /proc/net/toa_stats | sed 's/^/stats /'
