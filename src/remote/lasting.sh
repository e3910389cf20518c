# shellcheck shell=sh disable=SC2154
# Records that the TOA kernel toa_release is the lasting one, if all of that is true: it runs, it is the default, its module is loaded,
# and no trial is open, which has a record of its own. Runs as root after home.sh, words.sh and default.sh.
make_home >&2 || exit 1
exec 9>>"$home/lock"
flock -n 9 || exit 75
[ "$(uname -r)" = "$toa_release" ] || exit 0
[ "$(default_kernel)" = "/boot/vmlinuz-$toa_release" ] || exit 0
[ ! -e /etc/toa-hosts/trial/plan ] || exit 0
awk '$1 == "toa" && $5 == "Live" { found = 1 } END { exit !found }' /proc/modules || exit 0
record_confirmed "$toa_release"
