import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Plan } from '../../../src/core/plan';
import { startLab, type Lab, type LabHost, type LabSystem } from '../../lab/lab';
import { workbench, type Workbench } from './bench';

/** The lab that a file's tests share, there in tests and hooks. */
export interface UsedLab {
  readonly lab: () => Lab;
  readonly host: (system: LabSystem) => LabHost;
  /** A workbench that ends with the test. */
  readonly open: (machine: LabHost, user?: string, sudoPassword?: string) => Workbench;
}

/** Starts a lab before a file's tests and ends it after them. */
export function useLab(systems: readonly LabSystem[]): UsedLab {
  let started: Lab | undefined;
  const benches: Workbench[] = [];
  beforeAll(async () => {
    started = await startLab({ systems });
  });
  afterEach(() => benches.splice(0).forEach((bench) => bench.dispose()));
  afterAll(() => started?.stop());
  const lab = (): Lab => {
    if (started === undefined) throw new Error('There is no lab outside of tests and hooks.');
    return started;
  };
  return {
    lab,
    host: (system) => lab().host(system),
    open(machine, user, sudoPassword) {
      const bench = workbench(lab(), machine, user, sudoPassword);
      benches.push(bench);
      return bench;
    },
  };
}

/** A plan whose package step is preceded by a wait, so that something can happen meanwhile. */
export const slowly = (plan: Plan, seconds: number): Plan => ({
  ...plan,
  script: plan.script.replace('installKernel() {\n', `installKernel() {\nsleep ${seconds}\n`),
});

/** Waits until a step of the bench's run has been told. */
export const reached = (bench: Workbench, step: string): Promise<void> =>
  expect.poll(() => bench.events.some((e) => e.kind === 'step' && e.step === step), { timeout: 60_000, interval: 100 }).toBe(true);
