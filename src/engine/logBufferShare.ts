import { epochOf } from '../core/log/parse';
import { ADDRESS_CLASSES } from '../shared/address';
import { CHART_RANGES } from '../shared/panelLook';

/** Width of the bars that judgements rest on. */
export const BAR_MS = CHART_RANGES.halfHour;
/** Bars of each width. */
const BARS = 60;

/** Lines per class over time, in bars of every width of CHART_RANGES, by the log's own times where it has them. */
export interface ShareOverTime {
  /** A line whose time stands in its first brackets, as in the common format. */
  add(bytes: Buffer, from: number, end: number, code: number): void;
  /** A line whose time, ms since the epoch, has been read; undefined: it tells none. */
  addAt(time: number | undefined, code: number): void;
  /** Oldest first; the last bar ends at or after now. Counts in the order of ADDRESS_CLASSES. */
  bars(barMs?: number): { readonly from: number; readonly counts: readonly (readonly number[])[] };
  clear(): void;
}

/** Length of `14/May/2024:14:05:23`. */
const TIME_BYTES = 20;

/** Compares from the end, where times differ first. */
function same(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = TIME_BYTES - 1; i >= 0; i--) if (bytes[at + i] !== text[i]) return false;
  return true;
}

const WIDTHS = Object.values(CHART_RANGES);
const noLines = (): number[] => ADDRESS_CLASSES.map(() => 0);

/** Makes an empty chart. `now` in ms since the epoch; `zone`: minutes ahead of UTC where a line does not tell. */
export function shareOverTime(now: () => number, zone: () => number): ShareOverTime {
  const levels = new Map(WIDTHS.map((width) => [width as number, new Map<number, number[]>()]));
  // Lines of one second share their time's text: it is parsed once, and they are counted into the bars together.
  const text = Buffer.alloc(TIME_BYTES);
  let second = 0;
  let counts = noLines();
  let counted = 0;

  const pour = (): void => {
    if (counted === 0) return;
    for (const [width, bars] of levels) {
      const key = Math.floor((second * 1000) / width);
      const bar = bars.get(key);
      if (bar === undefined) {
        bars.set(key, [...counts]);
        prune(bars, Math.floor(now() / width));
      } else counts.forEach((count, code) => (bar[code] = (bar[code] ?? 0) + count));
    }
    [counts, counted] = [noLines(), 0];
  };

  const addAt = (at: number, code: number): void => {
    if (at !== second) {
      pour();
      second = at;
    }
    counts[code] = (counts[code] ?? 0) + 1;
    counted++;
  };
  /** What tells no time stands where the line before it stands. */
  const sameSecond = (): number => (second > 0 ? second : Math.floor(now() / 1000));

  const secondOf = (bytes: Buffer, from: number, end: number): number => {
    const limit = Math.min(end, from + 600) - TIME_BYTES - 1;
    let open = from;
    while (open < limit && bytes[open] !== 0x5b) open++;
    if (open < limit && same(bytes, open + 1, text)) return second;
    const close = open < limit ? bytes.subarray(open, Math.min(end, open + 60)).indexOf(0x5d) : -1;
    const time = close > 0 ? epochOf(bytes.toString('latin1', open + 1, open + close), zone()) : undefined;
    if (time === undefined) return sameSecond();
    bytes.copy(text, 0, open + 1, open + 1 + TIME_BYTES);
    return Math.floor(time / 1000);
  };

  return {
    add: (bytes, from, end, code) => addAt(secondOf(bytes, from, end), code),
    addAt: (time, code) => {
      // The text is that of the latest second, which this line may change.
      text.fill(0);
      addAt(time === undefined ? sameSecond() : Math.floor(time / 1000), code);
    },
    bars: (barMs = BAR_MS) => {
      pour();
      const bars = levels.get(barMs);
      const first = Math.floor(now() / barMs) - BARS + 1;
      const empty = noLines();
      return { from: first * barMs, counts: Array.from({ length: BARS }, (_, i) => bars?.get(first + i) ?? empty) };
    },
    clear: () => {
      levels.forEach((bars) => bars.clear());
      text.fill(0);
      [second, counts, counted] = [0, noLines(), 0];
    },
  };
}

function prune(bars: Map<number, number[]>, newest: number): void {
  if (bars.size <= 2 * BARS) return;
  for (const key of bars.keys()) if (key <= newest - BARS || key > newest + BARS) bars.delete(key);
}
