# shellcheck shell=sh disable=SC2154
# What is there of an upload already. Given: toa_file (absolute), toa_sha256, toa_bytes.
# Prints `whole` (the file is there, with that hash), or the whole MiB of a part that can be kept.
LC_ALL=C
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export LC_ALL PATH
umask 077

directory=${toa_file%/*}
if [ ! -d "$directory" ]; then
  mkdir -p "$directory" || exit 73
fi

# Only a file is ever replaced: never a device, a link or a directory.
if [ -h "$toa_file" ] || { [ -e "$toa_file" ] && [ ! -f "$toa_file" ]; }; then
  printf '%s: not a plain file\n' "$toa_file" >&2
  exit 73
fi

hash_of() {
  sum=$(sha256sum <"$1") || return 1
  printf '%s' "${sum%% *}"
}

if [ -f "$toa_file" ] && [ "$(hash_of "$toa_file")" = "$toa_sha256" ]; then
  echo whole
  exit 0
fi

part=$toa_file.part
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
