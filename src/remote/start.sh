# shellcheck shell=sh disable=SC2154
# Starts a run and follows it. Runs as root after home.sh; before that stand toa_run (name of the run), toa_mark,
# toa_bytes and toa_sha256 of the script that comes on stdin (toa_bytes=0: follow a run that was started before),
# toa_from (byte of the journal to go on from, counted from 1), toa_who, toa_goal and toa_steps (for the record and the
# system log), toa_supervise (the text of supervise.sh).
say() { printf '==%s %s\n' "$toa_mark" "$*"; }

# The run is a process of its own session: neither a lost connection nor a closed editor reaches it. Under systemd it also
# leaves the login's scope, which logind empties at logout where KillUserProcesses is set. systemd-run may refuse, or not
# answer: then the session must do.
detach() {
  trap '' HUP
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    (
      setsid systemd-run --scope --slice=system.slice --unit="toa-hosts-$toa_run" \
        /bin/sh ./supervise "$toa_run" "$toa_mark" "$toa_who" "$toa_goal" "$toa_steps" || : >unscoped
    ) &
    waits=0
    while [ ! -d begun ] && [ ! -e unscoped ] && [ "$waits" -lt 50 ]; do
      sleep 0.3 2>/dev/null || sleep 1
      waits=$((waits + 1))
    done
    [ ! -d begun ] || exit 0
  fi
  exec setsid /bin/sh ./supervise "$toa_run" "$toa_mark" "$toa_who" "$toa_goal" "$toa_steps"
}

no_room() {
  cd / && rm -rf "$run"
  say noRoom "$(df -P "$home" | awk 'END { print $NF }')"
  exit 1
}

if ! problem=$(make_home); then
  say refused "$problem"
  exit 1
fi
run=$home/runs/$toa_run

if [ "$toa_bytes" -gt 0 ]; then
  if ! mkdir -m 0700 "$run" 2>/dev/null || ! cd "$run"; then
    [ -d "$run" ] || no_room
    # The directory is there already where the run was cancelled before it began.
    say refused "$run"
    exit 1
  fi
  head -c "$toa_bytes" >script || no_room
  sum=$(sha256sum script)
  if [ "${sum%% *}" != "$toa_sha256" ]; then
    rm -f script
    rmdir "$run"
    exit 1
  fi
  : >journal
  # The result goes over these bytes later. A run without room for its own record is not begun.
  if ! { printf '%-15s\n' 1 >result.new && printf '%s\n' "$toa_mark" >mark &&
    printf '%s\n' "$toa_supervise" >supervise && head -c 131072 /dev/zero >room; } 2>/dev/null; then
    no_room
  fi
  rm -f room
  sync
  detach </dev/null >/dev/null 2>&1 &
else
  if ! cd "$run" || [ ! -f journal ]; then
    say absent
    exit 1
  fi
  # A run that another editor has started has a mark of its own.
  known=$(head -c 64 mark 2>/dev/null)
  if [ -n "$known" ] && [ "$known" != "$toa_mark" ]; then
    say adopt "$known"
    toa_mark=$known
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

# Nothing is known of a run until it has begun, which systemd may delay; then a moment's absence is enough.
patience=100
while :; do
  ended=
  [ ! -d begun ] || [ "$patience" -le 20 ] || patience=20
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
  say result "$(head -n 1 result)"
fi
kill "$watch" 2>/dev/null
exit 0
