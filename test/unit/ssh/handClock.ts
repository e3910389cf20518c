import type { Clock } from '../../../src/engine/ports';

/** A clock that only goes when told; a sleeper that is due wakes at `tick`, not before. */
export function handClock(): Clock & { readonly pass: (seconds: number) => void; readonly tick: () => Promise<void> } {
  let now = 0;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => -now, // somebody sets it back all the time
    elapsed: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new DOMException('aborted', 'AbortError'));
        });
      }),
    pass: (seconds) => void (now += seconds * 1000),
    tick: async () => {
      for (const sleeper of [...sleepers]) if (sleeper.due <= now && sleepers.delete(sleeper)) sleeper.wake();
      await new Promise(setImmediate);
    },
  };
}
