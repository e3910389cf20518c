# shellcheck shell=sh
# Follows a log file until stdin ends: writes its bytes to stdout, with marks in between that say which file and
# offset they come from. Rename, copy-and-truncate, and delete-and-create rotation, once or more, lose and repeat nothing
# that still exists in the log's folder, compressed or not; where something may be missing, a mark says so.
#
# Set before this text:
#   toa_log    absolute path           toa_back   lines to start back from the end; all: of the files before it too
#   toa_nonce  unknown to whoever writes the log: a mark is "<nonce> <words>\n", anywhere in the output
#   toa_stem, toa_tail   how names of the log's files begin and end (core/log/rotation.ts)
#   toa_next   pattern of names one of which is the log, the newest; empty: its name never changes
#   toa_from   empty, or "dev inode offset length checksum since" of an earlier "at" mark: go on from there
#   toa_late   empty, or the same of the latest "old" mark: the file before it, which may have got a late line
# Marks:
#   at DEV INODE OFFSET LENGTH CHECKSUM SINCE   the bytes that follow are this file's, from OFFSET; what came before is true
#   old DEV INODE OFFSET LENGTH CHECKSUM SINCE  the same of a file that the log was before
#   sure                                        the bytes up to the next mark are true already: nothing takes them back
#   void                                        the bytes since the last "at" or "old" are none of that file: drop them
#   rotated | gap truncated|lost|between BYTES | end permission|missing|notAFile
# CHECKSUM is of the first LENGTH bytes, from which a file is known again; SINCE is the newest time of a file before it; BYTES that
# are missing at least, "-": nobody knows.
#
# Reading is by descriptors that stay open (3: the log, 4: the file before it, which a server may write to for a while
# after rotation), so that a renamed or deleted file is read to its end. Offsets are the kernel's own (fdinfo). A log can be
# truncated and grow again while it is read: what was read counts only when its first bytes are still the same afterwards.
LC_ALL=C
: "${toa_log:?}" "${toa_nonce:?}" "${toa_back:?}" "${toa_from=}" "${toa_late=}" "${toa_next=}" "${toa_stem=$toa_log}" "${toa_tail=}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
TZ=UTC0
export LC_ALL PATH TZ
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

# toa_same LENGTH CHECKSUM: is what descriptor 3 holds still the file that was signed? A truncated file that has grown again is not.
toa_same() { [ "$1" -eq 0 ] || [ "$(toa_sum "$1" <&3)" = "$2" ]; }

# toa_list: the files before the log, oldest first: "TIME DEV INODE BYTES NAME". Only names made of what rotation adds to a name;
# not what is being compressed, whose original is still there.
toa_list() {
  set +f
  set --
  for toa_one in "$toa_log"[-.0-9]* "$toa_stem"[-.0-9]*"$toa_tail"* "${toa_log%.*}"[-.]*[12][0-9][0-9][0-9]*[01][0-9]*[0-3][0-9]*; do
    case ${toa_one#"${toa_log%.*}"} in *[!A-Za-z0-9._-]*) continue ;; *[0-9]*) ;; *) continue ;; esac
    case $toa_one in *.gz | *.bz2 | *.xz | *.zst | *.lz4) [ ! -f "${toa_one%.*}" ] || continue ;; esac
    [ "$toa_one" = "$toa_log" ] || [ ! -f "$toa_one" ] || set -- "$@" "$toa_one"
  done
  [ $# -eq 0 ] || stat -L -c '%y %d %i %s %n' "$@" 2>/dev/null | sed -e 's/ /T/' -e 's/ [-+][0-9]* / /' | sort -u
}

# toa_is FILE LENGTH CHECKSUM: does the file, compressed or not, begin with these bytes?
toa_is() {
  case $1 in
    *.gz) [ "$(gzip -dc <"$1" 2>/dev/null | head -c "$2" | cksum)" = "$3 $2" ] ;;
    *) [ "$(toa_sum "$2" <"$1")" = "$3" ] ;;
  esac
}

# toa_open: opens the log at its beginning and learns which file it is. (A failed plain exec would end the shell.)
toa_open() {
  toa_newest
  [ -f "$toa_log" ] || return 1
  command exec 5<"$toa_log" || return 1
}

# toa_open_again: the file on descriptor 3 from its beginning, whatever its name is by now, or if it has none.
toa_open_again() { command exec 5</proc/self/fd/3; }

# toa_take SINCE: what is on descriptor 5 is the log from here on. SINCE: of the files before it.
toa_take() {
  exec 3<&5 5<&-
  # shellcheck disable=SC2046 # three numbers
  set -- "$1" $(stat -L -c '%d %i %s' /proc/self/fd/0 <&3)
  toa_since=$1 toa_dev=${2:-0} toa_ino=${3:-0} toa_size=${4:-0} toa_pos=0 toa_mtime=
  toa_sign
}

# toa_newest: where the log's name changes, which file is the log now.
toa_newest() {
  [ -n "$toa_next" ] || return 0
  set +f
  toa_ifs=$IFS IFS=
  # shellcheck disable=SC2086,SC2012 # a pattern, and only one name is wanted: a strange one is no file and changes nothing
  toa_one=$(ls -td -- $toa_next 2>/dev/null | sed -n '/\.gz$/d;p;q')
  IFS=$toa_ifs
  set -f
  [ ! -f "$toa_one" ] || toa_log=$toa_one
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

# toa_at, toa_old: where the bytes that follow come from.
toa_at() { toa_mark "at $toa_dev $toa_ino $toa_pos $toa_len $toa_crc $toa_since"; }
toa_old() { toa_mark "old $toa_old $toa_pos4 $toa_sign4"; }

# toa_read4: everything that is there now. dd reads whole blocks up to the end of the file and not a byte more.
toa_read4() {
  toa_old
  toa_mark sure
  dd bs=65536 <&4 2>/dev/null
  toa_pos4
  toa_old
}

# toa_true: is the log still the file that it was before the latest piece? Once it is as long as a sign, one look tells.
toa_true() {
  toa_same "$toa_len" "$toa_crc" || return 1
  [ "$toa_len $toa_crc" = "$toa_waslen $toa_wascrc" ] || toa_same "$toa_waslen" "$toa_wascrc"
}

# toa_close4: nobody writes to the file before the log any more.
toa_close4() {
  exec 4<&-
  toa_keep=0 toa_old=
}

# toa_read3: everything that is there now, piece by piece, each shown true afterwards. 1: the log is another one.
toa_read3() {
  while :; do
    toa_was=$toa_pos toa_waslen=$toa_len toa_wascrc=$toa_crc
    [ "$toa_len" -ge 256 ] || toa_sign
    # It was empty: lines may have come and been copied and cut off since, which an empty beginning does not show.
    if [ "$toa_waslen" -eq 0 ] && [ "$toa_len" -gt 0 ] && toa_open_again; then
      toa_chain 0 0 0 0 "$toa_since"
      toa_since=$toa_after
      exec 5<&-
    fi
    toa_mark "at $toa_dev $toa_ino $toa_pos $toa_waslen $toa_wascrc $toa_since"
    dd bs=65536 count=64 <&3 2>/dev/null
    toa_pos3
    if ! toa_true; then
      toa_mark void
      toa_pos=$toa_was toa_len=$toa_waslen toa_crc=$toa_wascrc
      return 1
    fi
    toa_at
    [ $((toa_pos - toa_was)) -eq 4194304 ] || return 0
  done
}

# toa_find DEV INODE OFFSET LENGTH CHECKSUM SINCE: the file beside the log that is that one, renamed (same inode), copied or
# compressed (same first bytes). Sets toa_found; 1: there is none.
toa_find() {
  toa_found=
  while read -r toa_time toa_d toa_i toa_s toa_file; do
    [ -n "$toa_file" ] || continue
    case $toa_file in *.gz) ;; *) [ "$toa_s" -ge "$3" ] || continue ;; esac
    if [ "$4" -gt 0 ]; then
      toa_is "$toa_file" "$4" "$5" || continue
    else
      [ "$toa_d $toa_i" = "$1 $2" ] || continue
    fi
    toa_found=$toa_file toa_foundid="$toa_d $toa_i"
    [ "$toa_foundid" != "$1 $2" ] || break
  done <<END
$(toa_list)
END
  [ -n "$toa_found" ]
}

# toa_open4 FILE: opens it as descriptor 4. 1: it is gone, or was renamed and is another one by now.
toa_open4() {
  command exec 4<"$1" || return 1
  if [ "$(stat -L -c '%d %i' /proc/self/fd/0 <&4)" != "$toa_foundid" ]; then
    toa_close4
    return 1
  fi
}

# toa_rest KIND DEV INODE OFFSET LENGTH CHECKSUM SINCE: the found file from OFFSET on, as "at" or "old". It stays open, because a
# server may still write to it. 1: it is gone.
toa_rest() {
  toa_open4 "$toa_found" || return 1
  toa_old=$toa_foundid toa_pos4=$4 toa_sign4="$5 $6 $7"
  toa_mark "$1 $toa_old $toa_pos4 $toa_sign4"
  # It may be of any size, and nobody cuts it off any more: it need not be kept until its end has come.
  toa_mark sure
  case $toa_found in
    *.gz)
      gzip -dc <&4 2>/dev/null | tail -c "+$(($4 + 1))"
      toa_close4
      ;;
    *)
      toa_skip "$4" <&4
      dd bs=65536 <&4 2>/dev/null
      toa_pos4
      toa_keep=1500
      [ "$1" != at ] || toa_mark "at $toa_old $toa_pos4 $toa_sign4"
      toa_old
      ;;
  esac
}

# toa_find_rest KIND DEV INODE OFFSET LENGTH CHECKSUM SINCE: both; once more where the file was just being renamed or compressed.
toa_find_rest() {
  toa_kind=$1
  shift
  if toa_find "$@" && toa_rest "$toa_kind" "$@"; then return 0; fi
  sleep 1
  toa_find "$@" && toa_rest "$toa_kind" "$@"
}

# toa_know LENGTH CHECKSUM: a file that begins so has been followed, and need not be read for a late line that makes it newer.
toa_know() {
  [ "$1" -eq 0 ] || toa_known=$(printf '%s\n' "$*" "$toa_known" | head -n 16)
}

# toa_is_known: is the file of toa_chain one of those? Renamed, copied or compressed since: its number proves nothing, since
# that of a deleted file is given to the next.
toa_is_known() {
  while read -r toa_l2 toa_c2; do
    [ -z "$toa_c2" ] || ! toa_is "$toa_file" "$toa_l2" "$toa_c2" || return 0
  done <<END
$toa_known
END
  return 1
}

# toa_target: what upcoming files end at: the file on descriptor 5, as "DEV INODE", the length and checksum of its beginning, and
# where it was deleted the time of its last write, since then no name says which files came after it.
toa_target() {
  # shellcheck disable=SC2046 # numbers, and a time in three words
  set -- $(stat -L -c '%d %i %s %h %y' /proc/self/fd/0 <&5)
  toa_new="$1 $2" toa_newlen=$3 toa_newcrc=0 toa_until=
  [ "$4" -gt 0 ] || toa_until=$5T$6
  if [ "$toa_newlen" -gt 256 ]; then toa_newlen=256; fi
  [ "$toa_newlen" -eq 0 ] || toa_newcrc=$(toa_sum "$toa_newlen" <&5)
}

# toa_upcoming DEV INODE LENGTH CHECKSUM: the next file behind the time toa_after that is none of those which are read already,
# up to the one on descriptor 5, which may have been renamed, copied or compressed meanwhile: what came after it has to wait.
toa_upcoming() {
  toa_target
  while read -r toa_time toa_d toa_i toa_s toa_file; do
    [ -n "$toa_file" ] || continue
    [ "$toa_d $toa_i" != "$toa_new" ] || return 1
    if [ "$toa_newlen" -gt 0 ] && toa_is "$toa_file" "$toa_newlen" "$toa_newcrc"; then return 1; fi
    # Numbers of files that are open: no other file has them. And the file itself, copied or compressed.
    case ",$1 $2,$toa_old," in
      *",$toa_d $toa_i,"*) ;;
      *) toa_is_known || { [ "$3" -gt 0 ] && toa_is "$toa_file" "$3" "$4"; } || return 0 ;;
    esac
    toa_after=$toa_time
  done <<END
$(toa_list | awk -v since="$toa_after" -v until="$toa_until" '$1 > since "" && (until == "" || $1 <= until "")')
END
  return 1
}

# toa_chain DEV INODE LENGTH CHECKSUM SINCE: whole files that came after that one and before the one on descriptor 5, oldest first.
# They are looked for again after each, since names go on changing. Leaves the time of the last in toa_after.
toa_chain() {
  toa_after=$5 toa_tries=50
  while toa_upcoming "$@"; do
    case $toa_file in
      *.bz2 | *.xz | *.zst | *.lz4)
        toa_mark gap between "$toa_s"
        toa_after=$toa_time
        continue
        ;;
    esac
    toa_foundid="$toa_d $toa_i" toa_found=$toa_file
    if ! toa_open4 "$toa_file"; then
      toa_tries=$((toa_tries - 1))
      if [ "$toa_tries" -eq 0 ]; then
        toa_mark gap lost -
        return 0
      fi
      sleep 0.1 2>/dev/null || sleep 1
      continue
    fi
    case $toa_file in
      *.gz) toa_c=$(dd if=/proc/self/fd/0 bs=65536 <&4 2>/dev/null | gzip -dc 2>/dev/null | head -c 256 | cksum) toa_l=${toa_c#* } toa_c=${toa_c%% *} ;;
      *)
        toa_l=$toa_s toa_c=0
        if [ "$toa_l" -gt 256 ]; then toa_l=256; fi
        [ "$toa_l" -eq 0 ] || toa_c=$(toa_sum "$toa_l" <&4)
        ;;
    esac
    toa_mark rotated
    toa_rest at "$toa_d" "$toa_i" 0 "$toa_l" "$toa_c" "$toa_time" || continue
    toa_know "$toa_l" "$toa_c"
    toa_after=$toa_time
  done
}

# toa_go: from what descriptor 3 has held, read to its end, to the file on descriptor 5, over those in between.
toa_go() {
  toa_chain "$toa_dev" "$toa_ino" "$toa_len" "$toa_crc" "$toa_since"
  toa_know "$toa_len" "$toa_crc"
  toa_take "$toa_after"
}

# toa_resume DEV INODE OFFSET LENGTH CHECKSUM SINCE: go on where an earlier connection ended; the log is on descriptor 5.
toa_resume() {
  # shellcheck disable=SC2086 # six words, or none
  set -- "$@" $toa_late
  # Where both are one file, it is read once, below.
  if [ $# -eq 12 ] && [ "$1 $2" != "$7 $8" ]; then
    if toa_find "$7" "$8" "$9" "${10}" "${11}" && toa_rest old "$7" "$8" "$9" "${10}" "${11}" "${12}"; then
      toa_know "${10}" "${11}"
    fi
  fi
  toa_target
  if [ "$1 $2" = "$toa_new" ] && [ "$(stat -L -c %s /proc/self/fd/0 <&5)" -ge "$3" ]; then
    if [ "$4" -eq 0 ] || [ "$(toa_sum "$4" <&5)" = "$5" ]; then
      toa_take "$6"
      toa_skip "$3" <&3
      toa_pos3
      toa_len=$4 toa_crc=$5
      return
    fi
  fi
  # Not "old": should this connection end too, the next one goes on here.
  if [ "$4" -gt 0 ] && toa_find_rest at "$@"; then
    toa_chain "${toa_foundid% *}" "${toa_foundid#* }" "$4" "$5" "$6"
    toa_mark rotated
  else
    # Of a file that was empty nothing was read: it is one of those that came since, if it is there.
    if [ "$4" -gt 0 ] || ! toa_find "$@"; then toa_mark gap lost -; fi
    toa_chain 0 0 "$4" "$5" "$6"
  fi
  toa_take "$toa_after"
}

# toa_restarted: the log is shorter than what was read of it, or begins otherwise: it was copied and truncated.
toa_restarted() {
  if toa_find_rest old "$toa_dev" "$toa_ino" "$toa_pos" "$toa_len" "$toa_crc" "$toa_since"; then
    toa_mark rotated
  else
    toa_mark gap truncated -
  fi
  # Not by name: should it be renamed or deleted by now, its lines come before those of the next.
  toa_open_again || return 0
  toa_go
  # Told at once, so that a connection lost by now does not tell the gap again.
  toa_at
}

# toa_poll: one look. Sizes come from the open descriptors, the name only says whether the log is another file now.
toa_poll() {
  if [ "$toa_keep" -gt 0 ]; then
    toa_keep=$((toa_keep - 1))
    [ "$(stat -L -c %s /proc/self/fd/0 <&4)" = "$toa_pos4" ] || toa_read4
    [ "$toa_keep" -gt 0 ] || toa_close4
  fi
  # shellcheck disable=SC2046 # numbers, and a time in three words
  set -- $(stat -L -c '%d %i %s %y' /proc/self/fd/0 "$toa_log" <&3 2>/dev/null)
  toa_size=${3:-0}
  # A file that was truncated and has grown to just the same size shows it by its time alone.
  toa_before=$toa_mtime toa_mtime="${4:-} ${5:-}"
  if [ "$toa_size" -lt "$toa_pos" ]; then
    toa_restarted
    return
  elif [ "$toa_size" -gt "$toa_pos" ]; then
    if ! toa_read3; then
      toa_restarted
      return
    fi
  elif [ "$toa_mtime" != "$toa_before" ] && ! toa_same "$toa_len" "$toa_crc"; then
    toa_restarted
    return
  fi
  if [ $# -eq 12 ] && [ "$7 $8" != "$toa_dev $toa_ino" ] && [ -r "$toa_log" ]; then
    # What was written to it before the next was there.
    if ! toa_read3; then
      toa_restarted
      return
    fi
    toa_open || return 0
    exec 4<&3
    toa_old="$toa_dev $toa_ino" toa_pos4=$toa_pos toa_sign4="$toa_len $toa_crc $toa_since" toa_keep=1500
    # So that a new connection knows it again.
    toa_old
    toa_go
    toa_mark rotated
  fi
}

# toa_follow: polls about three times a second, as long as the shell that reads stdin lives; a mark now and then shows
# that this end is alive and makes a closed connection felt.
toa_follow() {
  toa_keep=0 toa_known='' toa_old=''
  # Before the log is opened: should it be renamed now, it is none of the files before it.
  toa_after=$(toa_list | tail -n 1)
  toa_after=${toa_after%% *} toa_after=${toa_after:-0}
  if ! toa_open; then
    toa_mark end "$(toa_why)"
    return
  fi
  if [ -n "$toa_from" ]; then
    # shellcheck disable=SC2086 # six words
    toa_resume $toa_from
  elif [ "$toa_back" = all ]; then
    # The log is open already: should it be renamed meanwhile, it is still what comes behind the others.
    toa_chain 0 0 0 0 0
    toa_mark rotated
    toa_take "$toa_after"
  else
    # tail leaves the descriptor where it stopped; what it found is only measured here, and read by the first poll.
    # Of no lines at all it reads nothing and stays where it was.
    toa_take "$toa_after"
    toa_start=$toa_size
    if [ "$toa_back" -ge "$toa_size" ]; then
      # No line is shorter than a byte: all of them.
      toa_start=0
    elif [ "$toa_back" -gt 0 ]; then
      toa_back=$(tail -n "$toa_back" <&3 | wc -c)
      toa_pos3
      toa_start=$((toa_pos - toa_back))
      toa_open_again && toa_take "$toa_since"
    fi
    toa_skip "$toa_start" <&3
    toa_pos3
  fi
  toa_wait=0.3
  sleep 0.01 2>/dev/null || toa_wait=1
  toa_beat=0
  while [ -d "/proc/$$" ]; do
    toa_poll
    toa_beat=$(((toa_beat + 1) % 20))
    [ $((toa_beat % 5)) -ne 1 ] || toa_newest
    [ "$toa_beat" -ne 1 ] || toa_at
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
