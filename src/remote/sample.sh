# Prints the last lines of a log, or says why not by its exit status: 3 permission, 4 missing, 5 not a regular file.
#
# Set before this text:
#   toa_log  absolute path        toa_lines  how many lines, of which the last 4 MiB are printed
LC_ALL=C
: "${toa_log:?}" "${toa_lines:?}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

if [ ! -e "$toa_log" ]; then
  # A folder that may not be searched hides whether the log is there.
  toa_dir=${toa_log%/*}
  while [ -n "$toa_dir" ] && [ ! -e "$toa_dir" ]; do toa_dir=${toa_dir%/*}; done
  [ -x "${toa_dir:-/}" ] && exit 4
  exit 3
fi
[ -f "$toa_log" ] || exit 5
[ -r "$toa_log" ] || exit 3
tail -n "$toa_lines" "$toa_log" | tail -c 4194304
