#!/bin/bash
# disk.sh ROOT OUT: OUT, a raw bootable disk (MBR, GRUB in the gap before the first partition) of the system in ROOT, made
# from plain files: nothing is mounted. DISK in the environment: see layout.sh. For lvm the first partition stays empty:
# lvm.sh, in a running VM, makes /boot there. Runs as (namespaced) root. About 20 s.
set -eu
root=$1 out=$2
here=$(dirname "$(realpath "$0")")
# shellcheck source=layout.sh
. "$here/layout.sh"
grub=/usr/lib/grub/i386-pc
work=$(mktemp -d -p "$(dirname "$out")")
trap 'rm -rf "$work"' EXIT

# filesystem IMAGE MIB TREE
filesystem() {
  truncate -s "$2M" "$1"
  if [ "$filesystem" = ext4 ]; then
    mke2fs -q -t ext4 -O ^metadata_csum -J size=8 -d "$3" "$1"
  else
    # As Enterprise Linux 7 makes it, as far as this mkfs can, and so that GRUB reads it. File times are not kept.
    { printf 'prototype\n0 0\nd--755 0 0\n'; tree "$3"; echo '$'; } > "$work/prototype"
    mkfs.xfs -q -m bigtime=0,inobtcount=0,reflink=0 -i nrext64=0 -p "$work/prototype" "$1"
  fi
}

# tree DIRECTORY: its entries as mkfs.xfs reads them. Names with blanks cannot be written; nothing of the system has one.
tree() {
  local type mode user group name target bits
  while IFS=$'\t' read -r type mode user group name target; do
    bits=$(printf %04d "$mode")
    case $bits in 4*) bits=u-${bits#?} ;; 2*) bits=-g${bits#?} ;; 6*) bits=ug${bits#?} ;; *) bits=--${bits#?} ;; esac
    case $type in
      d) echo "$name d$bits $user $group" && tree "$1/$name" && echo '$' ;;
      f) echo "$name -$bits $user $group $1/$name" ;;
      l) echo "$name l$bits $user $group $target" ;;
    esac
  done < <(find "$1" -mindepth 1 -maxdepth 1 ! -name '*[[:space:]]*' -printf '%y\t%m\t%U\t%G\t%f\t%l\n')
}

# partition FLAG TYPE START SECTORS: an entry of the MBR's table; numbers in sectors of 512 bytes.
partition() {
  local number
  printf '%b' "\\x$1\\xfe\\xff\\xff\\x$2\\xfe\\xff\\xff"
  for number in "$3" "$4"; do
    printf '%b' "$(printf '\\x%02x' $((number & 255)) $((number >> 8 & 255)) $((number >> 16 & 255)) $((number >> 24)))"
  done
}

# place IMAGE MIB: writes it into the disk at that offset.
place() { dd if="$1" of="$out" bs=1M seek="$2" conv=sparse,notrunc status=none; }

prefix='(hd0,msdos1)/grub2' first=256 first_type=83 modules='ext2 xfs'
case $DISK in
  xfs) prefix='(hd0,msdos1)/boot/grub2' first=1400 ;;
  lvm) prefix='(lvm/vg0-boot)/grub2' first_type=8e modules='ext2 xfs lvm diskfilter' ;;
esac
second=$((boot_in_root ? 0 : 900))
# shellcheck disable=SC2086
grub-mkimage -O i386-pc -o "$work/core.img" -p "$prefix" biosdisk part_msdos $modules normal linux linux16 gzio loadenv serial terminal \
  test true echo configfile search ls cat sleep reboot
[ "$(stat -c %s "$work/core.img")" -lt $((1048576 - 512)) ]

rm -f "$out"
truncate -s "$((1 + first + second))M" "$out"
dd if="$grub/boot.img" of="$out" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$out" bs=512 seek=1 conv=notrunc status=none
{
  partition 80 $first_type 2048 $((first * 2048))
  if [ $second -gt 0 ]; then partition 00 83 $(((1 + first) * 2048)) $((second * 2048)); fi
} | dd of="$out" bs=1 seek=446 conv=notrunc status=none
printf '\x55\xaa' | dd of="$out" bs=1 seek=510 conv=notrunc status=none

if [ "$DISK" = xfs ]; then
  filesystem "$work/root.img" "$first" "$root"
else
  if [ "$DISK" = ext4 ]; then
    filesystem "$work/boot.img" "$first" "$root/boot"
    place "$work/boot.img" 1
    mv "$root/boot" "$root.boot" && mkdir "$root/boot"
  fi
  filesystem "$work/root.img" "$second" "$root"
fi
if [ "$DISK" = xfs ]; then place "$work/root.img" 1; else place "$work/root.img" $((1 + first)); fi
