import type { Clock } from '../engine/ports';

/** A deadline for machines: it stands still while a person reads or types. */
export interface Deadline {
  /** Runs `wait` with the deadline standing still. */
  paused<T>(wait: () => Promise<T>): Promise<T>;
  /** Starts again with new seconds; `onExpiry` stays. */
  restart(seconds: number): void;
  stop(): void;
}

/** Calls `onExpiry` once, `seconds` of running time from now. */
export function startDeadline(clock: Clock, seconds: number, onExpiry: (seconds: number) => void): Deadline {
  let allowed = seconds;
  let left = seconds * 1000;
  let since = 0;
  let running: AbortController | undefined;
  let pauses = 0;
  let stopped = false;

  const halt = (): void => {
    if (!running) return;
    left -= clock.elapsed() - since;
    running.abort();
    running = undefined;
  };
  const run = (): void => {
    since = clock.elapsed();
    const own = new AbortController();
    running = own;
    clock.sleep(Math.max(left, 0), own.signal).then(
      () => onExpiry(allowed),
      () => undefined, // aborted: halted
    );
  };
  run();

  return {
    async paused(wait) {
      if (pauses++ === 0) halt();
      try {
        return await wait();
      } finally {
        // Also with no time left: what came due just as the question began must not be forgotten.
        if (--pauses === 0 && !stopped) run();
      }
    },
    restart(newSeconds) {
      halt();
      allowed = newSeconds;
      left = newSeconds * 1000;
      if (pauses === 0 && !stopped) run();
    },
    stop() {
      stopped = true;
      halt();
    },
  };
}
