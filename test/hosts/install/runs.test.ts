import { expect, it } from 'vitest';
import { problemOf as problemIn } from '../../../src/core/problem';
import { problemOf, type Workbench } from './bench';
import { reached, slowly, useLab } from './useLab';

const used = useLab(['centos7']);
const open = (): Workbench => used.open(used.host('centos7'));
const problemCode = (error: unknown): string => problemIn(error).code;

it('a connection killed in the middle of a run: the run goes on, is found again, and nothing of its journal is lost or repeated', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const bench = open();
  const plan = await bench.plan();
  const running = bench.apply(slowly(plan, 6));
  await reached(bench, 'installKernel');
  // The server's end of every connection, from outside: no goodbye.
  await machine.shell(`for pid in $(pgrep -f 'sshd: deploy'); do kill -9 "$pid"; done; true`);
  const after = await running;
  expect(after.kernel.installed).toHaveLength(2);
  expect(after.kernel.updateDefault).toBe('yes');
  const steps = bench.events.flatMap((e) => (e.kind === 'step' ? [e.step] : []));
  expect(steps).toEqual(plan.steps.map((step) => step.id));
});

it('two editors: the second is told of the first’s run and starts nothing', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const [first, second] = [open(), open()];
  const plan = await first.plan();
  const running = first.apply(slowly(plan, 5));
  await reached(first, 'installKernel');
  expect((await second.probe()).record.runInProgress).toMatchObject({
    id: expect.stringMatching(`^${plan.id}`) as string,
    by: 'deploy',
    step: 'installKernel',
  });
  expect(await problemOf(second.apply(plan))).toMatchObject({ code: 'hostBusy' });
  await running;
  expect((await second.probe()).record.runInProgress).toBeUndefined();
});

it('cancelling stops before the next step, and what was borrowed is given back', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const bench = open();
  const abort = new AbortController();
  const plan = await bench.plan();
  const slow = { ...plan, script: plan.script.replace('holdDefault() {\n', 'holdDefault() {\nsleep 4\n') };
  const running = bench.apply(slow, abort.signal);
  await reached(bench, 'holdDefault');
  abort.abort();
  expect(await problemOf(running)).toEqual({ code: 'cancelled', after: 'holdDefault', left: 'unchanged' });
  const after = await bench.probe();
  expect(after.kernel.installed).toHaveLength(1);
  expect(after.kernel.updateDefault).toBe('yes');
});

it('cancelled before it has begun, it never begins', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const bench = open();
  const abort = new AbortController();
  const plan = await bench.plan();
  const running = bench.apply(plan, abort.signal);
  await expect.poll(() => bench.events.some((e) => e.kind === 'upload' && e.done === e.total), { timeout: 60_000, interval: 5 }).toBe(true);
  abort.abort();
  await expect(running).rejects.toSatisfy((error: unknown) => problemCode(error) === 'cancelled');
  expect((await bench.probe()).kernel.installed).toHaveLength(1);
});

it('a package that makes itself the default in spite of all: moved back, also when the run is cancelled meanwhile', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const bench = open();
  const abort = new AbortController();
  const plan = await bench.plan();
  const grab = `grubby --set-default=/boot/vmlinuz-${plan.target}\nsleep 4\n`;
  const script = plan.script.replace(/^(installed 'kernel-.*)$/m, `$1\n${grab}`);
  expect(script).not.toBe(plan.script);
  const running = bench.apply({ ...plan, script }, abort.signal);
  await reached(bench, 'installKernel');
  abort.abort();
  expect(await problemOf(running)).toEqual({ code: 'cancelled', after: 'installKernel', left: 'changed' });
  const after = await bench.probe();
  expect(after.kernel.defaultPath).toBe(`/boot/vmlinuz-${plan.original}`);
  expect(after.kernel.updateDefault).toBe('yes');
  expect((await machine.shell('find /var/lib/toa-hosts -name "*.rpm"; ls /var/lib/toa-hosts/owed')).stdout).toBe('');
});

it('power lost while the default was held: the next run pays what is owed before it does anything', async () => {
  const machine = used.host('centos7');
  await machine.reset();
  const config = async (): Promise<string> => (await machine.shell('cat /etc/sysconfig/kernel')).stdout;
  const before = await config();
  const bench = open();
  const running = bench.apply(slowly(await bench.plan(), 60)).catch(() => undefined);
  await reached(bench, 'installKernel');
  expect(await config()).not.toBe(before);
  await machine.stop();
  await machine.start();
  bench.dispose();
  await running;
  const next = open();
  expect((await next.probe()).record.owes).toBe(true);
  const after = await next.install();
  expect(after.record.owes).toBeUndefined();
  expect(await config()).toBe(before);
  expect(after.kernel.installed).toHaveLength(2);
});
