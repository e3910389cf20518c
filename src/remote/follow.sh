# Follows a log file until stdin ends: writes its bytes to stdout, with marks in between that say which file and
# offset they come from. Rename, copy-and-truncate, and delete-and-create rotation lose and repeat nothing that still
# exists in the log's folder; where something may be missing, a mark says so.
#
# Set before this text:
#   toa_log    absolute path           toa_back   lines to start back from the end
#   toa_nonce  32 hex digits, unknown to whoever writes the log: a mark is "<nonce> <words>\n", anywhere in the output
#   toa_from   empty, or "dev inode offset length checksum" of an earlier "at" mark: go on from there
# Marks:
#   at DEV INODE OFFSET LENGTH CHECKSUM   the bytes that follow are this file's, from OFFSET (checksum: of the first LENGTH bytes)
#   old DEV INODE OFFSET                  the bytes that follow belong to a file that the log was before
#   rotated | gap truncated | gap lost | gap between | end permission | end missing | end notAFile
#
# Reading is by descriptors that stay open (3: the log, 4: the file before it, which a server may write to for a while
# after rotation), so that a renamed or deleted file is read to its end. Offsets are the kernel's own (fdinfo).
LC_ALL=C
: "${toa_log:?}" "${toa_nonce:?}" "${toa_back:?}" "${toa_from=}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
set -f

# toa_mark WORDS: one mark.
toa_mark() { printf '%s %s\n' "$toa_nonce" "$*" || exit 1; }

# The offset of descriptor 3 or 4, from the shell's own /proc/self.
toa_pos3() { read -r _ toa_pos </proc/self/fdinfo/3; }
toa_pos4() { read -r _ toa_pos4 </proc/self/fdinfo/4; }

# toa_skip N: moves stdin's offset N bytes on, as one seek.
toa_skip() { [ "$1" -eq 0 ] || dd bs=1 skip="$1" count=0 2>/dev/null; }

# toa_sum N: checksum of the first N bytes of stdin's file, whatever its offset: it is opened anew.
toa_sum() { dd if=/proc/self/fd/0 bs="$1" count=1 2>/dev/null | cksum | { read -r toa_crc _ && echo "$toa_crc"; }; }

# toa_sign: remembers the checksum of the first bytes of the log, 256 at most, from which the file is known again.
toa_sign() {
  toa_len=$toa_size toa_crc=0
  if [ "$toa_len" -gt 256 ]; then toa_len=256; fi
  if [ "$toa_len" -gt 0 ]; then toa_crc=$(toa_sum "$toa_len" <&3); fi
}

# toa_same: is what descriptor 3 holds still the file that was signed? A truncated file that has grown again is not.
toa_same() { [ "$toa_len" -eq 0 ] || [ "$(toa_sum "$toa_len" <&3)" = "$toa_crc" ]; }

# toa_open: opens the log at its beginning and learns which file it is. (A failed plain exec would end the shell.)
toa_open() {
  [ -f "$toa_log" ] || return 1
  command exec 3<"$toa_log" || return 1
  # shellcheck disable=SC2046 # three numbers
  set -- $(stat -L -c '%d %i %s' /proc/self/fd/0 <&3)
  [ $# -eq 3 ] || return 1
  toa_dev=$1 toa_ino=$2 toa_size=$3 toa_pos=0 toa_mtime=
  toa_sign
}

# toa_why: why the log cannot be read, in one word. A folder that may not be searched hides whether it is there. What can
# be read by now was missing a moment ago, in the middle of a rotation: nobody must be told of a permission.
toa_why() {
  if [ -e "$toa_log" ]; then
    if [ ! -f "$toa_log" ]; then echo notAFile; elif [ -r "$toa_log" ]; then echo missing; else echo permission; fi
    return
  fi
  toa_dir=${toa_log%/*}
  while [ -n "$toa_dir" ] && [ ! -e "$toa_dir" ]; do toa_dir=${toa_dir%/*}; done
  if [ -x "${toa_dir:-/}" ]; then echo missing; else echo permission; fi
}

# toa_read3, toa_read4: everything that is there now. dd reads whole blocks up to the end of the file and not a byte more.
toa_read3() {
  toa_mark "at $toa_dev $toa_ino $toa_pos $toa_len $toa_crc"
  dd bs=65536 <&3 2>/dev/null
  toa_pos3
}
toa_read4() {
  toa_mark "old $toa_old $toa_pos4"
  dd bs=65536 <&4 2>/dev/null
  toa_pos4
}

# toa_find DEV INODE OFFSET LENGTH CHECKSUM: opens on descriptor 4, at OFFSET, the file beside the log that is that one
# renamed (same inode) or copied (same first bytes). 1: there is none.
toa_find() {
  toa_found=
  set +f
  for toa_file in "$toa_log"* "${toa_log%.*}"[-.]*; do
    [ -f "$toa_file" ] || continue
    toa_is=$(stat -L -c '%d %i %s' "$toa_file") || continue
    [ "${toa_is% *}" != "$toa_dev $toa_ino" ] || continue
    [ "${toa_is##* }" -ge "$3" ] || continue
    if [ "$4" -gt 0 ]; then
      [ "$(toa_sum "$4" <"$toa_file")" = "$5" ] || continue
    else
      [ "${toa_is% *}" = "$1 $2" ] || continue
    fi
    toa_found=$toa_file
    [ "${toa_is% *}" = "$1 $2" ] && break
  done
  set -f
  [ -n "$toa_found" ] || return 1
  command exec 4<"$toa_found" || return 1
  toa_skip "$3" <&4
  toa_pos4
  toa_old=${toa_is% *} toa_keep=1500
  [ "$toa_pos4" = "$3" ]
}

# toa_between: did more than one rotation pass? Then a file newer than the found one stands beside the log.
toa_between() {
  toa_newer=1
  set +f
  for toa_file in "$toa_log"[-.]*; do
    [ "$toa_file" != "$toa_found" ] || continue
    [ -z "$(find "$toa_file" -prune -type f -newer "$toa_found" 2>/dev/null)" ] || toa_newer=0
  done
  set -f
  return "$toa_newer"
}

# toa_resume DEV INODE OFFSET LENGTH CHECKSUM: go on where an earlier connection ended.
toa_resume() {
  if [ "$1 $2" = "$toa_dev $toa_ino" ] && [ "$toa_size" -ge "$3" ]; then
    if [ "$4" -eq 0 ] || [ "$(toa_sum "$4" <&3)" = "$5" ]; then
      toa_skip "$3" <&3
      toa_pos3
      return
    fi
  fi
  if toa_find "$@"; then
    toa_read4
    if toa_between; then toa_mark gap between; else toa_mark rotated; fi
  else
    toa_mark gap lost
  fi
}

# toa_restarted: the log is shorter than what was read of it, or begins otherwise: it was copied and truncated.
toa_restarted() {
  if toa_find "$toa_dev" "$toa_ino" "$toa_pos" "$toa_len" "$toa_crc"; then
    toa_read4
    toa_mark rotated
  else
    toa_mark gap truncated
  fi
  toa_open
}

# toa_poll: one look. Sizes come from the open descriptors, the name only says whether the log is another file now.
toa_poll() {
  if [ "$toa_keep" -gt 0 ]; then
    toa_keep=$((toa_keep - 1))
    [ "$(stat -L -c %s /proc/self/fd/0 <&4)" = "$toa_pos4" ] || toa_read4
    [ "$toa_keep" -gt 0 ] || exec 4<&-
  fi
  # shellcheck disable=SC2046 # numbers, and a time in three words
  set -- $(stat -L -c '%d %i %s %y' /proc/self/fd/0 "$toa_log" <&3 2>/dev/null)
  toa_size=${3:-0}
  # A file that was truncated and has grown to just the same size shows it by its time alone.
  toa_was=$toa_mtime toa_mtime="${4:-} ${5:-}"
  if [ "$toa_size" -lt "$toa_pos" ]; then
    toa_restarted
    return
  elif [ "$toa_size" -gt "$toa_pos" ] || [ "$toa_mtime" != "$toa_was" ]; then
    if ! toa_same; then
      toa_restarted
      return
    fi
    if [ "$toa_size" -gt "$toa_pos" ]; then
      [ "$toa_len" -ge 256 ] || toa_sign
      toa_read3
    fi
  fi
  if [ $# -eq 12 ] && [ "$7 $8" != "$toa_dev $toa_ino" ] && [ -r "$toa_log" ]; then
    exec 4<&3
    toa_old="$toa_dev $toa_ino" toa_pos4=$toa_pos toa_keep=1500
    if toa_open; then toa_mark rotated; else toa_keep=0; fi
  fi
}

# toa_follow: polls about three times a second, as long as the shell that reads stdin lives; a mark now and then shows
# that this end is alive and makes a closed connection felt.
toa_follow() {
  toa_keep=0
  if ! toa_open; then
    toa_mark end "$(toa_why)"
    return
  fi
  if [ -n "$toa_from" ]; then
    # shellcheck disable=SC2086 # five numbers
    toa_resume $toa_from
  else
    # tail leaves the descriptor where it stopped; what it found is only measured here, and read by the first poll.
    # Of no lines at all it reads nothing and stays where it was.
    toa_start=$toa_size
    if [ "$toa_back" -gt 0 ]; then
      toa_back=$(tail -n "$toa_back" <&3 | wc -c)
      toa_pos3
      toa_start=$((toa_pos - toa_back))
    fi
    toa_open
    toa_skip "$toa_start" <&3
    toa_pos3
  fi
  toa_wait=0.3
  sleep 0.01 2>/dev/null || toa_wait=1
  toa_beat=0
  while [ -d "/proc/$$" ]; do
    toa_poll
    toa_beat=$(((toa_beat + 1) % 20))
    [ "$toa_beat" -ne 1 ] || toa_mark "at $toa_dev $toa_ino $toa_pos $toa_len $toa_crc"
    sleep "$toa_wait"
  done
}

toa_follow </dev/null &
toa_pid=$!
# Nothing is expected on stdin but its end: the connection is gone, or the panel was closed.
while read -r _; do :; done
kill "$toa_pid" 2>/dev/null
wait "$toa_pid" 2>/dev/null
exit 0
