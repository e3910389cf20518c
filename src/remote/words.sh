# shellcheck shell=sh disable=SC2034,SC2154
# The words that scripts which change a host are written in; home.sh stands before, default.sh and tool.sh behind. The mark
# ($1, or toa_mark) tells our own lines from what the tools print. A plan runs from its run directory.
mark=${1:-$toa_mark}

# Exit codes with a meaning to the editor; anything else is the tool's own.
STALE=65
WRONG_HASH=66
WRONG_PACKAGE=67
NOT_INSTALLED=68
DEFAULT_MOVED=69
NOT_BOOTABLE=70
CANCELLED=71
DEADLINE=72
UNPAID=73
PACKAGES_BUSY=75
NO_ROOM=76

say() { printf '==%s %s\n' "$mark" "$*"; }

# Onto the disk with this file, and no others: a sync of a busy host takes minutes.
flush() { [ ! -f "$1" ] || dd if=/dev/null of="$1" conv=notrunc,fsync 2>/dev/null || :; }

# One step: a function, stopped at its first failing command. Which one is under way is on record for whoever probes, also
# after a power cut.
step() {
  [ ! -e cancel ] || leave "$CANCELLED"
  # What cannot be written down is not begun.
  say start "$1" "$(date +%s)" || leave "$NO_ROOM"
  if [ -f "$home/running" ]; then
    printf 'step %s %s\n' "$1" "$(date +%s)" >>"$home/running"
    flush "$home/running"
  fi
  (
    set -e
    "$1"
  ) </dev/null
  code=$?
  say end "$1" "$code" "$(date +%s)" || [ "$code" -ne 0 ] || code=$NO_ROOM
  flush ./journal
  [ "$code" -eq 0 ] || leave "$code"
}

# Ends a run before its end: what is owed is paid, and the packages' copies (tens of megabytes) do not stay behind. A full
# filesystem is the cause, whatever the tools have said; it is looked for before those copies make room.
leave() {
  full=$(full_place || :)
  rm -f ./*.rpm
  # A line that the full disk has cut short ends here.
  [ -z "$full" ] || { echo && say full "$full"; }
  pay_owed || say unpaid
  exit "$1"
}

# Where not even this much can be written any more; fails where there is no such place.
full_place() {
  for place in /boot "$home" /etc; do
    [ -d "$place" ] || continue
    if ! head -c 65536 /dev/zero 2>/dev/null >"$place/.toa-hosts-try"; then
      rm -f "$place/.toa-hosts-try"
      df -P "$place" | awk 'END { print $NF }'
      return
    fi
    rm -f "$place/.toa-hosts-try"
  done
  return 1
}

# A fact that the plan was made from must still hold.
expect() {
  [ "$2" != "$3" ] || return 0
  say changed "$1"
  printf '%s is now: %s\n' "$1" "$2"
  exit "$STALE"
}

# The uploaded file becomes root's own copy; only that copy is hashed, asked for its name, and installed.
take_package() { # upload file bytes sha256 nevra
  if [ -L "$1" ] || [ ! -f "$1" ]; then
    echo "$1 is not a regular file"
    exit "$WRONG_HASH"
  fi
  head -c "$(($3 + 1))" <"$1" >"./$2"
  sum=$(sha256sum "./$2")
  if [ "${sum%% *}" != "$4" ]; then
    say hash "$2" "${sum%% *}"
    exit "$WRONG_HASH"
  fi
  name=$(rpm -qp --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "./$2") || exit "$WRONG_PACKAGE"
  if [ "$name" != "$5" ]; then
    say package "$2" "$name"
    exit "$WRONG_PACKAGE"
  fi
  echo "$2: SHA-256 as planned, holds $name"
}

# A file is replaced whole or not at all: written beside it, compared, labelled, renamed, flushed.
put_file() { # from to mode
  if ! cp "$1" "$2.toa-hosts" || ! chmod "$3" "$2.toa-hosts" || ! cmp "$1" "$2.toa-hosts"; then
    rm -f "$2.toa-hosts"
    return 1
  fi
  mv -f "$2.toa-hosts" "$2" || return 1
  if command -v restorecon >/dev/null 2>&1; then restorecon "$2" || :; fi
  sync
}

# rpm waits for another's transaction without end, and does not know yum's lock at all.
alone() {
  pid=$(packages_busy) || return 0
  say packages "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | head -c 200)"
  exit "$PACKAGES_BUSY"
}

# Success is what rpm answers afterwards: tools exit 0 with nothing done.
installed() {
  rpm -q "$1" && return
  say uninstalled "$1"
  exit "$NOT_INSTALLED"
}
