# shellcheck shell=sh disable=SC2154
# Appends stdin to the part and, if the whole has the right hash, puts it in place; upload-place.sh stands before it.
# Given: toa_sha256. Prints the hash found. A stdin that ends too early leaves the part for the next try.

if [ -h "$part" ] || [ ! -f "$part" ]; then refuse "$toa_file.part" 'not a plain file'; fi
if ! cat >>"$part"; then
  # No room, or something else?
  head -c 65536 /dev/zero 2>/dev/null >"$part.room" || full=1
  rm -f "$part.room"
  [ -z "${full-}" ] || exit 75
  exit 74
fi
sum=$(sha256sum <"$part") || exit 74
sum=${sum%% *}
if [ "$sum" = "$toa_sha256" ]; then
  mv -f "$part" "$file" || exit 73
fi
echo "$sum"
