# Waits for lines that hold a token, in several logs at once, each from where it ends now. Reads only.
# Needs: toa_token (letters and digits), toa_logs (absolute paths, one a line).
# Prints "log N" for each log that can be read, `ready`, then "line N TEXT". It ends when its stdin does.
# shellcheck shell=sh disable=SC2154
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
set -f
IFS='
'
# shellcheck disable=SC2086 # one word a line
set -- $toa_logs
unset IFS
toa_number=0
for toa_log in "$@"; do
  toa_number=$((toa_number + 1))
  toa_size=$(stat -L -c %s "$toa_log" 2>/dev/null)
  eval "toa_at_$toa_number=${toa_size:-0}"
  [ ! -f "$toa_log" ] || [ ! -r "$toa_log" ] || printf 'log %s\n' "$toa_number"
done
echo ready

# toa_look N LOG: lines since the last look. A log that was rotated begins anew; the last 64 KiB are looked at twice, since
# a line may have been there by half.
toa_look() {
  toa_size=$(stat -L -c %s "$2" 2>/dev/null) || return
  eval "toa_at=\$toa_at_$1"
  [ "$toa_size" -ge "$toa_at" ] || toa_at=0
  [ "$toa_size" -gt "$toa_at" ] || return
  tail -c "+$((toa_at + 1))" "$2" 2>/dev/null | head -c "$((toa_size - toa_at))" | grep -a -F -e "$toa_token" | head -n 5 | cut -c 1-8192 | sed "s/^/line $1 /"
  [ "$((toa_size - toa_at))" -le 65536 ] || eval "toa_at_$1=$((toa_size - 65536))"
}

toa_watch() {
  toa_wait=0.3
  sleep 0.01 2>/dev/null || toa_wait=1
  while [ -d "/proc/$$" ]; do
    toa_number=0
    for toa_log in "$@"; do
      toa_number=$((toa_number + 1))
      toa_look "$toa_number" "$toa_log"
    done
    sleep "$toa_wait"
  done
}

toa_watch "$@" </dev/null &
toa_pid=$!
while read -r _; do :; done
kill "$toa_pid" 2>/dev/null
wait "$toa_pid" 2>/dev/null
exit 0
