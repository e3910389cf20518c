import { expect, test } from 'vitest';
import { ok, titleOf } from '../lab/vm/byHand';
import { originalKernel, startVm } from '../lab/vm/vm';

const minutes = 60_000;

test('with /boot on LVM, GRUB cannot clear next_entry: the same entry comes again', { timeout: 40 * minutes }, async () => {
  const vm = await startVm({ disk: 'lvm' });
  try {
    expect(await ok(vm, 'grub2-probe --target=abstraction /boot/grub2')).toMatch(/lvm/);
    await ok(vm, `grub2-editenv - set 'next_entry=${titleOf(originalKernel)}'; sync; fsfreeze -f /boot && fsfreeze -u /boot`);
    const before = await vm.boots();
    await vm.reset();
    await vm.booted(before);
    expect(await vm.serial()).toMatch(/diskfilter writes are not supported/);
    expect(await ok(vm, 'grub2-editenv list')).toMatch(/^next_entry=CentOS/m);
  } finally {
    await vm.stop();
  }
});

test('/ and /boot on ext4 start from a cold disk, too', { timeout: 40 * minutes }, async () => {
  const vm = await startVm({ disk: 'ext4', snapshot: false });
  try {
    expect(await ok(vm, `awk '$2 == "/" || $2 == "/boot" { print $3 }' /proc/mounts | sort -u`)).toBe('ext4');
    expect(await ok(vm, 'grub2-probe --target=fs /boot/grub2')).toBe('ext2');
    expect(await vm.boots()).toBe(1);
  } finally {
    await vm.stop();
  }
});
