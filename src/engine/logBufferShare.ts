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

/** Makes an empty chart. `now` in ms since the epoch. */
export function shareOverTime(now: () => number): ShareOverTime {
  const bars = new Map<number, number[]>();
  // Lines of one second share their time's text: it is parsed once.
  let [text, bar] = ['', 0];

  const barOf = (bytes: Buffer, from: number, end: number): number => {
    const open = bytes.indexOf(0x5b, from);
    const known = open > 0 && open < end - 21 ? bytes.toString('latin1', open + 1, open + 21) : '';
    if (known === text && text !== '') return bar;
    const close = open > 0 && known !== '' ? bytes.indexOf(0x5d, open) : -1;
    const time = close > 0 && close < end ? epochOf(bytes.toString('latin1', open + 1, Math.min(close, open + 60))) : undefined;
    // What tells no time stands where the line before it stands.
    if (time === undefined) return bar > 0 ? bar : Math.floor(now() / BAR_MS);
    [text, bar] = [known, Math.floor(time / BAR_MS)];
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
      [text, bar] = ['', 0];
    },
  };
}
