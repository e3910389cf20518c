# shellcheck shell=sh disable=SC2154
# Stands behind upload-begin.sh and goes on from there: hashes the part while the lanes fill it, so that little is left at the end.
# On stdin come, in order and without a gap, lines with the first MiB and the number of those that are on record, and at last `end`.
# Puts the part in place if the whole has the right hash, and prints the hash found.

sum=$(
  {
    while read -r first count && [ "$first" != end ]; do
      dd if="$part" bs=1048576 skip="$first" count="$count"
    done
    # What was cut off has no hash.
    if [ "$first" = end ]; then
      # The last MiB came filled up.
      dd if=/dev/null of="$part" bs=1 seek="$toa_bytes"
      dd if="$part" bs=1048576 skip=$((toa_bytes / 1048576))
    fi
  } | sha256sum
) || exit 74
sum=${sum%% *}
if [ "$sum" = "$toa_sha256" ]; then
  mv -f "$part" "$file" || exit 73
  rm -f "$part.done"
fi
echo "$sum"
