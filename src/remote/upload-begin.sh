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
# A link, or more than the file could be (filled up to a whole MiB), is not ours.
if [ -f "$part" ] && [ ! -h "$part" ]; then
  bytes=$(stat -c %s "$part") || bytes=0
  if [ "$bytes" -le $(((toa_bytes + 1048575) / 1048576 * 1048576)) ]; then kept=$((bytes / 1048576)); fi
fi
# Lanes run ahead of each other: what counts is what is on record without a gap.
if [ "$kept" != 0 ] && [ -f "$part.done" ]; then
  whole=$(awk '/^[0-9]+ [0-9]+$/ && $2 <= 100000 { for (i = 0; i < $2; i++) done[$1 + i] = 1 }
    END { n = 0; while (n in done) n++; print n }' "$part.done") || whole=0
  if [ "$whole" -lt "$kept" ]; then kept=$whole; fi
fi
rm -f "$part.done" || exit 73
if [ "$kept" = 0 ]; then
  rm -f "$part" || exit 73
  (set -C && : >"$part") || exit 73
else
  # The last bytes before a cut are not to be trusted: back to a whole MiB.
  dd if=/dev/null of="$part" bs=1048576 seek="$kept" 2>/dev/null || exit 73
fi
(set -C && printf '0 %s\n' "$kept" >"$part.done") || exit 73
echo "$kept"
