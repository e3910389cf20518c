# shellcheck shell=sh disable=SC2154
# Counts the lines of a log by address, on the host, at the lowest priority, in bounded memory: what does not fit is
# sorted in temporary files. Ends when stdin does.
#
# Set before this text:
#   toa_log      absolute path             toa_from, toa_to   bytes of it that count; toa_to empty: to its end now
#   toa_rotated  yes: the files before it count too, oldest first      toa_stem, toa_tail   their names' beginning and end
#   toa_address  awk statements that set a to the address of a line
#   toa_moment   seconds since the epoch: lines from before it are told apart by their own times; empty: they are not
#   toa_time     awk statements that set t to text that begins with a line's time: as in `14/May/2024:14:05:23 +0000`,
#                `2024-05-14T14:05:23Z`, or seconds, ms or us since the epoch; without a zone it is of the host's own
# Prints:
#   file BYTES MTIME NAME      a file that counts, in order; MTIME in seconds since the epoch
#   skipped NAME               a file before it that cannot be read here
#   at BYTES                   so much has been read of all of them; compressed ones as they are on disk
#   COUNT BEFORE ADDRESS       each address once, with how many of its lines are from before the moment; "-": no address
#                              there, "name": a host name in its place
#   COUNT BEFORE ~             the number of all lines, after everything else: without it the count is not whole
# Exit status: 3 permission, 4 missing, 5 not a regular file.
LC_ALL=C
: "${toa_log:?}" "${toa_from:?}" "${toa_address:?}" "${toa_time:?}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec 9>&1

# Everything from here on only takes what nobody else wants.
renice -n 19 -p $$ >/dev/null 2>&1
ionice -c 3 -p $$ >/dev/null 2>&1

if [ ! -e "$toa_log" ]; then
  # A folder that may not be searched hides whether the log is there.
  toa_dir=${toa_log%/*}
  while [ -n "$toa_dir" ] && [ ! -e "$toa_dir" ]; do toa_dir=${toa_dir%/*}; done
  [ -x "${toa_dir:-/}" ] && exit 4
  exit 3
fi
[ -f "$toa_log" ] || exit 5
[ -r "$toa_log" ] || exit 3

# toa_before: the files before the log as "MTIME BYTES NAME". Only names made of what rotation adds to a name.
toa_before() {
  for toa_old in "$toa_stem"[-.0-9]*"$toa_tail"*; do
    [ -f "$toa_old" ] || continue
    [ "$toa_old" != "$toa_log" ] || continue
    case ${toa_old#"$toa_stem"} in
      *[!A-Za-z0-9._-]*) continue ;;
      *.bz2 | *.xz | *.zst | *.lz4) printf 'skipped %s\n' "$toa_old" >&9 ;;
      *[0-9]*) stat -L -c '%Y %s %n' "$toa_old" ;;
    esac
  done | sort -n
}

# toa_cat FROM COUNT: the bytes of descriptor 3, with word now and then of how far it is. Whoever wanted them may be gone.
toa_cat() {
  case $toa_file in
    *.gz) gzip -dc <&3 9>&- 2>/dev/null & ;;
    *)
      [ "$1" -eq 0 ] || dd bs=1 skip="$1" count=0 <&3 2>/dev/null
      head -c "$2" <&3 9>&- &
      ;;
  esac
  toa_pid=$! toa_wait=0.05
  while kill -0 "$toa_pid" 2>/dev/null; do
    read -r _ toa_pos </proc/self/fdinfo/3
    if [ ! -d "/proc/$$" ] || ! echo "at $((toa_read + toa_pos - $1))" >&9; then
      kill "$toa_pid"
      return
    fi
    sleep "$toa_wait" >/dev/null 2>&1 9>&- || sleep 1 >/dev/null 9>&-
    [ "$toa_wait" = 0.4 ] || { [ "$toa_wait" = 0.05 ] && toa_wait=0.1 || toa_wait=0.4; }
  done
  # A file that was cut in the middle of a line must not join its last one with the next file's first.
  case $toa_file in *.gz) ;; *) [ -z "$(tail -c 1 "$toa_file" | tr '\0' 0)" ] || echo ;; esac
}

# toa_bytes: all bytes that count. The list is told before the first of them.
toa_bytes() {
  {
    [ "$toa_rotated" != yes ] || toa_before
    stat -L -c '%Y %s %n' "$toa_log"
  } | {
    toa_list=
    while read -r toa_mtime toa_size toa_file; do
      if [ "$toa_file" = "$toa_log" ]; then toa_size=$((${toa_to:-$toa_size} - toa_from)); fi
      [ "$toa_size" -ge 0 ] || toa_size=0
      echo "file $toa_size $toa_mtime $toa_file" >&9
      toa_list="$toa_list$toa_size $toa_file
"
    done
    toa_read=0
    # Names hold no line feed: they were read from lines.
    while read -r toa_size toa_file; do
      [ -f "$toa_file" ] || continue
      command exec 3<"$toa_file" || continue
      if [ "$toa_file" = "$toa_log" ]; then toa_cat "$toa_from" "$toa_size"; else toa_cat 0 "$toa_size"; fi
      toa_read=$((toa_read + toa_size))
      exec 3<&-
    done <<END
$toa_list
END
  }
}

# Addresses are sorted part by part, each within its memory: far faster than an awk keeps many apart.
# A line without a time is of the time of the line before it. Lines of one second share their time's text.
toa_count() {
  trap '' PIPE
  toa_bytes | awk -v part='sort -S 32M | uniq -c' -v moment="$toa_moment" -v zone="$(date +%z)" "{ a = t = \"\"; $toa_address; if (moment != \"\") { $toa_time } }"'
    BEGIN { side = moment == "" ? "-" : "<" }
    t != last {
      last = t
      e = epoch(t)
      if (e != "") side = e < moment + 0 ? "<" : "-"
    }
    { k = (a ~ /^[0-9]+\.[0-9.]+$/ && length(a) <= 15 ? a : word(a)) " " side; print k | part }
    NR % 500000 == 0 { close(part) }
    END { close(part); printf "%.0f ~ -\n", NR }

    function word(a) {
      if (a ~ /^[]0-9A-Fa-f:.[]+$/ && a ~ /[.:]/ && length(a) <= 64) return a
      return a ~ /^[A-Za-z0-9_-]+\.[A-Za-z0-9._-]*$/ ? "name" : "-"
    }
    function epoch(t,  m, s, z) {
      if (t ~ /^[0-9][0-9]\/[A-Z][a-z][a-z]\/[0-9][0-9][0-9][0-9]:[0-9][0-9]:[0-9][0-9]:[0-9][0-9]/) {
        m = index("JanFebMarAprMayJunJulAugSepOctNovDec", substr(t, 4, 3))
        if (m % 3 != 1) return ""
        s = days(substr(t, 8, 4), (m + 2) / 3, substr(t, 1, 2)) * 86400 + clock(substr(t, 13, 8))
        z = substr(t, 21)
      } else if (t ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]/) {
        s = days(substr(t, 1, 4), substr(t, 6, 2), substr(t, 9, 2)) * 86400 + clock(substr(t, 12, 8))
        z = substr(t, 20)
      } else {
        if (!match(t, /^[0-9]+/) || RLENGTH < 9 || RLENGTH > 17) return ""
        s = substr(t, 1, RLENGTH) + 0
        return s < 1e11 ? s : s < 1e14 ? s / 1000 : s / 1000000
      }
      sub(/^[.,][0-9]+/, "", z)
      sub(/^ /, "", z)
      if (z ~ /^Z/) return s
      if (z !~ /^[-+][0-9][0-9]:?[0-9][0-9]/) z = zone
      m = substr(z, 2, 2) * 3600 + substr(z, length(z) > 4 && substr(z, 4, 1) == ":" ? 5 : 4, 2) * 60
      return z ~ /^-/ ? s + m : s - m
    }
    function clock(t) { return substr(t, 1, 2) * 3600 + substr(t, 4, 2) * 60 + substr(t, 7, 2) }
    # Days since 1970 of a date of the Gregorian calendar, counted in years that begin in March.
    function days(y, m, d) {
      if ((m += 0) < 3) { y -= 1; m += 12 }
      return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 719469
    }' | sort -S 64M -k 2 | awk '
    $2 != a { if (n) printf "%.0f %.0f %s\n", n, b, a; a = $2; n = b = 0 }
    { n += $1; if ($3 == "<") b += $1 }
    END { if (n || a == "~") printf "%.0f %.0f %s\n", n, b, a }'
}

toa_count </dev/null &
toa_job=$!
# Nothing is expected on stdin but its end: whoever asked is gone, and so is the counting.
while read -r _; do :; done
kill "$toa_job" 2>/dev/null
exit 0
