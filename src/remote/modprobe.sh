# shellcheck shell=sh disable=SC2154
# Loads the TOA module of the running kernel. Runs as root after home.sh, under the lock of every change. Two modules with
# these hooks must never be loaded at once.
make_home >&2 || exit 1
exec 9>>"$home/lock"
if ! flock -n 9; then
  echo 'another change is running' >&2
  exit 75
fi
other=$(awk '$1 ~ /toa/ && $1 != "toa" { print $1 }' /proc/modules)
if [ -n "$other" ]; then
  echo "$other is loaded" >&2
  exit 1
fi
modprobe toa || exit 1
awk '$1 == "toa" && $5 == "Live" { found = 1 } END { exit !found }' /proc/modules
