# shellcheck shell=sh disable=SC2154
# Makes a kernel the default and reboots into it, in two parts: everything is checked and written, `ready` is said, and only
# the editor's answer starts the reboot, so that one that was given up never happens later. Runs as root after home.sh,
# words.sh and default.sh; before them stand toa_mark, toa_release (the kernel to boot), toa_package (the package to be
# verified, or empty) and toa_boot_id (of the boot that the person consented to end).
make_home || exit 1
exec 9>>"$home/lock"
if ! flock -n 9; then
  say busy "$(cut -d' ' -f1 "$home/running" 2>/dev/null)"
  exit 75
fi
if pid=$(packages_busy); then
  say packages "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | head -c 200)"
  exit 75
fi
(
  set -e
  expect bootId "$(cat /proc/sys/kernel/random/boot_id)" "$toa_boot_id"
  pay_owed || exit "$UNPAID"
  bootable "$toa_release"
  [ -z "$toa_package" ] || intact "$toa_package"
  set_default "$toa_release"
) </dev/null
code=$?
say ready "$code"
[ "$code" -eq 0 ] || exit "$code"
read -r go || exit 1
[ "$go" = "$toa_mark" ] || exit 1
# Of its own session and a moment later, so that this answer still reaches the editor; it takes the lock along.
(
  trap '' HUP
  exec setsid /bin/sh -c 'sleep 1; exec reboot'
) </dev/null >/dev/null 2>&1 &
say going
