#!/bin/sh
# loader.sh ROOT: what GRUB does at power on. Picks the entry (el7: next_entry once, if grub.cfg has that block, then
# saved_entry; el6: default=N), and "loads" its kernel: release and command line. Fails, with the reason as the last
# line, where a real host would stop: no such kernel, no initramfs or an empty one.
set -eu
ROOT=$1
[ -e "$ROOT/boot/grub2/grub.cfg" ] || [ -e "$ROOT/boot/grub/grub.conf" ] || exit 0 # a system without the lab's loader
. "$ROOT/usr/lib/elhost/bootconfig.sh"

index=$(default_index)
# shellcheck disable=SC2016
if is_grub2 && grep -qF '"${next_entry}"' "$GRUB2" && [ -n "$(env_get next_entry)" ]; then
  once=$(index_of "$(env_get next_entry)")
  env_set next_entry ''
  [ -n "$once" ] && index=$once
fi
kernel=$(field "$index" 3) initrd=$(field "$index" 4)
if [ -z "$kernel" ]; then echo "no boot entry $index"; exit 1; fi
if ! [ -s "$ROOT$kernel" ]; then echo "error: file \`$kernel' not found."; exit 1; fi
if [ -z "$initrd" ] || ! [ -s "$ROOT$initrd" ]; then echo "Kernel panic - not syncing: VFS: Unable to mount root fs ($initrd)"; exit 1; fi
release=${kernel#/boot/vmlinuz-}
echo "$release" > "$ROOT/etc/elhost/release"
echo "BOOT_IMAGE=${kernel#/boot} root=$(field "$index" 5) $(field "$index" 6)" > "$ROOT/etc/elhost/cmdline"
