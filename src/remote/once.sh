# shellcheck shell=sh disable=SC2154
# Boots a kernel a single time: whatever becomes of it, the boot after that is the default kernel's again. default.sh stands
# before. GRUB 2 keeps the choice in grubenv (next_entry), GRUB legacy in its own stage2.

# The grub.cfg that the firmware's GRUB really reads.
grub_config() {
  if [ -d /sys/firmware/efi ]; then
    for config in /boot/efi/EFI/centos/grub.cfg /boot/efi/EFI/redhat/grub.cfg; do
      [ -f "$config" ] && echo "$config" && return
    done
    return 1
  fi
  [ -f /boot/grub2/grub.cfg ] && echo /boot/grub2/grub.cfg
}

# Why this host cannot boot a kernel once, as a word; nothing where it can.
once_obstacle() {
  if [ -d /boot/grub2 ]; then obstacle_grub2; else obstacle_legacy; fi
}

# GRUB 2 writes to plain filesystems only: on LVM or RAID next_entry would come again at every boot.
obstacle_grub2() {
  config=$(grub_config) || { echo noConfig && return; }
  # shellcheck disable=SC2016 # GRUB's own words
  grep -F '"${next_entry}"' "$config" >/dev/null || { echo noNextEntry && return; }
  block=$(readlink -e /boot/grub2/grubenv) || { echo noGrubenv && return; }
  [ "$(stat -c %s "$block")" = 1024 ] || { echo noGrubenv && return; }
  grub2-editenv "$block" list >/dev/null 2>&1 || { echo noGrubenv && return; }
  under=$(grub2-probe --target=abstraction "${block%/*}" 2>/dev/null) || { echo noProbe && return; }
  [ -z "$under" ] || { echo lvmOrRaid && return; }
  case $(grub2-probe --target=fs "${block%/*}" 2>/dev/null) in
    ext2 | xfs | fat) ;;
    *) echo filesystem ;;
  esac
}

obstacle_legacy() {
  [ ! -d /sys/firmware/efi ] || { echo efi && return; }
  [ -f /boot/grub/stage2 ] || { echo noConfig && return; }
  [ -f /boot/grub/grub.conf ] || { echo noConfig && return; }
  command -v grub >/dev/null 2>&1 || { echo noConfig && return; }
  device=$(df -P /boot | awk 'END { print $1 }')
  case $device in
    /dev/md* | /dev/mapper/* | /dev/dm-*) echo lvmOrRaid && return ;;
    *[0-9]p[0-9] | *[0-9]p[0-9][0-9]) disk=${device%p*} ;;
    *) disk=$(printf '%s\n' "$device" | sed 's/[0-9]*$//') ;;
  esac
  awk -v disk="$disk" '$2 == disk { found = 1 } END { exit !found }' /boot/grub/device.map 2>/dev/null || echo deviceMap
}

# The place of a kernel's entry, counted from 0, and its title.
entry_index() { grubby --info="/boot/vmlinuz-$1" | sed -n 's/^index=//p' | head -n 1; }
entry_title() { grubby --info="/boot/vmlinuz-$1" | sed -n 's/^title=//p' | head -n 1; }
entry_arguments() { grubby --info="/boot/vmlinuz-$1" | sed -n 's/^args="\(.*\)"$/\1/p' | head -n 1; }
legacy_index() {
  awk -v kernel="/vmlinuz-$1" '
    /^[ \t]*title[ \t]/ { n++ }
    $1 == "kernel" && substr($2, length($2) - length(kernel) + 1) == kernel { print n - 1; exit }' /boot/grub/grub.conf
}

# Only what is read back counts. A GRUB that cannot read the kernel's files goes on to the original's entry.
boot_once() { # release original
  if [ -d /boot/grub2 ]; then
    title=$(entry_title "$1")
    [ -n "$title" ] || return 1
    [ "$(grep -cF "menuentry '$title'" "$(grub_config)")" = 1 ] || return 1
    grub2-reboot "$title" || return 1
    back=$(entry_index "$2")
    [ -z "$back" ] || grub2-editenv - set fallback="$back"
    flush_boot
    grub2-editenv list | grep -xF "next_entry=$title" >/dev/null
  else
    target=$(legacy_index "$1")
    back=$(legacy_index "$2")
    [ -n "$target" ] && [ -n "$back" ] || return 1
    # Its exit code means nothing: a changed stage2 is the evidence, so that it first gets the other entry.
    set_fallback "$back" || return 1
    legacy_save "$back" || return 1
    before=$(stage2_sum)
    legacy_save "$target" --once || return 1
    [ "$before" != "$(stage2_sum)" ]
  fi
}
# GRUB's shell writes to the partition's device, which the cached file does not see: this reads the disk, where it can.
stage2_sum() {
  if dd if=/boot/grub/stage2 iflag=direct bs=1048576 count=1 2>/dev/null >./stage2.read; then
    cksum <./stage2.read
  else
    cksum </boot/grub/stage2
  fi
  rm -f ./stage2.read
}
# Where GRUB legacy cannot load the chosen entry it goes on to the one that `fallback` names, and waits at the console without it
# (GRUB 0.97's manual, 4.3.2 and 13.1.2). A host's own line stays as it is. Ours stands under a remark that is its mark; taken out
# again the file is what it was, byte for byte, or the line is not put in at all.
fallback_mark='# TOA Hosts: for the time of a trial'
without_fallback() { # file
  awk -v mark="$fallback_mark" '$0 == mark { ours = 1; next } ours && /^fallback=/ { ours = 0; next } { ours = 0; print }' "$1"
}
set_fallback() { # index
  clear_fallback || return 1
  if grep -i '^[[:space:]]*fallback' /boot/grub/grub.conf >/dev/null; then return 0; fi
  awk -v mark="$fallback_mark" -v line="fallback=$1" '{ print } /^default=/ && !done { print mark; print line; done = 1 }' \
    /boot/grub/grub.conf >./grub.new || return 1
  grep -x "fallback=$1" ./grub.new >/dev/null || return 1
  without_fallback ./grub.new | cmp -s - /boot/grub/grub.conf || return 1
  put_file ./grub.new /boot/grub/grub.conf "$(stat -c %a /boot/grub/grub.conf)" || return 1
  rm -f ./grub.new
}
clear_fallback() {
  grep -xF "$fallback_mark" /boot/grub/grub.conf >/dev/null || return 0
  without_fallback /boot/grub/grub.conf >/boot/grub/grub.conf.toa-hosts-before || return 1
  put_file /boot/grub/grub.conf.toa-hosts-before /boot/grub/grub.conf "$(stat -c %a /boot/grub/grub.conf)" || return 1
  rm -f /boot/grub/grub.conf.toa-hosts-before
}
# Without --once it only names the entry that `default saved` would take, which no grub.conf of ours says: that withdraws a choice.
legacy_save() { # index [--once]
  said=$(printf 'savedefault --default=%d %s\nquit\n' "$1" "${2-}" | grub --batch --no-floppy 2>&1)
  sync
  printf '%s\n' "$said" | grep '^Error [0-9]*:' && return 1
  return 0
}

# The next boot is the default kernel's. A /boot that is not mounted (yet) is no boot without a choice.
clear_once() { # the original's release
  if [ -d /boot/grub2 ]; then
    grub2-editenv - unset next_entry && grub2-editenv - unset fallback || return 1
    flush_boot
    ! grub2-editenv list | grep '^next_entry=.' >/dev/null
  else
    [ -f /boot/grub/grub.conf ] || return 1
    back=$(legacy_index "$1")
    if [ -n "$back" ]; then legacy_save "$back" || return 1; fi
    clear_fallback
  fi
}
