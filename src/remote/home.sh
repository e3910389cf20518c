# shellcheck shell=sh
# Where the extension keeps what it must remember on a host, and the lock that lets one change at a time through.
# Stands before every script that changes a host; all of them run as root.
set -u
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
home=/var/lib/toa-hosts

# Only root may ever have written here: a directory of anybody else's, or a link, is refused.
make_home() {
  [ -d "$home" ] || mkdir -m 0755 "$home"
  if [ -L "$home" ] || [ "$(stat -c %u "$home")" != 0 ]; then
    echo "$home is not root's own directory"
    return 1
  fi
  chmod 0755 "$home"
  [ -d "$home/runs" ] || mkdir -m 0700 "$home/runs"
}

# The TOA kernel that was found lasting, and when, for every probe: drift counts from there.
record_confirmed() {
  printf '%s %s\n' "$1" "$(date +%s)" >"$home/confirmed"
  chmod 0644 "$home/confirmed"
}

# Into the host's own log: who did what.
tell() {
  ! command -v logger >/dev/null 2>&1 || logger -t toa-hosts "$1" 2>/dev/null || :
}

# Who changes packages right now, whether yum waits or rpm works: prints the pid.
packages_busy() {
  pid=$(head -c 16 /var/run/yum.pid 2>/dev/null | tr -dc 0-9)
  if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
    echo "$pid"
    return
  fi
  rpm_lock
}

# rpm holds a POSIX lock on this file during a transaction, and only then; flock(1) would not see it.
rpm_lock() {
  inode=$(stat -c %i /var/lib/rpm/.rpm.lock 2>/dev/null) || return 1
  pid=$(awk -v inode="$inode" '{ n = split($6, at, ":"); if (at[n] == inode && $4 == "WRITE") { print $5; exit } }' /proc/locks)
  [ -n "$pid" ] && echo "$pid"
}
