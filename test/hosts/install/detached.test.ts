import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/engine/clock';
import { takeUpRun } from '../../../src/engine/install/takeUpRun';
import { probeHost } from '../../../src/engine/probeHost';
import { problemOf as problemIn } from '../../../src/core/problem';
import type { RunEvent } from '../../../src/core/plan';
import type { LabHost } from '../../lab/lab';
import type { Workbench } from './bench';
import { reached, slowly, useLab } from './useLab';

// What a run leaves behind for others: how it is detached, who finds it and takes it up, and what stays of it.

const used = useLab(['centos7']);
let machine: LabHost;
beforeAll(() => {
  machine = used.host('centos7');
});
const open = (user?: string): Workbench => used.open(machine, user);

/** Puts a systemd-run on the host; the machine's own finds no systemd to talk to. */
const systemdRun = (body: string): Promise<unknown> =>
  machine.shell(`printf '#!/bin/sh\\n%s\\n' '${body}' >/usr/bin/systemd-run; chmod 755 /usr/bin/systemd-run`);
const options = (bench: Workbench, onEvent: (event: RunEvent) => void): Omit<Parameters<typeof takeUpRun>[2], 'as'> => ({
  connect: () => bench.connect(),
  clock: systemClock,
  signal: new AbortController().signal,
  onEvent,
});

describe('a run that goes on', () => {
  it('is found by another editor without root, taken up from its first line, and followed to its result', async () => {
    await machine.reset();
    const [first, second] = [open(), open()];
    const plan = await first.plan();
    const running = first.apply(slowly(plan, 8));
    await reached(first, 'installKernel');
    const asUser = { as: 'user', knownSudo: 'password', clock: systemClock, signal: new AbortController().signal } as const;
    const plain = await probeHost(await second.connect(), asUser);
    expect(plain.asRoot).toBe(false);
    expect(plain.record.runInProgress).toMatchObject({
      id: expect.stringMatching(`^${plan.id}-`) as string,
      goal: 'install',
      by: 'deploy',
      step: 'installKernel',
      steps: plan.steps.map((step) => step.id),
    });
    expect(Math.abs(plain.record.runInProgress!.since - plain.hostTime)).toBeLessThan(120_000);

    const seen: RunEvent[] = [];
    const facts = await second.probe();
    const taken = takeUpRun(facts.record.runInProgress!, facts, { ...options(second, (event) => seen.push(event)), as: await second.as() });
    const [after, other] = await Promise.all([running, taken]);
    expect(other.kernel.installed).toEqual(after.kernel.installed);
    const steps = (events: readonly RunEvent[]) => events.filter((e) => e.kind === 'step' || e.kind === 'stepDone');
    expect(steps(seen)).toEqual(steps(first.events));
    expect(seen.flatMap((e) => (e.kind === 'output' ? [e.text] : [])).join('\n')).toContain('UPDATEDEFAULT=no for the transaction');
  });

  it('is finished although the editor that began it has gone, and its failure is told to whoever took it up', async () => {
    await machine.reset();
    const [first, reader] = [open(), open()];
    const plan = await first.plan();
    const script = plan.script.replace('installKernel() {\n', 'installKernel() {\nsleep 6\necho broken >&2\nreturn 9\n');
    const running = first.apply({ ...plan, script }).catch(() => undefined);
    await reached(first, 'installKernel');
    const seen = await reader.probe();
    first.dispose();
    const problem = await takeUpRun(seen.record.runInProgress!, seen, { ...options(reader, () => undefined), as: await reader.as() }).then(
      () => undefined,
      (error: unknown) => problemIn(error),
    );
    expect(problem).toMatchObject({ code: 'rpmRefused', message: 'broken' });
    void running;
  });

  it('is in the host’s log with who asked for it, at its begin and at its end', async () => {
    await machine.reset();
    await machine.shell(`printf '#!/bin/sh\\necho "$@" >>/var/log/said\\n' >/usr/bin/logger; chmod 755 /usr/bin/logger`);
    await open().install();
    const { stdout } = await machine.shell('cat /var/log/said');
    expect(stdout).toMatch(
      /^-t toa-hosts run [\w-]+ \(install\) begins, asked for by deploy\n-t toa-hosts run [\w-]+ \(install\), asked for by deploy, ended with exit code 0\n$/,
    );
  });
});

describe('detaching', () => {
  it('under systemd is by a scope in system.slice, outside of the login', async () => {
    await machine.reset();
    await systemdRun('echo "$@" >>/var/log/scopes; while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"');
    const bench = open();
    const plan = await bench.plan();
    await bench.apply(plan);
    expect((await machine.shell('cat /var/log/scopes')).stdout).toMatch(
      new RegExp(`^--scope --slice=system.slice --unit=toa-hosts-${plan.id}-\\w+ /bin/sh ./supervise ${plan.id}-`),
    );
  });

  it.each([
    ['refuses', 'exit 1'],
    ['does not answer', 'exec sleep 40'],
    ['answers too late', 'sleep 25; while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"'],
  ])('where systemd-run %s, a session of its own does, and the run is one', async (_name, body) => {
    await machine.reset();
    await systemdRun(body);
    const bench = open();
    const after = await bench.install();
    expect(after.kernel.installed).toHaveLength(2);
    const runs = (await machine.shell('cd /var/lib/toa-hosts/runs && cat */result && grep -c "start installKernel" */journal')).stdout;
    // The result stands in room that was set aside for it.
    expect(runs).toMatch(/^0 *\n1\n$/);
  });
});

it('old runs go, but neither one that was cut off nor what a link points to', async () => {
  await machine.reset();
  const bench = open();
  await machine.shell(`
    mkdir -p /var/lib/toa-hosts/runs /srv/elsewhere; cd /var/lib/toa-hosts/runs; touch /srv/elsewhere/journal /srv/elsewhere/result
    chmod 700 .
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13; do mkdir old-$n; touch old-$n/journal old-$n/result; touch -d "2020-01-0$((n % 9 + 1)) 10:00:$n" old-$n; done
    rm old-2/result; touch -d '2019-01-01' old-2
    ln -s /srv/elsewhere link; touch -h -d '2018-01-01' link`);
  // A plan that fails leaves what was cut off as it is.
  const plan = await bench.plan();
  await bench.apply({ ...plan, script: plan.script.replace('stagePackages() {\n', 'stagePackages() {\nfalse\n') }).catch(() => undefined);
  const left = async (): Promise<string[]> =>
    (await machine.shell('sleep 1; ls /var/lib/toa-hosts/runs; ls /srv/elsewhere')).stdout.trim().split('\n');
  const names = await left();
  expect(names).toContain('old-2');
  expect(names).toContain('link');
  expect(names).toContain('journal');
  expect(names.filter((name) => name.startsWith('old-'))).toHaveLength(9 + 1);
});
