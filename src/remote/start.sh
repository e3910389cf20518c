# shellcheck shell=sh disable=SC2154
# Starts a run and follows it. Runs as root after home.sh; before that stand toa_run (name of the run), toa_mark,
# toa_bytes and toa_sha256 of the script that comes on stdin (toa_bytes=0: follow a run that was started before),
# toa_from (byte of the journal to go on from, counted from 1), toa_who (for the system log).
# The run is a process of its own session: neither a lost connection nor a closed editor reaches it.
say() { printf '==%s %s\n' "$toa_mark" "$*"; }

if ! problem=$(make_home); then
  say refused "$problem"
  exit 1
fi
run=$home/runs/$toa_run

if [ "$toa_bytes" -gt 0 ]; then
  if ! mkdir -m 0700 "$run" 2>/dev/null || ! cd "$run"; then
    # The directory is there already where the run was cancelled before it began.
    say refused "$run"
    exit 1
  fi
  head -c "$toa_bytes" >script
  sum=$(sha256sum script)
  if [ "${sum%% *}" != "$toa_sha256" ]; then
    rm -f script
    rmdir "$run"
    exit 1
  fi
  : >journal
  sync
  # The lock is held by a process that does nothing else: the tools do not inherit it, so it cannot outlive the run.
  # shellcheck disable=SC2016
  supervise='
    run=$1 mark=$2 home=$3
    exec 9>>"$home/lock"
    if ! flock -n 9; then echo busy >result.new; mv result.new result; exit; fi
    read -r boot </proc/sys/kernel/random/boot_id
    began=$(cut -d" " -f22 "/proc/$$/stat")
    printf "%s %s %s %s %s\n" "$run" "$$" "$began" "$boot" "$(date +%s)" >"$home/running"
    printf "%s %s %s\n" "$$" "$began" "$boot" >process
    chmod 0644 "$home/running"
    /bin/sh ./script "$mark" >>journal 2>&1 </dev/null 9>&-
    code=$?
    rm -f "$home/running"
    sync
    echo "$code" >result.new
    mv result.new result
    sync
  '
  command -v logger >/dev/null 2>&1 && logger -t toa-hosts "run $toa_run begins, asked for by $toa_who" 2>/dev/null
  (
    trap '' HUP
    exec setsid /bin/sh -c "$supervise" toa-hosts-run "$toa_run" "$toa_mark" "$home"
  ) </dev/null >/dev/null 2>&1 &
else
  if ! cd "$run" || [ ! -f journal ]; then
    say absent
    exit 1
  fi
fi

# Ends this follower, not the run, when the connection does.
exec 3<&0
(
  cat <&3 >/dev/null
  kill "$$"
) 2>/dev/null &
watch=$!

# Pid, start time and boot must all match, or the run has been cut off (power, kill -9).
alive() {
  read -r pid began boot <process || return 1
  read -r now </proc/sys/kernel/random/boot_id
  [ "$boot" = "$now" ] && [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" = "$began" ]
}

patience=20
while :; do
  ended=
  alive 2>/dev/null || patience=$((patience - 1))
  [ ! -f result ] || ended=1
  size=$(stat -c %s journal)
  if [ "$size" -ge "$toa_from" ]; then
    tail -c "+$toa_from" journal | head -c "$((size - toa_from + 1))" || exit 1
    toa_from=$((size + 1))
  fi
  [ -z "$ended" ] || break
  if [ "$patience" -le 0 ]; then
    printf '\n'
    say lost
    break
  fi
  sleep 0.3 2>/dev/null || sleep 1
done
if [ -n "$ended" ]; then
  printf '\n'
  say result "$(cat result)"
fi
kill "$watch" 2>/dev/null
exit 0
