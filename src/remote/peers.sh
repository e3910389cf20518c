# Prints the remote addresses of TCP connections to local ports, each once, as /proc/net/tcp writes them. Reads only.
# Needs: toa_ports (hex, blank before and after each), toa_rounds, toa_pause (seconds). Closing connections count too:
# a short one is seen in TIME_WAIT. `end` comes last, and only where none was left out: who is not in the list is nobody's
# peer only then.
# shellcheck shell=sh disable=SC2154
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
toa_round=0
while [ "$toa_round" -lt "$toa_rounds" ]; do
  [ "$toa_round" -eq 0 ] || sleep "$toa_pause"
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
  toa_round=$((toa_round + 1))
done | awk -v ports="$toa_ports" '
  $4 != "0A" && split($2, here, ":") == 2 && index(ports, " " here[2] " ") {
    split($3, there, ":")
    if (!(there[1] in seen) && count++ < 5000) { seen[there[1]] = 1; print there[1] }
  }
  END { if (count <= 5000) print "end" }'
