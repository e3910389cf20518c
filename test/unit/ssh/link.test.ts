import { expect, test } from 'vitest';
import type { Hop } from '../../../src/ssh/hop';
import { createLink } from '../../../src/ssh/link';
import { handClock } from './handClock';

/** A link over a connection of which only the end is told. */
function linked() {
  const clock = handClock();
  const told: string[] = [];
  let end: (reason: string) => void = () => undefined;
  const nothing = (): void => undefined;
  const connection = {
    exec: nothing,
    forward: nothing,
    onEnd: (listener: typeof end) => void (end = listener),
    close: () => void told.push('closed'),
  };
  const link = createLink(connection, {} as Hop, { clock, byOpenSsh: [], release: () => void told.push('released') });
  link.onEnd(() => told.push('ended'));
  const after = async (minutes: number): Promise<readonly string[]> => {
    clock.pass(minutes * 60);
    await clock.tick();
    return told;
  };
  return { link, told, after, end: (reason: string) => end(reason) };
}

test('a connection that nobody uses is closed after five minutes, and lets go of the one below', async () => {
  const { link, after } = linked();
  expect(await after(4.9)).toEqual([]);
  expect(link.ended).toBe(false);
  expect(await after(0.1)).toEqual(['closed', 'released', 'ended']);
  expect(link.ended).toBe(true);
});

test('one that is used is not, however long; the five minutes begin when its last user has left', async () => {
  const { link, after } = linked();
  const [first, second] = [link.hold(), link.hold()];
  await after(60);
  first();
  first(); // no second one's turn
  expect(await after(60)).toEqual([]);
  second();
  expect(await after(4)).toEqual([]);
  link.hold()();
  expect(await after(4)).toEqual([]);
  expect(await after(1)).toEqual(['closed', 'released', 'ended']);
});

test('one that was lost says why, once, and is not closed again when its time would be over', async () => {
  const { link, told, after, end } = linked();
  end('reset by peer');
  end('later');
  expect(link.reason).toBe('reset by peer');
  expect(told).toEqual(['released', 'ended']);
  expect(await after(10)).toEqual(['released', 'ended']);
});
