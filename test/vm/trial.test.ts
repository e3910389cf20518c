import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rebootHost, type RebootOptions, type RebootOutcome } from '../../src/engine/reboot/rebootHost';
import { startReboot, type RebootWay } from '../../src/engine/reboot/startReboot';
import type { HostFacts } from '../../src/core/facts';
import { originalKernel, startVm, toaKernel, type Vm } from '../lab/vm/vm';
import { problemOf, rebootOptions, type Workbench } from '../hosts/install/bench';
import { vmBench } from './bench';

const minutes = 60_000;
const way = (patience = { sshSeconds: 600, bootSeconds: 1200 }): RebootWay => ({
  kind: 'once',
  run: 'trial-vm',
  original: originalKernel,
  patience,
});

/** One machine for all: each test leaves it on the original kernel, with the TOA kernel installed. The last one keeps it. */
describe('a trial on a machine that really boots', () => {
  let vm: Vm;
  let bench: Workbench;
  beforeAll(async () => {
    vm = await startVm({ disk: 'xfs' });
    bench = vmBench(vm);
  }, 30 * minutes);
  afterAll(async () => {
    bench.dispose();
    await vm.stop();
  });

  const options = (change: Partial<RebootOptions> = {}): Promise<RebootOptions> => rebootOptions(bench, toaKernel, way(), change);
  const reboot = async (change: Partial<RebootOptions> = {}): Promise<RebootOutcome> => rebootHost(await options(change));
  const ok = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await vm.run(script);
    expect(code, `${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };
  /** The original kernel runs and is the default, and nothing of a trial is left that would act. */
  const back = async (): Promise<HostFacts> => {
    bench.transport.drop(bench.host.id);
    await expect.poll(() => ok('cat /etc/toa-hosts/trial/state'), { timeout: 5 * minutes, interval: 3000 }).toMatch(/^returned/);
    expect(await ok('uname -r; grubby --default-kernel')).toBe(`${originalKernel}\n/boot/vmlinuz-${originalKernel}`);
    expect(await ok('grub2-editenv list; grubby --info=ALL')).not.toMatch(/next_entry=.|fallback=|toa\.trial|rd\.emergency/);
    expect(await ok('ls /etc/toa-hosts/guard /etc/systemd/system/toa-hosts-guard.service 2>&1 || :')).not.toMatch(/^\//m);
    return bench.probe();
  };

  test(
    'the engine installs, and the original kernel stays the default through %post and %posttrans',
    { timeout: 15 * minutes },
    async () => {
      const facts = await bench.install();
      expect(facts.kernel.installed.map(({ release }) => release)).toEqual([originalKernel, toaKernel]);
      expect(facts.kernel.defaultPath).toBe(`/boot/vmlinuz-${originalKernel}`);
      expect(facts.boot.once).toBe('possible');
    },
  );

  test('a kernel that panics: the machine is back by itself', { timeout: 15 * minutes }, async () => {
    // Only on the TOA kernel's command line; what restarts after the panic is what the trial sets.
    await ok(`grubby --update-kernel=/boot/vmlinuz-${toaKernel} --args='rdinit=/nowhere init=/nowhere'`);
    expect(await problemOf(reboot())).toMatchObject({ code: 'returned', original: originalKernel });
    expect(await vm.serial()).toMatch(/Kernel panic/);
    expect((await back()).trial?.reason).toBe('fell');
    await ok(`grubby --update-kernel=/boot/vmlinuz-${toaKernel} --remove-args='rdinit init'`);
  });

  test('a root that is not found: the machine is back by itself', { timeout: 20 * minutes }, async () => {
    const root = await ok(`grubby --info=/boot/vmlinuz-${toaKernel} | sed -n 's/^root=//p'`);
    await ok(`grubby --update-kernel=/boot/vmlinuz-${toaKernel} --args='root=/dev/nowhere rd.retry=5 rd.timeout=10'`);
    expect(await problemOf(reboot())).toMatchObject({ code: 'returned', original: originalKernel });
    expect((await back()).trial?.reason).toBe('fell');
    await ok(
      `grubby --update-kernel=/boot/vmlinuz-${toaKernel} --remove-args='rd.retry rd.timeout'; grubby --update-kernel=/boot/vmlinuz-${toaKernel} --args='root=${root}'`,
    );
  });

  test(
    'a power cut after the word to reboot: one boot later, the machine is on the original kernel',
    { timeout: 15 * minutes },
    async () => {
      const { facts, as, signal } = await options();
      const boots = await vm.boots();
      await startReboot(await bench.connect(), { facts, release: toaKernel, way: way({ sshSeconds: 30, bootSeconds: 600 }), as, signal });
      await vm.reset();
      bench.transport.drop(bench.host.id);
      await vm.booted(boots + 1, 600);
      // GRUB has seen the choice although the power was cut: it booted the TOA kernel, where nobody confirmed.
      expect((await back()).trial?.reason).toBe('unconfirmed');
    },
  );

  test('confirmed, it is lasting, and the log shows visitors', { timeout: 15 * minutes }, async () => {
    const { facts, trial } = await reboot();
    expect(trial).toBe('lasting');
    expect(facts.kernel).toMatchObject({ running: toaKernel, defaultPath: `/boot/vmlinuz-${toaKernel}` });
    expect(facts.module.loaded).toBe(true);
    expect(await ok('grub2-editenv list; grubby --info=ALL')).not.toMatch(/next_entry=.|fallback=|toa\.trial/);
    const centre = await vm.scrub();
    const { visitor, answers } = await centre.visit({ path: '/lasting' });
    centre.close();
    expect(answers).toEqual([`${visitor}\n`]);
    expect(await ok(`grep ' /lasting ' ${vm.accessLog}`)).toMatch(new RegExp(`^${visitor} `));
  });
});
