import { describe, expect, it } from 'vitest';
import { hostState } from '../../../src/core/state';
import { TOA_RELEASE } from '../../../src/core/vendor';
import type { LabHost } from '../../lab/lab';
import { snapshot } from './snapshot';
import { isWhole, problemOf } from './bench';
import { useLab } from './useLab';
import type { Plan } from '../../../src/core/plan';

// Package tools that wait, hang, take long or fail, and a wall clock that jumps meanwhile.

const { lab, host, open } = useLab(['centos7', 'centos6']);
/** yum's waiting is given up after seconds instead of minutes. */
const impatient = (plan: Plan): Plan => ({ ...plan, script: plan.script.replace('with_deadline 300', 'with_deadline 3') });

describe.each([
  ['centos7', 'el7', '3.10.0-957.el7.x86_64'],
  ['centos6', 'el6', '2.6.32-696.el6.x86_64'],
] as const)('%s', (system, row, original) => {
  const machine = (): LabHost => host(system);

  it('another rpm at work: named when planning and when running, and waited for by nobody', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = await bench.plan();
    const before = await snapshot(machine());
    // The lock is rpm's own, held as rpm does during a transaction.
    await machine().shell(`
      echo 'import fcntl, time; f = open("/var/lib/rpm/.rpm.lock", "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); time.sleep(600)' >/tmp/rpm-at-work
      python3 /tmp/rpm-at-work </dev/null >/tmp/held 2>&1 &
      until grep -q held /tmp/held; do sleep 0.1; done`);
    const named = { code: 'yumLocked', command: expect.stringContaining('rpm-at-work') as unknown };
    expect(await problemOf(bench.plan())).toMatchObject(named);
    expect(await problemOf(bench.apply(plan))).toMatchObject(named);
    expect(await snapshot(machine())).toBe(before);
    await machine().shell('pkill -f rpm-at-work');
    await isWhole(machine(), await bench.install(), row, original);
  });

  it('a scriptlet that fails leaves a kernel without an entry: said, and finished by a second install', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = await bench.plan();
    await machine().shell(
      `mv /sbin/new-kernel-pkg /root/; printf '#!/bin/sh\\nexit 1\\n' >/sbin/new-kernel-pkg; chmod 755 /sbin/new-kernel-pkg`,
    );
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'kernelNotBootable', release: TOA_RELEASE[row] });
    await machine().shell('mv /root/new-kernel-pkg /sbin/');
    const seen = await bench.probe();
    expect(seen.kernel.defaultPath).toBe(`/boot/vmlinuz-${original}`);
    expect(seen.kernel.updateDefault).toBe('yes');
    await isWhole(machine(), await bench.install(), row, original);
  });

  it('a wall clock that jumps forth and back changes nothing of a run', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = await bench.plan();
    const jump = (seconds: number): string => `echo ${seconds} >/etc/elhost/clock-offset`;
    const script = plan.script
      .replace('\nholdDefault() {\n', `\nholdDefault() {\n${jump(7200)}\n`)
      .replace('\ninstallKernel() {\n', `\ninstallKernel() {\n${jump(-86_400)}\n`);
    const after = await bench.apply({ ...plan, script });
    expect(after.hostTime).toBeLessThan(Date.now() - 80_000_000);
    await isWhole(machine(), after, row, original);
    expect(hostState(after, {}, Date.now()).state.kind).toBe('awaitingReboot');
  });
});

describe('CentOS 7', () => {
  const machine = (): LabHost => host('centos7');

  it('yum that hangs on metadata and minds no signal is ended at the deadline, and the install comes through later', async () => {
    await machine().reset();
    const bench = open(machine());
    const plan = impatient(await bench.plan());
    const before = await snapshot(machine());
    await machine().shell(`
      mv /usr/bin/yum /root/
      printf '#!/bin/sh\\ntrap "" TERM\\necho "Loaded plugins: fastestmirror"\\nwhile :; do sleep 1; done\\n' >/usr/bin/yum
      chmod 755 /usr/bin/yum`);
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'deadline', what: 'yum' });
    expect((await machine().shell('pgrep -f /usr/bin/yum')).stdout).toBe('');
    await machine().shell('mv /root/yum /usr/bin/');
    expect(await snapshot(machine())).toBe(before);
    await isWhole(machine(), await bench.install(), 'el7', '3.10.0-957.el7.x86_64');
  });

  it('yum that is slow within its transaction is followed to its end, long after the deadline', async () => {
    await machine().reset();
    await machine().shell('echo 10 >/etc/elhost/posttrans-delay');
    const bench = open(machine());
    const after = await bench.apply(impatient(await bench.plan()));
    await isWhole(machine(), after, 'el7', '3.10.0-957.el7.x86_64');
  });

  it('a package whose %pre fails: nothing is installed, and the right one is, later', async () => {
    await machine().reset();
    const bench = open(machine());
    expect(await problemOf(bench.apply(await bench.plan({}, { el7: lab().packages.others.el7Failing })))).toMatchObject({
      code: 'rpmRefused',
    });
    expect(hostState(await bench.probe(), {}, 1).state.kind).toBe('notInstalled');
    await isWhole(machine(), await bench.install(), 'el7', '3.10.0-957.el7.x86_64');
  });
});
