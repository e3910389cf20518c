# shellcheck shell=sh disable=SC2154
# One of several lanes that fill the part; upload-place.sh stands before it. On stdin come blocks of whole MiB: a line with the
# first and their number, the bytes, and the line `whole`. A block is on record, and its line comes back, once it is all there; a
# stdin that ends too early leaves the rest for the next try.

failed() {
  # No room, or something else?
  head -c 65536 /dev/zero 2>/dev/null >"$part.room.$$" || full=1
  rm -f "$part.room.$$"
  [ -z "${full-}" ] || exit 75
  exit 74
}

while read -r first count; do
  if [ -h "$part" ] || [ ! -f "$part" ]; then refuse "$toa_file.part" 'not a plain file'; fi
  dd of="$part" bs=1048576 seek="$first" count="$count" iflag=fullblock conv=notrunc || failed
  read -r end || exit 74
  [ "$end" = whole ] || exit 74
  printf '%s %s\n' "$first" "$count" >>"$part.done" || failed
  echo "$first $count"
done
