import { describe, expect, it } from 'vitest';
import { TOA_RELEASE } from '../../../src/core/vendor';
import type { LabHost } from '../../lab/lab';
import { snapshot } from './snapshot';
import { isWhole, problemOf } from './bench';
import { useLab } from './useLab';
import type { Plan } from '../../../src/core/plan';

// Filesystems that are full, or fill at the worst moment: the problem names the place, and a second install ends what was begun.

const { host, open } = useLab(['centos7', 'centos6']);
/** Somebody else's data takes the last block of /var. */
const FILL = 'dd if=/dev/zero of=/var/filled bs=4096 2>/dev/null || :';
const at = (plan: Plan, step: string, commands: string): Plan => {
  const script = plan.script.replace(`\n${step}() {\n`, `\n${step}() {\n${commands}\n`);
  expect(script).not.toBe(plan.script);
  return { ...plan, script };
};

describe.each([
  ['centos7', 'el7', '3.10.0-957.el7.x86_64'],
  ['centos6', 'el6', '2.6.32-696.el6.x86_64'],
] as const)('%s', (system, row, original) => {
  const target = TOA_RELEASE[row];
  const machine = (): LabHost => host(system);

  it('too little room is told before anything is fetched, and found out by the upload at the latest', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = await bench.plan();
    const before = await snapshot(machine());
    await machine().limit('/boot', 5000);
    expect(await problemOf(bench.plan())).toMatchObject({ code: 'spaceLow', where: '/boot' });
    await machine().shell('umount -l /boot');
    await machine().limit('/var', 50_000);
    expect(await problemOf(bench.plan())).toMatchObject({ code: 'spaceLow', where: '/var' });
    await machine().limit('/var', 16);
    expect(await problemOf(bench.apply(plan))).toMatchObject({
      code: 'diskFull',
      where: expect.stringMatching('^/var/') as unknown,
      left: 'unchanged',
    });
    expect(await snapshot(machine())).toBe(before);
    await machine().limit('/var', 300_000);
    await isWhole(machine(), await bench.install(), row, original);
  });

  it('a run that has no room for its own record does not begin', async () => {
    await machine().reset();
    const bench = open(machine());
    await machine().limit('/var', 300_000);
    const plan = await bench.plan();
    // What is uploaded is there already, so that only the run itself needs room.
    await bench.apply(at(plan, 'checkFacts', 'false')).catch(() => undefined);
    await machine().shell(FILL);
    const before = await snapshot(machine());
    expect(await problemOf(bench.apply(plan))).toEqual({ code: 'diskFull', where: '/var', left: 'unchanged' });
    expect(await snapshot(machine())).toBe(before);
    await machine().shell('rm /var/filled');
    await isWhole(machine(), await bench.install(), row, original);
  });

  it.each(row === 'el7' ? ['stagePackages', 'holdDefault', 'installKernel', 'writeAutoload'] : ['holdDefault', 'installKernel'])(
    '/var fills at the begin of %s: said, nothing owed that a second install does not pay',
    async (step) => {
      await machine().reset();
      await machine().limit('/var', 300_000);
      const bench = open(machine());
      const plan = await bench.plan();
      const problem = await problemOf(bench.apply(at(plan, step, FILL)));
      expect(problem).toMatchObject({ code: 'diskFull', where: '/var' });
      const seen = await bench.probe();
      expect(seen.record.runInProgress).toBeUndefined();
      expect(seen.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
      await machine().shell('rm -f /var/filled');
      await isWhole(machine(), await bench.install(), row, original);
    },
  );

  it('/boot takes no kernel, then a kernel and no initramfs: said, refused while it is so, and finished by a second install', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = await bench.plan();
    const before = await snapshot(machine());
    await machine().limit('/boot', 1000);
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'rpmRefused', remedy: 'space' });
    expect(await snapshot(machine())).toBe(before);
    // As much as rpm asks for: it knows nothing of what the scriptlet builds.
    await machine().limit('/boot', 4096 + 280);
    expect(await problemOf(bench.apply(plan))).toEqual({ code: 'diskFull', where: '/boot', left: 'changed' });
    const seen = await bench.probe();
    expect(seen.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
    expect(seen.kernel.installed.map((kernel) => kernel.release)).toContain(target);
    expect(await problemOf(bench.plan())).toMatchObject({ code: 'spaceLow', where: '/boot' });
    await machine().limit('/boot', 40_000);
    await isWhole(machine(), await bench.install(), row, original);
  });
});
