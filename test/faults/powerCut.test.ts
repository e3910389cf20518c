import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damageOf } from '../../src/core/install/damage';
import { installOutlook } from '../../src/core/install/planInstall';
import type { HostFacts } from '../../src/core/facts';
import { ok, titleOf } from '../lab/vm/byHand';
import { cutPowerAt, cutPowerWhen } from '../lab/vm/faults';
import { originalKernel, toaKernel, type KeptVm, type VmDisk } from '../lab/vm/vm';
import { within } from '../lab/vm/wait';
import { keepInstalled, leaveReboot, rebootOnce, returned, settled, withVm, type Bench, type Stopwatch } from '../vm/bench';
import { secondsOf, table } from './table';

// The power is cut, and given back: what was not on the disk is lost, and GRUB sees the disk as it is. Without a hand on it the host
// answers ssh again, and what was half done is finished by a second install, or by the guard.

const row = table('power-cut');
const initramfs = `/boot/initramfs-${toaKernel}.img`;

/** Commands that are true from a moment on, in their order, from the begin of %post to the end of %posttrans. */
const moments: readonly { readonly name: string; readonly when: string; readonly after?: number }[] = [
  { name: 'begin of %post', when: `[ -e /boot/vmlinuz-${toaKernel} ]` },
  { name: 'in %post, at the boot entry', when: "pgrep -f 'new-kernel-pkg.*--install' > /dev/null" },
  { name: 'in %post, the entry is there', when: `grep -qF "menuentry '${titleOf(toaKernel)}'" /boot/grub2/grub.cfg` },
  { name: 'begin of %posttrans', when: "pgrep -f 'new-kernel-pkg.*--mkinitrd' > /dev/null" },
  { name: 'in %posttrans, depmod', when: 'pgrep depmod > /dev/null' },
  { name: 'in %posttrans, no initramfs yet', when: 'pgrep make-initramfs > /dev/null' },
  { name: 'in %posttrans, initramfs begun', when: `[ "$(stat -c %s ${initramfs} 2> /dev/null || echo 0)" -gt 1000 ]` },
  {
    name: 'in %posttrans, initramfs half there',
    when: `[ "$(stat -c %s ${initramfs} 2> /dev/null || echo 0)" -gt "$(($(stat -c %s /usr/lib/elhost/initramfs-${toaKernel}.img) / 2))" ]`,
  },
  {
    name: 'in %posttrans, a second later',
    when: `[ "$(stat -c %s ${initramfs} 2> /dev/null || echo 0)" -gt "$(($(stat -c %s /usr/lib/elhost/initramfs-${toaKernel}.img) / 2))" ]`,
    after: 1500,
  },
  {
    name: 'end of %posttrans',
    // What comes last in it is over too soon to be met: the image is whole, and nobody works at it any more.
    when: `[ "$(stat -c %s ${initramfs} 2> /dev/null)" = "$(stat -c %s /usr/lib/elhost/initramfs-${toaKernel}.img)" ] && ! pgrep -f 'new-kernel-pkg.*--mkinitrd' > /dev/null`,
  },
];

/** The original kernel is up and the default; an install finishes what was cut off, and the host is as after an undisturbed one. */
async function finished({ vm, bench }: Bench): Promise<string> {
  expect(await ok(vm, 'uname -r; grubby --default-kernel')).toBe(`${originalKernel}\n/boot/vmlinuz-${originalKernel}`);
  bench.transport.drop(bench.host.id);
  const facts = await bench.probe();
  expect(facts.record.interrupted ?? facts.record.owes, JSON.stringify(facts.record)).toBeTruthy();
  await ok(vm, 'echo 0 > /etc/elhost/posttrans-delay');
  const outlook = installOutlook(facts);
  const after: HostFacts = await bench.install();
  expect(after.record.interrupted).toBeUndefined();
  expect(after.record.owes).not.toBe(true);
  expect(after.kernel.installed.map(({ release }) => release)).toEqual([originalKernel, toaKernel]);
  expect(damageOf(after, 'el7')).toEqual([]);
  expect(installOutlook(after)).toMatchObject({ noop: 'alreadyInstalled' });
  expect(await ok(vm, 'grubby --default-kernel; cat /etc/sysconfig/kernel')).toMatch(
    new RegExp(`^/boot/vmlinuz-${originalKernel}\nUPDATEDEFAULT=yes$`, 'm'),
  );
  expect(await ok(vm, `rpm -V --nodeps kernel-${toaKernel} | grep -v -e ' g ' -e /modules[.] || :`)).toBe('');
  expect(await ok(vm, `lsinitrd ${initramfs} > /dev/null && echo whole`)).toBe('whole');
  expect(await ok(vm, 'ls /boot /lib/modules/*.toa.* | grep ";" || :')).toBe('');
  return `original, interrupted at ${facts.record.interrupted?.step ?? '-'}; a second install ${'needsPackages' in outlook && outlook.needsPackages ? 'installs' : 'finishes'} it`;
}

describe.each<{ disk: VmDisk; at: typeof moments }>([
  { disk: 'xfs', at: moments },
  { disk: 'ext4', at: moments.filter(({ name }) => /entry is there|half there/.test(name)) },
  { disk: 'lvm', at: moments.filter(({ name }) => /half there/.test(name)) },
])('during an install on $disk', ({ disk, at }) => {
  test.concurrent.each(at)('$name', ({ name, when, after }) =>
    withVm(disk, async (bench) => {
      const { vm } = bench;
      const boots = await vm.boots();
      const plan = await bench.bench.plan();
      // Its end is not waited for: the connection may never tell that the host has gone.
      const abort = new AbortController();
      const running = bench.bench.apply(plan, abort.signal).catch(() => undefined);
      await cutPowerWhen(vm, when, after);
      const watch: Stopwatch = { down: Date.now() };
      await vm.booted(boots, 600);
      watch.answered = Date.now();
      abort.abort();
      await running;
      row({ fault: `power cut during an install (${disk})`, injected: name, recovered: await finished(bench), ...secondsOf(watch) });
    }),
  );
});

describe.each<{ disk: VmDisk }>([{ disk: 'xfs' }, { disk: 'ext4' }])('during a trial on $disk', ({ disk }) => {
  let kept: KeptVm | undefined;
  beforeAll(async () => {
    kept = await keepInstalled(disk);
  });
  afterAll(() => kept?.remove());

  test.concurrent('right after the word to reboot: GRUB has seen the choice', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      const boots = await vm.boots();
      await leaveReboot(bench, { sshSeconds: 15, bootSeconds: 600 });
      const watch: Stopwatch = { down: Date.now() };
      await vm.reset();
      await vm.booted(boots + 1, 600);
      const facts = await returned(bench, watch);
      expect(facts.trial?.reason).toBe('unconfirmed');
      expect(await vm.serial()).toMatch(new RegExp(`lab: up, ${toaKernel}`));
      row({
        fault: `power cut (${disk})`,
        injected: 'right after the word',
        recovered: 'original, unconfirmed (TOA booted once)',
        ...secondsOf(watch),
      });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('while a trial is being armed: the next one is as if there had been none', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      const boots = await vm.boots();
      const running = rebootOnce(bench).catch(() => undefined);
      await cutPowerWhen(vm, 'grep -q toa.trial /boot/grub2/grub.cfg');
      const watch: Stopwatch = { down: Date.now() };
      await vm.booted(boots, 600);
      watch.answered = Date.now();
      expect(await ok(vm, 'uname -r; grubby --default-kernel')).toBe(`${originalKernel}\n/boot/vmlinuz-${originalKernel}`);
      bench.bench.transport.drop(bench.bench.host.id);
      await running;
      expect((await rebootOnce(bench)).trial).toBe('lasting');
      await settled(vm);
      row({
        fault: `power cut (${disk})`,
        injected: 'while the trial is armed',
        recovered: 'original; the next trial is lasting',
        ...secondsOf(watch),
      });
    }),
  );

  test.runIf(disk === 'xfs').concurrent('while the TOA kernel boots', () =>
    withVm(kept!, async (bench) => {
      const { vm } = bench;
      const from = (await vm.serial()).length;
      await leaveReboot(bench);
      await cutPowerAt(vm, /lab: boot loader/, { from, after: 12_000 });
      const watch: Stopwatch = { down: Date.now() };
      const facts = await returned(bench, watch);
      expect(facts.trial?.reason).toBe('fell');
      row({ fault: `power cut (${disk})`, injected: 'while the TOA kernel boots', recovered: 'original, fell', ...secondsOf(watch) });
    }),
  );

  test
    .runIf(disk === 'xfs')
    .concurrent('between confirmation and the default, and again while the guard finishes it: it finishes it the next time', () =>
      withVm(kept!, async (bench) => {
        const { vm } = bench;
        // The tools take their time, so that the moment can be met.
        await ok(
          vm,
          `mv /usr/sbin/grubby /usr/sbin/grubby.real && cat > /usr/sbin/grubby <<'S' && chmod 755 /usr/sbin/grubby
#!/bin/sh
case $1 in --set-default*) ! grep -q '^confirmed' /etc/toa-hosts/trial/state || sleep "$(cat /root/slow)" ;; esac
exec /usr/sbin/grubby.real "$@"
S
echo 20 > /root/slow; sync; fsfreeze -f / && fsfreeze -u /`,
        );
        const boots = await vm.boots();
        const running = rebootOnce(bench).catch(() => undefined);
        await vm.booted(boots, 600);
        const amid = 'grep -q confirmed /etc/toa-hosts/trial/state && pgrep -f grubby.*--set-default > /dev/null';
        await cutPowerWhen(vm, amid);
        const watch: Stopwatch = { down: Date.now() };
        await vm.booted(boots + 1, 600);
        expect(await ok(vm, 'uname -r; cat /etc/toa-hosts/trial/state')).toBe(`${originalKernel}\nconfirmed`);
        // Now it is the guard that is at it.
        await cutPowerWhen(vm, amid);
        await vm.booted(boots + 2, 600);
        watch.answered = Date.now();
        expect(await ok(vm, 'uname -r')).toBe(originalKernel);
        const over = (): Promise<boolean> =>
          vm.run('ls /etc/toa-hosts/trial').then(
            ({ code }) => code === 2,
            () => false,
          );
        await within(300, 'confirmation that is finished', () => vm.serial(), over, 3000);
        await settled(vm);
        expect(await ok(vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${toaKernel}`);
        bench.bench.dispose();
        await running;
        row({
          fault: `power cut (${disk})`,
          injected: 'between confirmation and the default, twice',
          recovered: 'original; the guard makes TOA the default',
          ...secondsOf(watch),
        });
      }),
    );
});
