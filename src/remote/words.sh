# shellcheck shell=sh disable=SC2034,SC2154
# The words that scripts which change a host are written in. They run as root, a plan from its run directory; the mark
# ($1, or toa_mark) tells our own lines from what the tools print.
set -u
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
mark=${1:-$toa_mark}
home=/var/lib/toa-hosts
owed=$home/owed
kernel_config=/etc/sysconfig/kernel

# Exit codes with a meaning to the editor; anything else is the tool's own.
STALE=65
WRONG_HASH=66
WRONG_PACKAGE=67
NOT_INSTALLED=68
DEFAULT_MOVED=69
NOT_BOOTABLE=70
CANCELLED=71
DEADLINE=72

# One step: a function, stopped at its first failing command. What is owed is paid before a failed run ends.
step() {
  if [ -e cancel ]; then
    pay_owed
    exit "$CANCELLED"
  fi
  printf '==%s start %s %s\n' "$mark" "$1" "$(date +%s)"
  (
    set -e
    "$1"
  ) </dev/null
  code=$?
  printf '==%s end %s %s %s\n' "$mark" "$1" "$code" "$(date +%s)"
  [ "$code" -eq 0 ] && return
  pay_owed
  exit "$code"
}

# A fact that the plan was made from must still hold.
expect() {
  [ "$2" = "$3" ] && return
  printf '==%s changed %s\n' "$mark" "$1"
  printf '%s is now: %s\n' "$1" "$2"
  exit "$STALE"
}

# The uploaded file becomes root's own copy; only that copy is hashed, asked for its name, and installed.
take_package() { # upload file sha256 nevra
  cp -RP "$1" "./$2"
  if [ -L "./$2" ] || [ ! -f "./$2" ]; then
    echo "$1 is not a regular file"
    rm -f "./$2"
    exit "$WRONG_HASH"
  fi
  sum=$(sha256sum "./$2")
  if [ "${sum%% *}" != "$3" ]; then
    printf '==%s hash %s %s\n' "$mark" "$2" "${sum%% *}"
    rm -f "./$2"
    exit "$WRONG_HASH"
  fi
  name=$(rpm -qp --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "./$2") || exit "$WRONG_PACKAGE"
  if [ "$name" != "$4" ]; then
    printf '==%s package %s %s\n' "$mark" "$2" "$name"
    exit "$WRONG_PACKAGE"
  fi
  echo "$2: SHA-256 as planned, holds $name"
}

# A file is replaced whole: written beside it, labelled, renamed, flushed.
put_file() { # from to mode
  cp "$1" "$2.toa-hosts"
  chmod "$3" "$2.toa-hosts"
  if command -v restorecon >/dev/null 2>&1; then restorecon "$2.toa-hosts" || :; fi
  mv -f "$2.toa-hosts" "$2"
  if command -v restorecon >/dev/null 2>&1; then restorecon "$2" || :; fi
  sync
}

# Keeps a kernel package from making itself the default: its %post does so while its initramfs does not exist yet.
hold_default() {
  if [ ! -f "$kernel_config" ]; then
    echo "$kernel_config does not exist: nothing makes a package the default"
    return
  fi
  mkdir -p "$owed"
  cp -p "$kernel_config" "$owed/kernel.new"
  mv "$owed/kernel.new" "$owed/kernel"
  sync
  { cat "$kernel_config" && printf '\nUPDATEDEFAULT=no\n'; } >./kernel.held
  put_file ./kernel.held "$kernel_config" "$(stat -c %a "$kernel_config")"
  echo "UPDATEDEFAULT=no for the transaction; the file's copy is $owed/kernel"
}

# Gives /etc/sysconfig/kernel back byte for byte, whichever run owes it.
pay_owed() {
  [ -f "$owed/kernel" ] || return 0
  put_file "$owed/kernel" "$kernel_config" "$(stat -c %a "$owed/kernel")" || return 1
  cmp "$owed/kernel" "$kernel_config" || return 1
  rm -f "$owed/kernel"
  echo "$kernel_config is as it was"
}

default_kernel() { grubby --default-kernel; }

# Makes a kernel the default and believes only what is read back: --set-default of a missing path answers 0.
set_default() {
  grubby --set-default="/boot/vmlinuz-$1"
  sync
  now=$(default_kernel)
  [ "$now" = "/boot/vmlinuz-$1" ] && return
  printf '==%s default %s\n' "$mark" "$now"
  exit "$DEFAULT_MOVED"
}

# Everything that booting a kernel takes must be there and not empty.
bootable() {
  [ -s "/boot/vmlinuz-$1" ] || not_bootable vmlinuz
  [ -s "/boot/initramfs-$1.img" ] || not_bootable initramfs
  grubby --info="/boot/vmlinuz-$1" | grep "^kernel=.*vmlinuz-" >/dev/null || not_bootable entry
  echo "$1: vmlinuz, initramfs and boot entry are there"
}
not_bootable() {
  printf '==%s missing %s\n' "$mark" "$1"
  exit "$NOT_BOOTABLE"
}

# yum's waiting (lock, metadata, dependencies) has a deadline; once the transaction has begun nothing is signalled.
with_deadline() { # seconds command...
  limit=$1
  shift
  rm -f ./tool.code
  : >./tool.out
  (
    code=0
    sh -c 'echo $$ >./tool.pid; exec "$@"' sh "$@" >./tool.out 2>&1 || code=$?
    echo "$code" >./tool.code.new
    mv ./tool.code.new ./tool.code
  ) &
  shown=0
  waited=0
  while :; do
    ended=
    [ ! -f ./tool.code ] || ended=1
    size=$(stat -c %s ./tool.out)
    if [ "$size" -gt "$shown" ]; then
      tail -c "+$((shown + 1))" ./tool.out | head -c "$((size - shown))"
      shown=$size
    fi
    [ -z "$ended" ] || return "$(cat ./tool.code)"
    if [ "$waited" -eq "$limit" ] && ! grep -x 'Running transaction' ./tool.out >/dev/null; then
      kill "$(cat ./tool.pid)"
      wait
      echo "stopped after ${limit}s without having begun the transaction"
      exit "$DEADLINE"
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

# Success is what rpm answers afterwards: tools exit 0 with nothing done.
installed() {
  rpm -q "$1" && return
  printf '==%s uninstalled %s\n' "$mark" "$1"
  exit "$NOT_INSTALLED"
}
