import { expect, test } from 'vitest';
import { startDeadline } from '../../../src/ssh/deadline';
import { handClock } from './handClock';

function started(seconds: number) {
  const clock = handClock();
  const expired: number[] = [];
  const deadline = startDeadline(clock, seconds, (allowed) => expired.push(allowed));
  const after = async (passed: number): Promise<readonly number[]> => {
    clock.pass(passed);
    await clock.tick();
    return expired;
  };
  return { clock, deadline, after };
}

test('what a person takes to answer does not count, the rest does', async () => {
  const { clock, deadline, after } = started(10);
  expect(await after(6)).toEqual([]);
  await deadline.paused(async () => {
    clock.pass(3600);
    await clock.tick();
  });
  expect(await after(3)).toEqual([]);
  expect(await after(1)).toEqual([10]);
});

test('time that ran out just as a question began ends the attempt after it, and not never', async () => {
  const { clock, deadline, after } = started(10);
  // A busy or a sleeping machine: the time is over, and nothing has run since to say so.
  clock.pass(11);
  await deadline.paused(() => Promise.resolve());
  expect(await after(0)).toEqual([10]);
});

test('a new phase has time of its own; what is stopped never expires', async () => {
  const { deadline, after } = started(10);
  await after(9);
  deadline.restart(20);
  expect(await after(19)).toEqual([]);
  await deadline.paused(async () => {
    deadline.stop();
    await Promise.resolve();
  });
  deadline.restart(1);
  expect(await after(100)).toEqual([]);
});
