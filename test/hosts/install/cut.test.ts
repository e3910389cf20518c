import { afterAll, beforeAll, expect, it } from 'vitest';
import { killConnections, pausedAt, POINTS } from '../../faults/points';
import { startLab, type Lab } from '../../lab/lab';
import { workbench } from './bench';

// Three of the points of test/faults/connection.test.ts, for every change of the code.

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
});
afterAll(() => lab.stop());

it.each(['at the begin of checkFacts', 'between %post and %posttrans', 'at the end of checkAfter'])(
  'the connection is killed %s: the run comes to the same end',
  async (name) => {
    const machine = lab.host('centos7');
    await machine.reset();
    const point = POINTS.find((one) => one.name === name)!;
    const bench = workbench(lab, machine);
    const plan = pausedAt(await bench.plan(), point);
    const running = bench.apply(plan);
    expect(await killConnections(machine, point)).toBeGreaterThan(0);
    const after = await running;
    bench.dispose();
    expect(after.record).toEqual({ originalKernel: '3.10.0-957.el7.x86_64' });
    expect(after.kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-957.el7.x86_64');
    expect(after.kernel.updateDefault).toBe('yes');
    expect(after.autoload.mode).toBe('0755');
    const steps = bench.events.flatMap((event) => (event.kind === 'step' ? [event.step] : []));
    expect(steps).toEqual(plan.steps.map((step) => step.id));
  },
);
