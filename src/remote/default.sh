# shellcheck shell=sh disable=SC2154
# The default kernel and what booting it takes; words.sh stands before. What is borrowed for a transaction stands in
# $owed until it is given back, by this run or by whichever comes next:
#   default      the release that must be the default again
#   kernel       /etc/sysconfig/kernel as it was, kernel.held what was put there instead
owed=$home/owed
kernel_config=/etc/sysconfig/kernel

default_kernel() { grubby --default-kernel; }

# --set-default of a missing path answers 0 and changes nothing: only what is read back counts.
make_default() {
  grubby --set-default="/boot/vmlinuz-$1"
  flush_boot
  [ "$(default_kernel)" = "/boot/vmlinuz-$1" ]
}

set_default() {
  make_default "$1" && return
  say default "$(default_kernel)"
  exit "$DEFAULT_MOVED"
}

# GRUB does not replay the journal of XFS: what sync leaves in the log only, it does not see. A freeze writes it out. The
# thaw is armed first, in a process of its own that neither a hangup nor the end of a login stops, since a filesystem left
# frozen would stop the host. It takes no lock along (8, 9): its sleep outlives it.
flush_boot() {
  sync
  [ "$(stat -f -c %T /boot)" = xfs ] && command -v fsfreeze >/dev/null 2>&1 || return 0
  place=$(df -P /boot | awk 'END { print $NF }')
  # No child of this shell, which would tell of its end.
  thaw=$(
    (
      trap '' HUP TERM
      # shellcheck disable=SC2016 # expanded by the shell that is started
      exec setsid /bin/sh -c 'sleep 20; fsfreeze -u "$1"' toa-hosts-thaw "$place"
    ) </dev/null >/dev/null 2>&1 8>&- 9>&- &
    echo "$!"
  )
  if fsfreeze -f "$place"; then
    # Where this thaw fails the armed one is the next.
    fsfreeze -u "$place" || return 0
  fi
  kill -s KILL "$thaw" || :
}

# Keeps a kernel package from making itself the default: its %post does so while its initramfs does not exist yet.
hold_default() { # release that stays the default
  mkdir -p "$owed"
  [ ! -e "$owed/kernel" ] || exit "$UNPAID"
  printf '%s\n' "$1" >./default
  put_file ./default "$owed/default" 0600
  if [ ! -f "$kernel_config" ]; then
    echo "$kernel_config does not exist: no package makes itself the default"
    return
  fi
  { cat "$kernel_config" && printf '\nUPDATEDEFAULT=no\n'; } >./kernel.held
  cp ./kernel.held "$owed/kernel.held"
  cp -p "$kernel_config" "$owed/kernel.new"
  mv "$owed/kernel.new" "$owed/kernel"
  put_file ./kernel.held "$kernel_config" "$(stat -c %a "$kernel_config")"
  echo "UPDATEDEFAULT=no for the transaction; the file as it was is $owed/kernel"
}

# Gives back what this run or an earlier one has borrowed. Fails, with the debt still standing, where it cannot.
pay_owed() {
  if [ -s "$owed/default" ]; then
    release=$(cat "$owed/default")
    if [ "$(default_kernel)" != "/boot/vmlinuz-$release" ]; then
      make_default "$release" || return 1
      echo "the default is $release again"
    else
      # The packages have written under /boot all the same.
      flush_boot
    fi
    rm -f "$owed/default"
  fi
  [ -f "$owed/kernel" ] || return 0
  if cmp -s "$owed/kernel.held" "$kernel_config"; then
    put_file "$owed/kernel" "$kernel_config" "$(stat -c %a "$owed/kernel")" || return 1
    echo "$kernel_config is as it was"
  elif ! cmp -s "$owed/kernel" "$kernel_config"; then
    # Somebody edited it meanwhile: his words stay, only our line goes.
    sed '${/^UPDATEDEFAULT=no$/d;}' "$kernel_config" >"$owed/kernel.edited" || return 1
    put_file "$owed/kernel.edited" "$kernel_config" "$(stat -c %a "$kernel_config")" || return 1
    echo "$kernel_config was edited meanwhile; only our line UPDATEDEFAULT=no is gone from it"
  fi
  rm -f "$owed/kernel" "$owed/kernel.held" "$owed/kernel.edited"
}

# Everything that booting a kernel takes must be there, and whole as far as this host can tell.
bootable() {
  [ -s "/boot/vmlinuz-$1" ] || not_bootable vmlinuz
  [ -s "/boot/initramfs-$1.img" ] || not_bootable initramfs
  # dracut that ran out of room leaves the first part of an image.
  if command -v lsinitrd >/dev/null 2>&1; then
    lsinitrd "/boot/initramfs-$1.img" >/dev/null 2>&1 || not_bootable initramfs
  fi
  grubby --info="/boot/vmlinuz-$1" | grep "^kernel=.*vmlinuz-" >/dev/null || not_bootable entry
  echo "$1: vmlinuz, initramfs and boot entry are there"
}
not_bootable() {
  say missing "$1"
  exit "$NOT_BOOTABLE"
}

# rpm -V of a kernel: its ghosts (initramfs) and what depmod writes differ on healthy hosts, dependencies may have been
# waived. Anything else that is missing or differs in content must not be booted.
intact() {
  differs=$(rpm -V --nodeps "$1" | awk '
    $2 == "g" || $NF ~ /^\/lib\/modules\/[^\/]*\/modules\./ { next }
    $1 == "missing" || substr($1, 3, 1) == "5" { print }')
  [ -z "$differs" ] && return
  echo "$differs"
  return 1
}
