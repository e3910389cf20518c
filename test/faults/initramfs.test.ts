import { expect, test } from 'vitest';
import { ok } from '../lab/vm/byHand';
import { toaKernel } from '../lab/vm/vm';
import { rebootOnce, settled, withVm } from '../vm/bench';

const initramfs = `/boot/initramfs-${toaKernel}.img`;

test('dracut really builds the initramfs in %posttrans, and the host boots from it', { timeout: 2_400_000 }, () =>
  withVm('xfs', async (bench) => {
    const { vm } = bench;
    await ok(vm, ': > /etc/elhost/real-initramfs');
    await bench.bench.install();
    // Not the copy that stands for it elsewhere.
    expect((await vm.run(`cmp -s ${initramfs} /usr/lib/elhost/initramfs-${toaKernel}.img`)).code).toBe(1);
    expect(await ok(vm, `lsinitrd ${initramfs} > /dev/null && echo whole`)).toBe('whole');
    expect((await rebootOnce(bench)).trial).toBe('lasting');
    await settled(vm);
  }),
);
