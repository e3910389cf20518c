# shellcheck shell=sh disable=SC2154
# The guard of a trial: brings the original kernel back unless an editor confirms the TOA kernel. Installed on the host, started
# at boot by init; home.sh, words.sh, default.sh, once.sh, trial.sh and watchdog.sh stand before it. It acts only on the TOA kernel of an
# armed trial, in another boot than the one that armed it; anything else disarms it. Its clock is /proc/uptime.
trap '' TERM HUP INT
uptime_now() { cut -d. -f1 /proc/uptime; }
beat() { printf '%s %s %s\n' "$boot" "$(uptime_now)" "${deadline:-0}" 2>/dev/null >"$trial/heartbeat" || :; }

# A filesystem check must never be cut, and holds the root filesystem read-only while it runs.
checking() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk '$2 ~ /^\((fsck|e2fsck|xfs_repair)/ { found = 1 } END { exit !found }'
}
writable() {
  (: >"$trial/writable") 2>/dev/null && rm -f "$trial/writable"
}
boot_mounted() { awk '$1 !~ /^#/ && $2 == "/boot" { exit 1 }' /etc/fstab || grep ' /boot ' /proc/mounts >/dev/null; }
# For a return only, minutes after the boot.
make_writable() {
  writable || mount -o remount,rw / 2>/dev/null
  boot_mounted || mount /boot 2>/dev/null
}
# The guard starts before init has checked the filesystems, and a check fails on what is mounted for writing by then: EL6's
# rc.sysinit waits at the console for root's password. So all that is in no hurry waits until init itself has mounted them.
ready() { writable && boot_mounted && ! checking; }
# What init has not mounted after a quarter of an hour it never will. A check takes as long as it takes.
wait_ready() {
  waited=0
  until ready; do
    checking || waited=$((waited + 5))
    [ "$waited" -lt 900 ] || return 1
    sleep 5
  done
}

# Never beside an editor's own work on the boot loader: grubby does not expect a second one. /var may not be there yet.
locked() {
  if [ -d "$home" ]; then (flock 9 && "$@") 9>>"$home/lock"; else "$@"; fi
}
finish_rest() { [ ! -f "$trial/plan" ] || finish_trial; }

# sshd says its first word, on the address that the editor used or on this host's own.
sshd_answers() {
  port=$(trial_value listen | cut -d' ' -f2)
  for address in $(trial_value listen | cut -d' ' -f1) 127.0.0.1; do
    # shellcheck disable=SC2016 # bash's own, for its /dev/tcp
    timeout 6 bash -c 'exec 3<>"/dev/tcp/$0/$1" && read -r -t 4 line <&3 && [ "${line#SSH-}" != "$line" ]' "$address" "$port" 2>/dev/null &&
      return
  done
  return 1
}

restart_hard() {
  for key in s u b; do
    echo "$key" >/proc/sysrq-trigger
    sleep 2
  done
}

# A host that freezes in its trial restarts, into the original kernel. Only where nothing fed the watchdog before the trial, so that
# nobody comes to feed it later, and it can be stopped again. By a process of its own, which waits for no disk and no network. It lets go
# when it is told to end; when the guard has died it does not, since then nothing else would bring the host back.
feeding=
feed_watchdog() {
  [ -z "$feeding" ] && [ -c /dev/watchdog ] && [ "$(trial_value watchdog)" = unused ] && watchdog_stops "$(uname -r)" || return 0
  (
    command exec 7>/dev/watchdog || exit
    trap 'printf V >&7; exit' TERM
    while [ -d "/proc/$$" ]; do
      echo >&7
      sleep 1
    done
  ) 8>&- &
  feeding=$!
}
stop_feeding() {
  [ -n "$feeding" ] || return 0
  kill "$feeding" 2>/dev/null
  wait "$feeding"
  feeding=
}

# One return per trial: the state is on disk before anything is done, and who wakes up in it does not return again.
return_now() { # reason
  while checking; do sleep 5; done
  # Shutting down takes longer than a watchdog waits.
  stop_feeding
  # A dead disk or NFS server holds sync, grubby and even `reboot -f` for ever, so the last means has a process of its own.
  (
    sleep 600
    restart_hard
  ) </dev/null >/dev/null 2>&1 &
  # Also where nothing can be written (a full disk): the default has always been the original kernel.
  make_writable
  put_state returning "$1" || :
  tell "the trial of $(trial_value release) ends ($1): returning to $(trial_value original)"
  settle_original
  sync
  reboot
  sleep 90
  reboot -f
  sleep 30
  restart_hard
}

# Not on the TOA kernel any more, or woken after a return: puts everything in order and goes.
stand_down() { # reason
  if ! wait_ready; then
    tell 'a filesystem is still not mounted; the boot loader is put in order without it, as far as can be'
    make_writable
  fi
  tries=0
  until locked settle_original; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      tell "the boot entry of $(trial_value release) keeps the arguments of its trial until the next one: /boot could not be written"
      break
    fi
    sleep 10
  done
  put_state returned "$1" || :
  remove_guard
}

watch_trial() {
  ssh_seconds=$(trial_value sshSeconds)
  boot_seconds=$(trial_value bootSeconds)
  answered=
  cleared=
  while :; do
    now=$(uptime_now)
    [ -n "$cleared" ] || { writable && clear_once "$(trial_value original)" && cleared=1; }
    [ -n "$answered" ] || ! sshd_answers || answered=$now
    if [ -n "$answered" ]; then deadline=$((answered + ssh_seconds)); else deadline=$boot_seconds; fi
    if read -r held until <"$trial/hold" && [ "$held" = "$boot" ] && [ "$until" -gt "$deadline" ]; then deadline=$until; fi 2>/dev/null
    feed_watchdog
    beat
    [ -f "$trial/plan" ] || return
    case $(trial_state) in
      kept*) return ;;
      confirmed*)
        # Whoever confirmed is at it and holds the lock; this is for the case that he was cut off.
        until locked finish_rest; do sleep 60; done
        return
        ;;
      returning*) return_now asked ;;
    esac
    if [ "$now" -ge "$deadline" ] && ! checking; then
      if [ -n "$answered" ]; then return_now unconfirmed; else return_now noSsh; fi
    fi
    sleep 3
  done
}

[ -f "$trial/plan" ] || exit 0
umask 022
read -r boot </proc/sys/kernel/random/boot_id
# One at a time: init may start it more than once. The device directory is root's, and new at every boot.
exec 8>/dev/.toa-hosts-guard
flock -n 8 || exit 0
beat
# Before the reboot: the rehearsal.
[ "$boot" != "$(trial_value boot)" ] || exit 0
state=$(trial_state)
[ "${1-}" != return ] || return_now asked
case $state in
  confirmed*)
    wait_ready || make_writable
    tries=0
    until [ -d "$home" ] && locked finish_rest; do
      tries=$((tries + 1))
      if [ "$tries" -ge 180 ]; then
        tell "the confirmation of $(trial_value release) could not be finished; the next boot tries again"
        break
      fi
      sleep 10
    done
    exit 0
    ;;
  returning*) stand_down "${state#returning }" ;;
  returned*) remove_guard ;;
  kept*) [ "$(uname -r)" = "$(trial_value release)" ] || stand_down rebooted ;;
  # Armed, or a state that a power cut has torn: in doubt the host must come back.
  *) if [ "$(uname -r)" = "$(trial_value release)" ]; then watch_trial; stop_feeding; else stand_down fell; fi ;;
esac
