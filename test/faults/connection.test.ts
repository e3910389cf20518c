import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { workbench } from '../hosts/install/bench';
import { snapshot } from '../hosts/install/snapshot';
import { killConnections, pausedAt, POINTS, type Point } from './points';

// The connection is killed at every step boundary and within the package transaction: the outcome is the same as without.
// Prints a table: where, what was killed, how often, seconds until the editor had the result.

let lab: Lab;
const rows: string[] = [];
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6'] });
});
afterAll(async () => {
  await lab.stop();
  console.log(['system   killed at                                    kills  seconds', ...rows].join('\n'));
});

const outcomes = new Map<string, string>();

/** What an undisturbed install makes of this host; images hold times and random bytes, so that their sizes must do. */
async function outcome(machine: LabHost): Promise<string> {
  const text = await snapshot(machine);
  return text.replace(/^[0-9a-f]{64} ( \/boot\/initramfs-.*toa.*)$/gm, 'image$1');
}

const cases = (['centos7', 'centos6'] as const).flatMap((system) =>
  POINTS.filter(({ only }) => only === undefined || only === system).map((point) => [system, point.name, point] as const),
);

it.each(['centos7', 'centos6'] as const)('%s undisturbed', async (system) => {
  const machine = lab.host(system);
  await machine.reset();
  const bench = workbench(lab, machine);
  await bench.install();
  bench.dispose();
  outcomes.set(system, await outcome(machine));
});

it.each(cases)('%s, killed %s', async (system, name, point: Point) => {
  const machine = lab.host(system);
  await machine.reset();
  const bench = workbench(lab, machine);
  const plan = pausedAt(await bench.plan(), point);
  const began = Date.now();
  const running = bench.apply(plan);
  const kills = await killConnections(machine, point);
  const after = await running;
  rows.push(`${system.padEnd(8)} ${name.padEnd(44)} ${String(kills).padStart(5)}  ${((Date.now() - began) / 1000).toFixed(1).padStart(7)}`);
  bench.dispose();
  expect(kills).toBeGreaterThan(0);
  expect(after.record.interrupted).toBeUndefined();
  expect(after.record.runInProgress).toBeUndefined();
  const steps = bench.events.flatMap((event) => (event.kind === 'step' ? [event.step] : []));
  expect(steps).toEqual(plan.steps.map((step) => step.id));
  expect(await outcome(machine)).toBe(outcomes.get(system));
});
