import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './ports';

/** The real time. `sleep` rejects with an AbortError when its signal fires. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }),
};
