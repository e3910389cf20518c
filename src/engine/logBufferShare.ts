import { epochOf } from '../core/log/parse';
import { ADDRESS_CLASSES } from '../shared/address';

/** Width of a bar, and how many there are: half an hour. */
export const BAR_MS = 30_000;
export const BARS = 60;

/** Lines per class in each half minute of the last half hour, by the log's own times where it has them. */
export interface ShareOverTime {
  add(bytes: Buffer, from: number, end: number, code: number): void;
  /** Oldest first; the last bar ends at or after now. Counts in the order of ADDRESS_CLASSES. */
  bars(): { readonly from: number; readonly counts: readonly (readonly number[])[] };
  clear(): void;
}

/** Length of `14/May/2024:14:05:23`. */
const TIME_BYTES = 20;

/** Compares from the end, where times differ first. */
function same(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = TIME_BYTES - 1; i >= 0; i--) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Makes an empty chart. `now` in ms since the epoch. */
export function shareOverTime(now: () => number): ShareOverTime {
  const bars = new Map<number, number[]>();
  // Lines of one second share their time's text: it is parsed once.
  const text = Buffer.alloc(TIME_BYTES);
  let bar = 0;

  const barOf = (bytes: Buffer, from: number, end: number): number => {
    const limit = Math.min(end, from + 600) - TIME_BYTES - 1;
    let open = from;
    while (open < limit && bytes[open] !== 0x5b) open++;
    if (open < limit && same(bytes, open + 1, text)) return bar;
    const close = open < limit ? bytes.subarray(open, Math.min(end, open + 60)).indexOf(0x5d) : -1;
    const time = close > 0 ? epochOf(bytes.toString('latin1', open + 1, open + close)) : undefined;
    // What tells no time stands where the line before it stands.
    if (time === undefined) return bar > 0 ? bar : Math.floor(now() / BAR_MS);
    bytes.copy(text, 0, open + 1, open + 1 + TIME_BYTES);
    bar = Math.floor(time / BAR_MS);
    return bar;
  };
  const prune = (newest: number): void => {
    if (bars.size <= 2 * BARS) return;
    for (const key of bars.keys()) if (key <= newest - BARS || key > newest + BARS) bars.delete(key);
  };

  return {
    add: (bytes, from, end, code) => {
      const key = barOf(bytes, from, end);
      let counts = bars.get(key);
      if (counts === undefined) {
        counts = ADDRESS_CLASSES.map(() => 0);
        bars.set(key, counts);
        prune(Math.floor(now() / BAR_MS));
      }
      counts[code] = (counts[code] ?? 0) + 1;
    },
    bars: () => {
      const last = Math.floor(now() / BAR_MS);
      const first = last - BARS + 1;
      const empty = ADDRESS_CLASSES.map(() => 0);
      return { from: first * BAR_MS, counts: Array.from({ length: BARS }, (_, i) => bars.get(first + i) ?? empty) };
    },
    clear: () => {
      bars.clear();
      text.fill(0);
      bar = 0;
    },
  };
}
