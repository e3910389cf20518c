import { describe, expect, it } from 'vitest';
import { installOutlook } from '../../../src/core/install/planInstall';
import { hostState } from '../../../src/core/state';
import { AUTOLOAD_PATH, TOA_RELEASE } from '../../../src/core/vendor';
import type { LabHost } from '../../lab/lab';
import { snapshot } from './snapshot';
import { isWhole, type Workbench } from './bench';
import { reached, useLab } from './useLab';
import type { HostFacts } from '../../../src/core/facts';
import type { Plan } from '../../../src/core/plan';
import type { HostState } from '../../../src/core/state';

// What a run that was cut off leaves, and how a repair, a second install or an undo puts it right.

const { host, open } = useLab(['centos7', 'centos6']);
const stateOf = (facts: HostFacts): HostState => hostState(facts, {}, 1).state;
const ids = (plan: Plan): readonly string[] => plan.steps.map((step) => step.id);

/** The power goes while `when` (a command on the host) has just come true in a run of this plan. */
async function cutPower(machine: LabHost, plan: Plan, bench: Workbench, step: string, when = 'true'): Promise<void> {
  const running = bench.apply(plan).catch(() => undefined);
  await reached(bench, step);
  await expect.poll(async () => (await machine.shell(when)).code, { timeout: 60_000, interval: 50 }).toBe(0);
  await machine.stop();
  await machine.start();
  bench.dispose();
  await running;
}

describe.each([
  ['centos7', 'el7', '3.10.0-957.el7.x86_64'],
  ['centos6', 'el6', '2.6.32-696.el6.x86_64'],
] as const)('%s, power lost', (system, row, original) => {
  const target = TOA_RELEASE[row];
  it.each(['repair', 'second install'])('between its scriptlets: named, and finished by a %s', async (way) => {
    const machine = host(system);
    await machine.reset();
    await machine.shell('echo 30 >/etc/elhost/posttrans-delay');
    const first = open(machine);
    await cutPower(machine, await first.plan(), first, 'installKernel', `grubby --info=/boot/vmlinuz-${target} | grep -q ^kernel=`);
    await machine.shell('echo 1 >/etc/elhost/posttrans-delay');
    const next = open(machine);
    const seen = await next.probe();
    expect(stateOf(seen)).toMatchObject({ kind: 'interrupted', run: { by: 'deploy', goal: 'install', step: 'installKernel' } });
    expect(seen.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
    expect(seen.kernel.installed.find((kernel) => kernel.release === target)).toMatchObject({ files: 'whole' });
    const plan = way === 'repair' ? await next.repairPlan() : await next.plan();
    expect(ids(plan)).toEqual([
      'checkFacts',
      'holdDefault',
      'finishKernel',
      'keepDefault',
      'releaseDefault',
      'writeAutoload',
      'checkAfter',
    ]);
    await isWhole(machine, await next.apply(plan), row, original);
  });

  it('with the kernel in rpm’s database and files that are not whole: the same package is put over itself', async () => {
    const machine = host(system);
    await machine.reset();
    const first = open(machine);
    const plan = await first.plan();
    const script = plan.script.replace(/^(installed 'kernel-\d.*)$/m, `$1\ntruncate -s 1000 /boot/vmlinuz-${target}\nsync\nsleep 60`);
    await cutPower(machine, { ...plan, script }, first, 'installKernel', `[ "$(stat -c %s /boot/vmlinuz-${target})" = 1000 ]`);
    const next = open(machine);
    const repair = await next.repairPlan();
    expect(ids(repair)).toContain('reinstallKernel');
    expect(repair.warnings.map((warning) => warning.code)).toContain('reinstalled');
    await isWhole(machine, await next.apply(repair), row, original);
  });

  it('what a trial that came back fell over is found, and put right by a second install', async () => {
    const machine = host(system);
    await machine.reset();
    const bench = open(machine);
    await bench.install();
    expect('noop' in installOutlook(await bench.probe())).toBe(true);
    await machine.shell(`mkdir -p /etc/toa-hosts/trial && cd /etc/toa-hosts/trial && echo returned fell >state
      printf '%s\\n' 'run r1' 'release ${target}' 'original ${original}' 'boot x' >plan
      truncate -s 1000 /boot/vmlinuz-${target} && truncate -s 20000 /boot/initramfs-${target}.img`);
    const facts = await bench.probe();
    expect(facts.trial).toMatchObject({ state: 'returned', reason: 'fell' });
    expect(installOutlook(facts)).toMatchObject({ row, needsPackages: true });
    await isWhole(machine, await bench.install(), row, original);
  });
});

describe('CentOS 7', () => {
  const target = TOA_RELEASE.el7;
  const machine = (): LabHost => host('centos7');

  it('files that rpm was writing and does not know are removed by a repair, and are no obstacle to an install', async () => {
    await machine().reset();
    const first = open(machine());
    const before = await snapshot(machine());
    const plan = await first.plan();
    const half = `touch '/boot/vmlinuz-${target};5f00aa00' /boot/vmlinuz-${target}; mkdir -p /lib/modules/${target}/kernel; touch '/lib/modules/${target}/kernel/x.ko;5f00aa00'`;
    const script = plan.script.replace('installKernel() {\n', `installKernel() {\n${half}\nsync\nsleep 60\n`);
    await cutPower(machine(), { ...plan, script }, first, 'installKernel', `[ -d /lib/modules/${target}/kernel ]`);
    const next = open(machine());
    expect(stateOf(await next.probe())).toMatchObject({ kind: 'interrupted' });
    const after = await next.apply(await next.repairPlan());
    expect(stateOf(after)).toMatchObject({ kind: 'notInstalled' });
    expect(await snapshot(machine())).toBe(before);

    const again = await next.plan();
    const cut = { ...again, script: again.script.replace('installKernel() {\n', `installKernel() {\n${half}\nsync\nsleep 60\n`) };
    const third = open(machine());
    await cutPower(machine(), cut, third, 'installKernel', `[ -d /lib/modules/${target}/kernel ]`);
    const last = open(machine());
    await isWhole(machine(), await last.install(), 'el7', '3.10.0-957.el7.x86_64');
  });

  it('a run whose supervisor alone was killed goes on to be seen, and keeps others out; then its rpm does', async () => {
    await machine().reset();
    const [first, second] = [open(machine()), open(machine())];
    const plan = await first.plan();
    const running = first.apply({ ...plan, script: plan.script.replace('installKernel() {\n', 'installKernel() {\nsleep 8\n') });
    const lost = running.catch((error: unknown) => error);
    await reached(first, 'installKernel');
    await machine().shell(`kill -9 "$(cut -d' ' -f1 /var/lib/toa-hosts/runs/*/process)"`);
    expect((await second.probe()).record.runInProgress).toMatchObject({ step: 'installKernel' });
    await expect(second.apply(plan)).rejects.toMatchObject({ problem: { code: 'hostBusy', by: 'deploy' } });
    expect(await lost).toMatchObject({ problem: { code: 'runLost' } });
  });

  it('an undo takes the autoload file away and keeps the packages; asked to, it removes the TOA kernel alone', async () => {
    await machine().reset();
    const bench = open(machine());
    const before = await snapshot(machine());
    await bench.install();
    const kept = async (): Promise<string> => (await machine().shell('cat /var/lib/yum/yumdb/k/*/installonly')).stdout;
    expect(await kept()).toBe('keepkeep');
    await machine().shell(`grubby --set-default=/boot/vmlinuz-${target}`);
    const undone = await bench.apply(await bench.undoPlan(false));
    expect(undone.autoload.exists).toBe(false);
    expect(undone.kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-957.el7.x86_64');
    expect(undone.kernel.installed).toHaveLength(2);
    expect(await kept()).toBe('');
    expect(stateOf(undone)).toMatchObject({ kind: 'undone', release: target });
    const again = await bench.install();
    expect(stateOf(again)).toMatchObject({ kind: 'awaitingReboot' });
    const gone = await bench.apply(await bench.undoPlan(true));
    expect(stateOf(gone)).toMatchObject({ kind: 'notInstalled' });
    expect(await snapshot(machine())).toBe(before);
  });

  it('what has drifted on a host that runs TOA is put right by one repair', async () => {
    await machine().reset();
    const bench = open(machine());
    await bench.install();
    const boots = await machine().boots();
    await machine().shell(`grubby --set-default=/boot/vmlinuz-${target}; reboot`);
    await machine().booted(boots);
    bench.transport.drop(bench.host.id);
    const worked = hostState(await bench.probe(), {}, 1);
    expect(worked.state.kind).toBe('loaded');
    await machine().shell(`
      grubby --set-default=/boot/vmlinuz-3.10.0-957.el7.x86_64; sed -i 's/$/\\r/' ${AUTOLOAD_PATH}; chmod 0644 ${AUTOLOAD_PATH}
      rm -f /lib/modules/${target}/kernel/net/toa/toa.ko.xz`);
    const { state } = hostState(await bench.probe(), worked.memory, 2);
    expect(state.kind === 'drifted' && state.drift.map(({ what }) => what).sort()).toEqual([
      'autoloadEndings',
      'autoloadMode',
      'defaultKernel',
      'moduleFileGone',
    ]);
    const after = await bench.apply(await bench.repairPlan());
    expect(hostState(after, worked.memory, 3).state.kind).toBe('loaded');
    expect(after.kernel.defaultPath).toBe(`/boot/vmlinuz-${target}`);
    // What runs is never removed.
    expect((await bench.undoPlan(true)).removesKernel).toBeUndefined();
    const undone = await bench.apply(await bench.undoPlan(true));
    expect(hostState(undone, worked.memory, 4).state).toMatchObject({ kind: 'undone', running: target });
  });
});
