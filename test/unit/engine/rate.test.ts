import { expect, it } from 'vitest';
import { startRate } from '../../../src/engine/rate';

it('is of the last seconds, and counts only what was done meanwhile', () => {
  let now = 5_000;
  const rate = startRate({ elapsed: () => now });
  const after = (milliseconds: number, done: number): number | undefined => {
    now += milliseconds;
    return rate(done);
  };
  expect(after(0, 1_000_000)).toBeUndefined(); // an earlier try left that
  expect(after(500, 1_500_000)).toBeUndefined();
  expect(after(500, 2_000_000)).toBe(1_000_000);
  // Ten times as slow from here on: the rate comes down to it.
  let done = 2_000_000;
  for (let i = 0; i < 100; i++) rate((done += after(200, done) === undefined ? 0 : 20_000));
  expect(after(200, done)).toBeCloseTo(100_000, -4);
});
