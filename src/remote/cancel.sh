# shellcheck shell=sh disable=SC2154
# Asks a run to stop before its next step, also one that has not begun yet. Runs as root after home.sh; toa_run stands before.
make_home || exit 1
[ -d "$home/runs/$toa_run" ] || mkdir -m 0700 "$home/runs/$toa_run"
: >"$home/runs/$toa_run/cancel"
