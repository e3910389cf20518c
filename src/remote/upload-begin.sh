# shellcheck shell=sh disable=SC2154
# What is there of an upload already; upload-place.sh stands before it. Given: toa_sha256, toa_bytes.
# Prints `whole` (the file is there, with that hash), or the whole MiB of a part that can be kept.

# Only a file is ever replaced: never a device, a link or a directory.
if [ -h "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then refuse "$toa_file" 'not a plain file'; fi

hash_of() {
  sum=$(sha256sum <"$1") || return 1
  printf '%s' "${sum%% *}"
}

if [ -f "$file" ] && [ "$(hash_of "$file")" = "$toa_sha256" ]; then
  echo whole
  exit 0
fi

kept=0
# A link, or more than the file could be, is not ours.
if [ -f "$part" ] && [ ! -h "$part" ]; then
  bytes=$(stat -c %s "$part") || bytes=0
  [ "$bytes" -le "$toa_bytes" ] && kept=$((bytes / 1048576))
fi
if [ "$kept" = 0 ]; then
  rm -f "$part" || exit 73
  (set -C && : >"$part") || exit 73
else
  # The last bytes before a cut are not to be trusted: back to a whole MiB.
  dd if=/dev/null of="$part" bs=1048576 seek="$kept" 2>/dev/null || exit 73
fi
echo "$kept"
