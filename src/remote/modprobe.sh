# shellcheck shell=sh
# Loads the TOA module of the running kernel. Runs as root. Two modules with these hooks must never be loaded at once.
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
other=$(awk '$1 ~ /toa/ && $1 != "toa" { print $1 }' /proc/modules)
if [ -n "$other" ]; then
  echo "$other is loaded" >&2
  exit 1
fi
modprobe toa || exit 1
awk '$1 == "toa" { found = 1 } END { exit !found }' /proc/modules
