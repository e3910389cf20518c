#!/bin/sh
# loader.sh ROOT: what GRUB and the first part of a kernel do at power on. Picks the entry (el7: next_entry once, if grub.cfg has that block, then
# saved_entry; el6: default=N), and "loads" its kernel: release and command line. Fails, with the reason as the last
# line, where a real host would stop: no such kernel, no initramfs or an empty one.
set -eu
ROOT=$1
[ -e "$ROOT/boot/grub2/grub.cfg" ] || [ -e "$ROOT/boot/grub/grub.conf" ] || exit 0 # a system without the lab's loader
. "$ROOT/usr/lib/elhost/bootconfig.sh"

# These dracuts know no rd.emergency: only a hook in the initramfs, in whichever of its archives, can restart.
hook_in() {
  magic=$(printf '\037\213\010')
  for at in $(LC_ALL=C grep -aboF "$magic" "$1" | cut -d: -f1); do
    if tail -c "+$((at + 1))" "$1" | gzip -dc 2>/dev/null | grep -qa '99-toa-trial.sh'; then return; fi
  done
  return 1
}

index=$(default_index)
# shellcheck disable=SC2016
if is_grub2 && grep -qF '"${next_entry}"' "$GRUB2" && [ -n "$(env_get next_entry)" ]; then
  once=$(index_of "$(env_get next_entry)")
  env_set next_entry ''
  [ -n "$once" ] && index=$once
fi
# GRUB legacy forgets a choice for once as it takes it.
if ! is_grub2 && [ -s "$STAGE2" ]; then
  once=$(stage2_once)
  [ -z "$once" ] || index=$once
  stage2_write ''
fi
# A kernel file that cannot be read makes both GRUBs go on to the entry that `fallback` names.
fallback() { if is_grub2; then env_get fallback; else sed -n 's/^fallback=//p' "$LEGACY"; fi; }
unreadable() {
  file=$(field "$1" 3)
  ! [ -s "$ROOT$file" ] || [ "$(cat "$ROOT/etc/elhost/unreadable" 2>/dev/null)" = "${file#/boot/vmlinuz-}" ]
}
if unreadable "$index" && [ -n "$(fallback)" ]; then index=$(fallback); fi
kernel=$(field "$index" 3) initrd=$(field "$index" 4)
if [ -z "$kernel" ]; then echo "no boot entry $index"; exit 1; fi
if unreadable "$index"; then echo "error: file \`$kernel' not found."; exit 1; fi
if [ -z "$initrd" ] || ! [ -s "$ROOT$initrd" ]; then echo "Kernel panic - not syncing: VFS: Unable to mount root fs ($initrd)"; exit 1; fi
release=${kernel#/boot/vmlinuz-}
# What is to go wrong before init, as /etc/elhost says for this kernel: it ends as the entry's own arguments say.
arguments=" $(field "$index" 6) "
again() { exec "$0" "$ROOT"; }
if [ "$(cat "$ROOT/etc/elhost/panics" 2>/dev/null)" = "$release" ]; then
  case $arguments in *' panic='[1-9]*) again ;; esac
  echo 'Kernel panic - not syncing: Fatal exception'
  exit 1
fi
if [ "$(cat "$ROOT/etc/elhost/no-root" 2>/dev/null)" = "$release" ]; then
  case $arguments in *' toa.trial '*) if hook_in "$ROOT$initrd"; then again; fi ;; esac
  echo 'dracut: Warning: Could not boot. Entering emergency mode'
  exit 1
fi
echo "$release" > "$ROOT/etc/elhost/release"
echo "BOOT_IMAGE=${kernel#/boot} root=$(field "$index" 5) $(field "$index" 6)" > "$ROOT/etc/elhost/cmdline"
