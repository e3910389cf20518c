# shellcheck shell=sh disable=SC2154
# Asks a run to stop before its next step. Runs as root; the editor puts toa_run before it.
set -u
cd "/var/lib/toa-hosts/runs/$toa_run" && : >cancel
