import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actOnTrial } from '../../src/engine/reboot/actOnTrial';
import { damageOf } from '../../src/core/install/damage';
import { installOutlook } from '../../src/core/install/planInstall';
import type { HostFacts } from '../../src/core/facts';
import type { Patience, ReturnReason } from '../../src/core/trial';
import { problemOf } from '../hosts/install/bench';
import { ok } from '../lab/vm/byHand';
import * as faults from '../lab/vm/faults';
import { originalKernel, toaKernel, type KeptVm, type VmDisk } from '../lab/vm/vm';
import { within } from '../lab/vm/wait';
import { keepInstalled, leaveReboot, rebootOnce, returned, settled, withVm, type Bench, type Stopwatch } from '../vm/bench';
import { secondsOf, table } from './table';

// The TOA kernel is broken while the host goes down for a trial, or where nothing before a reboot could see it. Without a hand on it the
// host ends on a kernel that answers ssh, a probe says why, and a second install puts right what is broken.

const row = table('trial');
const live = new AbortController().signal;
const atOnce: Patience = { sshSeconds: 15, bootSeconds: 600 };
/** For a host whose sshd never answers. */
const never: Patience = { sshSeconds: 300, bootSeconds: 75 };
const atShutdown = 'while it goes down';
const before = 'before the reboot';

/** Trials that end with the original kernel. */
interface Return {
  readonly fault: string;
  readonly injected: string;
  readonly inject: (vm: Bench['vm']) => Promise<unknown>;
  readonly reason: ReturnReason;
  readonly patience?: Patience;
  /** What the console says meanwhile. */
  readonly says?: RegExp;
  /** A second install has something to put right. */
  readonly repaired?: true;
}

const returns: readonly Return[] = [
  { fault: 'panic in the initramfs', injected: before, inject: (vm) => faults.panics(vm), reason: 'fell', says: /Kernel panic/ },
  {
    fault: 'panic while the system starts',
    injected: before,
    inject: (vm) => faults.panics(vm, 'system'),
    reason: 'fell',
    says: /Kernel panic/,
  },
  { fault: 'root not found', injected: before, inject: faults.rootNotFound, reason: 'fell' },
  {
    fault: 'a mount of fstab fails',
    injected: before,
    inject: faults.mountFails,
    reason: 'noSsh',
    patience: never,
    says: /emergency mode|Entering emergency|Press Enter for maintenance/i,
  },
  {
    fault: 'initramfs truncated',
    injected: atShutdown,
    inject: (vm) => faults.initramfsTruncated(vm),
    reason: 'fell',
    says: /Kernel panic/,
    repaired: true,
  },
  ...(['truncated', 'zeros', 'gone'] as const).map((how): Return => ({
    fault: `vmlinuz ${how}`,
    injected: atShutdown,
    inject: (vm) => faults.kernelUnreadable(vm, how),
    reason: 'fell',
    repaired: true,
  })),
  { fault: 'network dead', injected: before, inject: faults.networkDead, reason: 'unconfirmed', patience: atOnce },
  { fault: 'sshd does not start', injected: before, inject: faults.sshdDead, reason: 'noSsh', patience: never },
  {
    fault: 'the module oopses, and the kernel panics of it',
    injected: atShutdown,
    inject: async (vm) => {
      await faults.moduleOopses(vm);
      await ok(vm, `grubby --update-kernel=/boot/vmlinuz-${toaKernel} --args=oops=panic`);
    },
    reason: 'fell',
    says: /Kernel panic/,
    repaired: true,
  },
];

/** Trials of a kernel that answers, without its module: a person decides. */
const moduleFaults: readonly { readonly fault: string; readonly inject: Return['inject']; readonly repaired?: true }[] = [
  { fault: 'the module oopses', inject: (vm) => faults.moduleOopses(vm), repaired: true },
  { fault: 'the module is missing', inject: (vm) => faults.moduleMissing(vm), repaired: true },
  { fault: 'the module is refused', inject: faults.moduleRefused },
];

/** A second install finishes what is broken, and has nothing to do otherwise. */
async function installAgain({ vm, bench }: Bench, facts: HostFacts, broken: boolean): Promise<string> {
  expect('noop' in installOutlook(facts), JSON.stringify(installOutlook(facts))).toBe(!broken);
  if (!broken) return 'nothing to repair';
  const after = await bench.install();
  expect(damageOf(after, 'el7')).toEqual([]);
  expect(await ok(vm, `rpm -V --nodeps kernel-${toaKernel} | grep -v -e ' g ' -e /modules[.] || :`)).toBe('');
  expect(await ok(vm, `lsinitrd /boot/initramfs-${toaKernel}.img > /dev/null && echo whole`)).toBe('whole');
  expect(await ok(vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${originalKernel}`);
  return 'a second install repairs it';
}

describe.each<{ disk: VmDisk; cases: readonly Return[] }>([
  { disk: 'xfs', cases: returns },
  { disk: 'ext4', cases: returns.filter(({ fault }) => ['panic in the initramfs', 'vmlinuz gone', 'network dead'].includes(fault)) },
])('on $disk', ({ disk, cases }) => {
  let kept: KeptVm | undefined;
  beforeAll(async () => {
    kept = await keepInstalled(disk);
  });
  afterAll(() => kept?.remove());

  test.concurrent.each(cases)('$fault: the original kernel is back', ({ fault, injected, inject, reason, patience, says, repaired }) =>
    withVm(kept!, async (bench) => {
      const watch: Stopwatch = {};
      await inject(bench.vm);
      expect(await problemOf(rebootOnce(bench, patience, watch))).toMatchObject({ code: 'returned', original: originalKernel });
      const facts = await returned(bench, watch);
      expect(facts.trial?.reason).toBe(reason);
      if (says) expect(await bench.vm.serial()).toMatch(says);
      const then = await installAgain(bench, facts, repaired === true);
      row({ fault: `${fault} (${disk})`, injected, recovered: `original, ${reason}; ${then}`, ...secondsOf(watch) });
    }),
  );

  test.concurrent('nobody confirms, the editor is closed: the original kernel is back', () =>
    withVm(kept!, async (bench) => {
      const watch: Stopwatch = { down: Date.now() };
      await leaveReboot(bench, atOnce);
      const facts = await returned(bench, watch);
      expect(facts.trial?.reason).toBe('unconfirmed');
      row({
        fault: `editor closed, host healthy (${disk})`,
        injected: 'after the word',
        recovered: 'original, unconfirmed',
        ...secondsOf(watch),
      });
    }),
  );

  test.concurrent('no fault: it is lasting', () =>
    withVm(kept!, async (bench) => {
      const watch: Stopwatch = {};
      const { facts, trial } = await rebootOnce(bench, undefined, watch);
      expect(trial).toBe('lasting');
      expect(facts.kernel.defaultPath).toBe(`/boot/vmlinuz-${toaKernel}`);
      await settled(bench.vm);
      row({ fault: `none (${disk})`, injected: '–', recovered: 'TOA, lasting', ...secondsOf(watch) });
    }),
  );

  test.runIf(disk === 'xfs').concurrent.each(moduleFaults)('$fault: it stays up, and is not the default', ({ fault, inject, repaired }) =>
    withVm(kept!, async (bench) => {
      const watch: Stopwatch = {};
      await inject(bench.vm);
      const { facts, trial } = await rebootOnce(bench, undefined, watch);
      expect(trial).toBe('kept');
      expect(facts.kernel).toMatchObject({ running: toaKernel, defaultPath: `/boot/vmlinuz-${originalKernel}` });
      expect(facts.module.loaded).toBe(false);
      // A person sends it back; then it is a host to be installed again.
      await actOnTrial(await bench.bench.connect(), facts.trial!, 'return', { as: await bench.bench.as(), signal: live });
      const then = await installAgain(bench, await returned(bench), repaired === true);
      row({ fault: `${fault} (${disk})`, injected: atShutdown, recovered: `TOA, kept; ${then}`, ...secondsOf(watch) });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('root not found, and a dracut without rd.emergency: the hook of ours restarts it', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      const watch: Stopwatch = {};
      await faults.dracutWithoutEmergency(vm);
      await faults.rootNotFound(vm);
      expect(await problemOf(rebootOnce(bench, undefined, watch))).toMatchObject({ code: 'returned', original: originalKernel });
      expect((await returned(bench, watch)).trial?.reason).toBe('fell');
      expect(await vm.serial()).toMatch(/toa-hosts: the trial kernel did not find its root/);
      expect(await ok(vm, `cmp /boot/initramfs-${toaKernel}.img /usr/lib/elhost/initramfs-${toaKernel}.img && echo same`)).toBe('same');
      row({
        fault: `root not found, dracut without rd.emergency (${disk})`,
        injected: before,
        recovered: 'original, fell; the initramfs as it was',
        ...secondsOf(watch),
      });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('the guard does not answer its rehearsal: nothing is rebooted', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      await faults.guardRefused(vm);
      const boots = await vm.boots();
      expect(await problemOf(rebootOnce(bench))).toMatchObject({ code: 'trialRefused', why: 'guard' });
      await sleep(10_000);
      expect(await vm.boots()).toBe(boots);
      expect(await ok(vm, 'uname -r')).toBe(originalKernel);
      await settled(vm);
      row({ fault: `guard refused (${disk})`, injected: before, recovered: 'not rebooted: no rehearsal, no reboot' });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('the guard is refused on the TOA kernel only: it answers, and is confirmed', () =>
    withVm(kept!, async (bench) => {
      const watch: Stopwatch = {};
      await faults.guardRefused(bench.vm, 'onToa');
      expect((await rebootOnce(bench, undefined, watch)).trial).toBe('lasting');
      await settled(bench.vm);
      row({ fault: `guard refused (${disk})`, injected: 'on the TOA kernel only', recovered: 'TOA, lasting', ...secondsOf(watch) });
    }),
  );

  test
    .runIf(disk === 'xfs')
    .concurrent('the system hangs, and nothing of it runs any more: the watchdog that the guard has fed restarts it', () =>
      withVm(kept!, async (bench) => {
        const { vm } = bench;
        const watch: Stopwatch = {};
        await faults.watchdog(vm);
        await faults.hangs(vm);
        expect((await bench.bench.probe()).boot).toMatchObject({ watchdog: 'unused', watchdogStops: true });
        await leaveReboot(bench);
        watch.down = Date.now();
        await vm.said(/lab: hangs/);
        expect((await returned(bench, watch)).trial?.reason).toBe('fell');
        expect(await vm.serial()).toMatch(/softdog: Initiating system reboot/);
        row({ fault: `the system hangs, with a watchdog (${disk})`, injected: before, recovered: 'original, fell', ...secondsOf(watch) });
      }),
    );

  test.runIf(disk === 'xfs').concurrent('a watchdog that the guard has fed is let go of with the confirmation', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      await faults.watchdog(vm);
      const sameBoot = 'cat /proc/sys/kernel/random/boot_id';
      const { trial } = await rebootOnce(bench);
      expect(trial).toBe('lasting');
      const boot = await ok(vm, sameBoot);
      await within(
        30,
        'watchdog that is not fed any more',
        () => vm.serial(),
        async () => (await ok(vm, 'cat /sys/class/watchdog/watchdog0/state')).includes('inactive'),
      );
      // Longer than it would wait.
      await sleep(90_000);
      expect(await ok(vm, sameBoot)).toBe(boot);
      expect(await ok(vm, 'dmesg | grep -i watchdog.*stop || :')).toBe('');
      row({ fault: `none, with a watchdog (${disk})`, injected: '–', recovered: 'TOA, lasting; the watchdog is let go of' });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('a freeze before init is told beforehand, and takes a hand: one cut of the power', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      await faults.freezes(vm);
      const boots = await vm.boots();
      await leaveReboot(bench, never);
      await vm.said(/lab: frozen/);
      await sleep(90_000);
      expect(await vm.boots()).toBe(boots + 1);
      const watch: Stopwatch = { down: Date.now() };
      await vm.reset();
      expect((await returned(bench, watch)).trial?.reason).toBe('fell');
      row({
        fault: `freeze before init (${disk})`,
        injected: before,
        recovered: 'by hand only (told before): power cut, then original, fell',
        ...secondsOf(watch),
      });
    }),
  );
});

describe('on lvm, where GRUB cannot forget a choice', () => {
  let kept: KeptVm | undefined;
  beforeAll(async () => {
    kept = await keepInstalled('lvm');
  });
  afterAll(() => kept?.remove());

  test.concurrent('a trial is refused, and nothing is rebooted', () =>
    withVm(kept!, async (bench) => {
      expect((await bench.bench.probe()).boot.once).toBe('lvmOrRaid');
      const boots = await bench.vm.boots();
      expect(await problemOf(rebootOnce(bench))).toMatchObject({ code: 'trialRefused', why: 'lvmOrRaid' });
      await sleep(10_000);
      expect(await bench.vm.boots()).toBe(boots);
      expect(await ok(bench.vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${originalKernel}`);
      row({ fault: 'boot once impossible (lvm)', injected: '–', recovered: 'not rebooted: refused before' });
    }),
  );
});
