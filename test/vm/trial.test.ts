import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installOutlook } from '../../src/core/install/planInstall';
import { autoloadContent } from '../../src/core/vendor';
import { problemOf } from '../hosts/install/bench';
import { ok } from '../lab/vm/byHand';
import * as faults from '../lab/vm/faults';
import { originalKernel, toaKernel } from '../lab/vm/vm';
import { keepInstalled, type Installed, leaveReboot, rebootOnce, returned, settled, withVm } from './bench';
import { diagnosed } from './diagnosed';
import { unitLogged } from './unitLog';

// What restarts a broken kernel here is what the trial sets: no entry has an argument of its own for it.
describe('an install and a trial on a machine that really boots', () => {
  let kept: Installed | undefined;
  beforeAll(async () => {
    kept = await keepInstalled('xfs');
  });
  afterAll(() => kept?.remove());

  test.concurrent('installed: the default has never moved, and what is there is what rpm, GRUB and init read', () =>
    withVm(kept!, async ({ vm, bench }) => {
      const { before, after, defaults } = kept!;
      const original = `/boot/vmlinuz-${originalKernel}`;
      expect(before.system).toMatchObject({ id: 'centos', major: 7 });
      expect(before.container).toBeUndefined();
      expect(before.kernel).toMatchObject({ running: originalKernel, defaultPath: original, updateDefault: 'yes' });
      expect(before.kernel.installed.map(({ release }) => release)).toEqual([originalKernel]);
      expect(before.autoload.exists).toBe(false);
      expect(before.failedUnits).toEqual([]);
      expect(before.logs.map(({ path }) => path)).toContain(vm.accessLog);
      expect(installOutlook(before)).toMatchObject({ row: 'el7', needsPackages: true });

      expect(defaults).toEqual([original]);
      expect(after.kernel).toMatchObject({ running: originalKernel, defaultPath: original, updateDefault: 'yes' });
      expect(after.kernel.installed.map(({ release }) => release)).toEqual([originalKernel, toaKernel]);
      expect(after.kernel.installed.at(-1)).toMatchObject({ vmlinuz: true, bootEntry: true });
      expect(after.autoload).toEqual({ exists: true, mode: '0755', content: autoloadContent('el7') });
      expect(after.record).toMatchObject({ originalKernel });
      expect(after.record.owes).not.toBe(true);
      expect(after.bootId).toBe(before.bootId);
      expect(after.boot.once).toBe('possible');

      expect(await ok(vm, 'grub2-editenv list')).toMatch(new RegExp(`^saved_entry=.*${originalKernel}`, 'm'));
      expect(await ok(vm, 'cat /etc/sysconfig/kernel')).toMatch(/^UPDATEDEFAULT=yes$/m);
      expect(await ok(vm, `rpm -V kernel-${toaKernel} | grep -v ' g /boot/initramfs' || :`)).toBe('');
      expect(await ok(vm, `lsinitrd /boot/initramfs-${toaKernel}.img > /dev/null && echo whole`)).toBe('whole');
      expect(await ok(vm, 'ls -A /var/tmp | grep toa || :')).toBe('');
      expect(installOutlook(await bench.probe())).toEqual({ noop: 'alreadyInstalled', release: toaKernel });
    }),
  );

  test.concurrent('confirmed, it is lasting, the log shows visitors, and what keeps them away is told as what it is', () =>
    withVm(kept!, async ({ vm, bench }) => {
      const { facts, trial } = await rebootOnce({ vm, bench });
      expect(trial).toBe('lasting');
      expect(facts.kernel).toMatchObject({ running: toaKernel, defaultPath: `/boot/vmlinuz-${toaKernel}` });
      expect(facts.module.loaded).toBe(true);
      await settled(vm);
      const centre = await vm.scrub();
      try {
        const { visitor, answers } = await centre.visit({ path: '/lasting' });
        expect(answers).toEqual([`${visitor}\n`]);
        expect(await ok(vm, `grep ' /lasting ' ${vm.accessLog}`)).toMatch(new RegExp(`^${visitor} `));
        await diagnosed({ vm, bench }, centre);
        await unitLogged({ vm, bench }, centre);
      } finally {
        centre.close();
      }
    }),
  );

  test.concurrent('a kernel that panics: the machine is back by itself', () =>
    withVm(kept!, async ({ vm, bench }) => {
      await faults.panics(vm);
      expect(await problemOf(rebootOnce({ vm, bench }))).toMatchObject({ code: 'returned', original: originalKernel });
      expect(await vm.serial()).toMatch(/Kernel panic/);
      expect((await returned({ vm, bench })).trial?.reason).toBe('fell');
    }),
  );

  test.concurrent('a root that is not found: the machine is back by itself', () =>
    withVm(kept!, async ({ vm, bench }) => {
      await faults.rootNotFound(vm);
      expect(await problemOf(rebootOnce({ vm, bench }))).toMatchObject({ code: 'returned', original: originalKernel });
      expect((await returned({ vm, bench })).trial?.reason).toBe('fell');
    }),
  );

  test.concurrent('a power cut after the word to reboot: GRUB has seen the choice, and one boot later the original kernel is back', () =>
    withVm(kept!, async ({ vm, bench }) => {
      const boots = await vm.boots();
      await leaveReboot({ vm, bench }, { sshSeconds: 20, bootSeconds: 600 });
      await vm.reset();
      await vm.booted(boots + 1, 600);
      expect((await returned({ vm, bench })).trial?.reason).toBe('unconfirmed');
    }),
  );
});
