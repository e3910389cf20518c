# shellcheck shell=sh
# Follows what a unit has written into systemd's journal until stdin ends: its entries go to stdout in the journal's export
# format (systemd.io/JOURNAL_EXPORT_FORMATS), which tells the cursor of each, with marks in between that show that this end is
# alive. Also what journald says about messages that it has dropped.
#
# Set before this text:
#   toa_unit   unit name               toa_back   entries to start back from the end; all: from the first
#   toa_nonce  unknown to whoever writes the log: a mark is "<nonce> <words>\n", anywhere in the output
#   toa_from   empty, or a cursor: begin with that entry, or where it is gone with the one that comes in its place
# Marks:
#   alive | end permission|missing|noJournal|ended
LC_ALL=C
: "${toa_unit:?}" "${toa_nonce:?}" "${toa_back:?}" "${toa_from=}"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

# toa_mark WORDS: one mark, in one write.
toa_mark() { printf '%s %s\n' "$toa_nonce" "$*" || exit 1; }

# toa_hidden: is there a journal of the system that this user may not read? journalctl then shows nothing and says nothing.
toa_hidden() {
  for toa_file in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
    [ ! -r "$toa_file" ] || return 1
  done
  for toa_dir in /var/log/journal /run/log/journal; do
    [ ! -d "$toa_dir" ] || return 0
  done
  return 1
}

# toa_entries WORDS: the unit's entries of this machine. --merge, because newer versions of journalctl would else follow those of
# this boot alone, and a reboot can come between two connections; it adds what other machines have sent, which the id keeps out.
# The second match is journald's word about dropped messages (SD_MESSAGE_JOURNAL_DROPPED), of whatever unit.
toa_entries() {
  read -r toa_machine </etc/machine-id || toa_machine=
  set -- "$@" "_SYSTEMD_UNIT=$toa_unit" ${toa_machine:+"_MACHINE_ID=$toa_machine"} +
  set -- "$@" MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e _TRANSPORT=driver ${toa_machine:+"_MACHINE_ID=$toa_machine"}
  exec journalctl --quiet --no-pager --merge --output=export "$@" 2>/dev/null
}

if ! command -v journalctl >/dev/null 2>&1; then
  toa_mark end noJournal
elif toa_hidden; then
  toa_mark end permission
else
  if [ -n "$toa_from" ]; then
    set -- --no-tail "--cursor=$toa_from"
  elif [ "$toa_back" = all ]; then
    set -- --no-tail
  else
    set -- "--lines=$toa_back"
  fi
  (
    toa_entries --follow "$@" </dev/null &
    toa_pid=$!
    trap 'kill "$toa_pid" 2>/dev/null; exit 0' TERM
    wait "$toa_pid"
    toa_mark end ended
  ) &
  toa_reader=$!
  while toa_mark alive; do sleep 5; done </dev/null &
  toa_beat=$!
fi
# Nothing is expected on stdin but its end: the connection is gone, or the panel was closed.
while read -r _; do :; done
# shellcheck disable=SC2086 # none where nothing was begun
kill ${toa_reader-} ${toa_beat-} 2>/dev/null
wait
exit 0
