# shellcheck shell=sh disable=SC2154
# Reboots into a kernel, in two parts: everything is checked and written, `ready` is said, and only the editor's answer starts
# the reboot, so that one that was given up never happens later. Runs as root after home.sh, words.sh, default.sh, once.sh,
# trial.sh, watchdog.sh and drivers.sh; before them stand toa_mark, toa_who (who asked for it), toa_release (the kernel to boot), toa_package
# (the package to be verified, or empty), toa_boot_id (of the boot that the person consented to end), toa_listen (sshd's address
# and port) and toa_way: `lasting` makes the kernel the default; `once` boots it as a trial, with toa_run, toa_original, toa_guard
# (the guard's text), toa_ssh_seconds and toa_boot_seconds.
#
# A connection that is lost, or a login that ends, ends what is under way, and then disarms. Caught and not ignored: only this
# shell itself goes on.
trap : HUP PIPE TERM
make_home || exit 1
exec 9>>"$home/lock"
if ! flock -n 9; then
  say busy "$(sed -n '1s/ .*//p' "$home/running" 2>/dev/null)"
  exit 75
fi
alone
[ -d "$home/reboot" ] || mkdir -m 0700 "$home/reboot"
cd "$home/reboot" || exit 1

# Beside the exit codes of words.sh.
NOT_ARMED=74
not_armed() { # why, details
  say notArmed "$@"
  exit "$NOT_ARMED"
}

# Without these no kernel of ours is booted, in either way: one to come back to, the /boot that GRUB reads, and its drivers.
way_back() {
  running=$(uname -r)
  rpm -qf "/boot/vmlinuz-$running" || not_armed original "$running"
  (bootable "$running") || not_armed original "$running"
  if awk '$1 !~ /^#/ && $2 == "/boot" { found = 1 } END { exit !found }' /etc/fstab; then
    grep ' /boot ' /proc/mounts >/dev/null || not_armed bootMounted
  fi
  image=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^BOOT_IMAGE=//p')
  [ -z "$image" ] || [ "${image##*/}" = "vmlinuz-$running" ] || not_armed bootImage "$image"
  lacking=$(missing_drivers "$running" "$toa_release" "${toa_listen% *}" | sort -u | tr '\n' ' ')
  [ -z "$lacking" ] || not_armed driver "$lacking"
}

# Everything that brings the host back by itself, before anything makes it leave.
arm_trial() {
  obstacle=$(once_obstacle)
  [ -z "$obstacle" ] || not_armed "$obstacle"
  running=$(uname -r)
  [ "$running" = "$toa_original" ] || not_armed original "$running"
  [ "$(default_kernel)" = "/boot/vmlinuz-$toa_original" ] || make_default "$toa_original" || not_armed default
  # What a power cut has left of an earlier trial goes back first: its arguments would pass for the entry's own, and stay.
  [ ! -f "$trial/plan" ] || settle_original || not_armed arguments
  rm -rf "$trial"
  umask 022
  mkdir -p "$trial"
  # Without its plan the guard knows no kernel that it should leave.
  cat >"$trial/plan" <<P || not_armed guard
run $toa_run
release $toa_release
original $toa_original
boot $toa_boot_id
sshSeconds $toa_ssh_seconds
bootSeconds $toa_boot_seconds
listen $toa_listen
watchdog $(watchdog_feeder all)
P
  put_state rehearsing || not_armed guard
  reserve_room || not_armed room "$place"
  add_hook "$toa_release" || not_armed initramfs
  arm_arguments "$toa_release" || not_armed arguments
  printf '%s\n' "$toa_guard" >./guard
  install_guard ./guard || not_armed guard
  rehearse_guard || not_armed guard
  # First, so that a choice for the boot loader never stands without its guard.
  put_state armed || not_armed guard
  rm -f "$home/confirmed"
  boot_once "$toa_release" "$toa_original" || not_armed once
  # Whatever was written above must stand on the disk as GRUB, too, reads it.
  flush_boot
}
disarm_trial() {
  [ -f "$trial/plan" ] || return 0
  settle_original || say unsettled
  remove_guard
  rm -rf "$trial"
}

(
  set -e
  expect bootId "$(cat /proc/sys/kernel/random/boot_id)" "$toa_boot_id"
  pay_owed || exit "$UNPAID"
  bootable "$toa_release"
  [ -z "$toa_package" ] || intact "$toa_package"
  # Asked in a condition, so that a tool of its own that answers no does not end it.
  case $toa_release in *.toa.*) way_back || exit "$NOT_ARMED" ;; esac
  [ "$toa_way" = once ] || set_default "$toa_release"
  # Away from what was confirmed, by a person's own wish: no drift.
  case $toa_release in *.toa.*) ;; *) rm -f "$home/confirmed" ;; esac
) </dev/null
code=$?
if [ "$code" -eq 0 ] && [ "$toa_way" = once ]; then
  (arm_trial) </dev/null
  code=$?
  [ "$code" -eq 0 ] || disarm_trial
fi
say ready "$code"
[ "$code" -eq 0 ] || exit "$code"
# A laptop that wakes up hours later reboots nothing any more.
# shellcheck disable=SC2016 # bash's own, for its timeout
go=$(bash -c 'read -r -t 60 go && echo "$go"')
if [ "$go" != "$toa_mark" ]; then
  [ "$toa_way" != once ] || disarm_trial
  exit 1
fi
tell "reboot into $toa_release ($toa_way), asked for by $toa_who"
# Of its own session and a moment later, so that this answer still reaches the editor; it takes the lock along.
(
  trap '' HUP TERM
  exec setsid /bin/sh -c 'sleep 1; exec reboot'
) </dev/null >/dev/null 2>&1 &
say going
