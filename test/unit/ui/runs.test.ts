import { expect, test } from 'vitest';
import { createRuns } from '../../../src/ui/runs';

test('a host has one run at a time, and only what may be left can be cancelled', () => {
  const runs = createRuns();
  const plan = runs.begin('a', { cancellable: true })!;
  expect(runs.begin('a', { cancellable: true })).toBeUndefined();
  expect([runs.cancellable('a'), runs.cancellable('b')]).toEqual([true, false]);
  runs.cancel('a');
  expect([plan.controller.signal.aborted, runs.cancellable('a')]).toEqual([true, false]);
  plan.done();

  const reboot = runs.begin('a', { cancellable: false })!;
  expect(runs.cancellable('a')).toBe(false);
  runs.cancel('a');
  expect(reboot.controller.signal.aborted).toBe(false);
  // The editor itself goes: then nothing is waited for.
  runs.dispose();
  expect(reboot.controller.signal.aborted).toBe(true);
});
