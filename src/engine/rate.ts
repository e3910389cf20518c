import type { Clock } from './ports';

/** How far back a rate looks: short enough to follow the line, long enough to stand still for a reader. */
const WINDOW_MS = 10_000;
const LEAST_MS = 1_000;

/**
 * Bytes per second over the last seconds, from what is done in all; call it as often as progress comes. Undefined in the first
 * second: what is known by then is chance. The first call says only from where it went on.
 */
export function startRate(clock: Pick<Clock, 'elapsed'>): (done: number) => number | undefined {
  const samples: { readonly at: number; readonly done: number }[] = [];
  return (done) => {
    const at = clock.elapsed();
    const last = samples.at(-1);
    // Five a second are enough, and bound the list.
    if (last === undefined || at - last.at >= 200) samples.push({ at, done });
    while ((samples[1]?.at ?? at) < at - WINDOW_MS) samples.shift();
    const first = samples[0];
    return first === undefined || at - first.at < LEAST_MS ? undefined : ((done - first.done) * 1000) / (at - first.at);
  };
}
