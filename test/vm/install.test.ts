import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installOutlook } from '../../src/core/install/planInstall';
import { autoloadContent } from '../../src/core/vendor';
import type { HostFacts } from '../../src/core/facts';
import type { Workbench } from '../hosts/install/bench';
import { ok } from '../lab/vm/byHand';
import { originalKernel, startVm, toaKernel, type Vm } from '../lab/vm/vm';
import { vmBench } from './bench';

const original = `/boot/vmlinuz-${originalKernel}`;

describe('an install by the engine, under real GRUB, systemd and dracut', () => {
  let vm: Vm;
  let bench: Workbench;
  let before: HostFacts;
  beforeAll(async () => {
    vm = await startVm({ disk: 'xfs' });
    bench = vmBench(vm);
  });
  afterAll(async () => {
    bench.dispose();
    await vm.stop();
  });

  test('the facts before are those of an original host', async () => {
    before = await bench.probe();
    expect(before.system).toMatchObject({ id: 'centos', major: 7 });
    expect(before.container).toBeUndefined();
    expect(before.kernel).toMatchObject({ running: originalKernel, defaultPath: original, updateDefault: 'yes' });
    expect(before.kernel.installed.map(({ release }) => release)).toEqual([originalKernel]);
    expect(before.module.loaded).toBe(false);
    expect(before.autoload.exists).toBe(false);
    expect(before.failedUnits).toEqual([]);
    expect(before.logs.map(({ path }) => path)).toContain(vm.accessLog);
    expect(installOutlook(before)).toMatchObject({ row: 'el7', needsPackages: true });
  });

  test('the default never moves while it installs, and the facts after say what there is', async () => {
    await ok(vm, 'echo 6 > /etc/elhost/posttrans-delay');
    const watch = `until [ -e /root/installed ]; do grubby --default-kernel; sleep 0.5; done | sort | uniq -c`;
    const [seen, after] = await Promise.all([ok(vm, watch), bench.install().finally(() => ok(vm, ': > /root/installed'))]);
    expect(seen).toMatch(new RegExp(`^\\d+ ${original}$`));

    expect(after.kernel).toMatchObject({ running: originalKernel, defaultPath: original, updateDefault: 'yes' });
    expect(after.kernel.installed.map(({ release }) => release)).toEqual([originalKernel, toaKernel]);
    const toa = after.kernel.installed.find(({ release }) => release === toaKernel);
    expect(toa).toMatchObject({ vmlinuz: true, bootEntry: true });
    expect(toa?.initramfsBytes).toBeGreaterThan(1_000_000);
    expect(after.autoload).toEqual({ exists: true, mode: '0755', content: autoloadContent('el7') });
    expect(after.record).toMatchObject({ originalKernel });
    expect(after.record.owes).not.toBe(true);
    expect(after.bootId).toBe(before.bootId);
    expect(after.failedUnits).toEqual([]);
  });

  test('what it left is what GRUB, rpm and init read', async () => {
    expect(await ok(vm, 'grub2-editenv list')).toMatch(new RegExp(`^saved_entry=.*${originalKernel.replaceAll('.', '\\.')}`, 'm'));
    expect(await ok(vm, 'cat /etc/sysconfig/kernel')).toMatch(/^UPDATEDEFAULT=yes$/m);
    expect(await ok(vm, `rpm -V kernel-${toaKernel} | grep -v ' g /boot/initramfs' || :`)).toBe('');
    expect(await ok(vm, `lsinitrd /boot/initramfs-${toaKernel}.img > /dev/null && echo whole`)).toBe('whole');
    expect(await ok(vm, 'ls -A /var/tmp | grep toa || :')).toBe('');
  });

  test('a second install is a no-op with its reason', async () => {
    expect(installOutlook(await bench.probe())).toEqual({ noop: 'alreadyInstalled', release: toaKernel });
    await expect(bench.plan()).rejects.toThrow('no-op: alreadyInstalled');
  });
});
