# shellcheck shell=bash disable=SC2034
# What differs between the disks; sourced with DISK set (xfs, ext4, lvm).
case $DISK in
  xfs) filesystem=xfs root_device=/dev/vda1 boot_device='' grub_root='' boot_in_root=1 ;;
  ext4) filesystem=ext4 root_device=/dev/vda2 boot_device=/dev/vda1 grub_root='' boot_in_root='' ;;
  lvm) filesystem=ext4 root_device=/dev/vda2 boot_device=/dev/vg0/boot grub_root=lvm/vg0-boot boot_in_root='' ;;
esac
