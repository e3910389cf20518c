# shellcheck shell=sh disable=SC2154
# Puts right what a run that was cut off has left, keeps what is installed, and takes an install back; default.sh stands before.

# Berkeley DB (el6, el7) keeps its locks in files: those of a rpm that was killed stand for ever, and every later one waits for
# them. This is only the first part of a repair, so that nothing is settled by it.
free_rpm() {
  find /var/lib/rpm -maxdepth 1 -type f -name '__db.*' -print -delete
  rpm -q rpm
  : >unsettled
}

# rpm writes each file under a name of its own first, and never comes back for it; what it has not entered into its database
# belongs to nobody. Only rpm's own word counts for that: a database that does not answer says nothing.
clear_partial() { # release
  find /boot -xdev -type f -name "*-$1*;[0-9a-f]*" -print -delete
  [ ! -d "/lib/modules/$1" ] || find "/lib/modules/$1" -xdev -type f -name '*;[0-9a-f]*' -print -delete
  if [ "$(uname -r)" = "$1" ] || [ "$(rpm -q "kernel-$1")" != "package kernel-$1 is not installed" ]; then return 0; fi
  for part in "vmlinuz-$1" ".vmlinuz-$1.hmac" "System.map-$1" "config-$1" "symvers-$1" "symvers-$1.gz" "initramfs-$1.img"; do
    [ ! -f "/boot/$part" ] || rm -fv "/boot/$part"
  done
  [ ! -d "/lib/modules/$1" ] || rm -rf "/lib/modules/$1"
}

# What the kernel's %post does: the boot entry. hold_default keeps it from becoming the default.
add_entry() { # release
  if grubby --info="/boot/vmlinuz-$1" 2>/dev/null | grep '^kernel=' >/dev/null; then return 0; fi
  new-kernel-pkg --package kernel --install "$1"
}

# What its %posttrans does: modules.dep, the initramfs, and its place in the entry.
finish_kernel() { # release
  new-kernel-pkg --package kernel --mkinitrd --dracut --depmod --update "$1"
  new-kernel-pkg --package kernel --rpmposttrans "$1"
  flush_boot
}

# The TOA kernel alone: never while it runs, and never without the original one to boot.
remove_kernel() { # release original
  if [ "$(uname -r)" = "$1" ]; then
    echo "$1 is running"
    return 1
  fi
  bootable "$2"
  rpm -qf "/boot/vmlinuz-$2"
  rpm -e "kernel-$1"
  # What depmod had made.
  clear_partial "$1"
  [ "$(default_kernel)" = "/boot/vmlinuz-$2" ] || set_default "$2"
  flush_boot
}

load_toa() {
  other=$(awk '$1 ~ /toa/ && $1 != "toa" { print $1 }' /proc/modules)
  [ -z "$other" ] || { echo "$other is loaded: two modules with these hooks must never be"; return 1; }
  modprobe toa
  awk '$1 == "toa" && $5 == "Live" { found = 1 } END { exit !found }' /proc/modules
}

# yum removes old kernels when it installs a newer one, but none that yumdb has marked (yum.conf(5), installonly_limit). Those that
# nobody had marked before are on record, so that an undo takes back no mark of somebody else's.
kept() { yumdb get installonly "$1" 2>/dev/null | grep -x '[[:space:]]*installonly = keep' >/dev/null; }
keep_kernels() { # packages
  command -v yumdb >/dev/null 2>&1 || return 1
  for package in "$@"; do
    if kept "$package"; then
      echo "$package is kept already"
      continue
    fi
    yumdb set installonly keep "$package"
    kept "$package"
    printf '%s\n' "$package" >>"$home/kept"
  done
}
release_kernels() {
  [ -f "$home/kept" ] && command -v yumdb >/dev/null 2>&1 || return 0
  while read -r package; do
    ! kept "$package" || yumdb del installonly "$package" || :
  done <"$home/kept"
  rm -f "$home/kept"
}
