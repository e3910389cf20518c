import type { KeptLine, LogLines } from './logLines';

export interface LogFilter {
  /** Class codes that are hidden; marks never are. */
  readonly hidden: ReadonlySet<number>;
  /** What else a line must pass; undefined: nothing. */
  readonly passes?: (line: KeptLine) => boolean;
}

export const NO_FILTER: LogFilter = { hidden: new Set() };

/** The rows that pass a filter, numbered from `base` to `end`; a row keeps its number while the oldest are dropped. */
export interface LogView {
  readonly base: number;
  readonly end: number;
  /** Lines not looked at yet. */
  readonly left: number;
  /** Takes in what the lines have gained and dropped since, for about `budget` ms at most: a filter over a million lines must not hold up the extension host. */
  update(budget: number): void;
  /** The line in a row; undefined: dropped, or not there yet. */
  line(row: number): number | undefined;
  /** The row of a line, or of the next one that passes. */
  row(line: number): number;
}

/** Lines looked at between two looks at the clock. */
const SLICE = 64;

/** Makes a view; without a filter it costs nothing. */
export function logView(lines: LogLines, filter: LogFilter): LogView {
  return filter.hidden.size === 0 && filter.passes === undefined ? whole(lines) : filtered(lines, filter);
}

function whole(lines: LogLines): LogView {
  return {
    get base() {
      return lines.first;
    },
    get end() {
      return lines.end;
    },
    left: 0,
    update: () => undefined,
    line: (row) => (row >= lines.first && row < lines.end ? row : undefined),
    row: (line) => Math.min(Math.max(line, lines.first), lines.end),
  };
}

function filtered(lines: LogLines, { hidden, passes }: LogFilter): LogView {
  let found: number[] = [];
  let [scanned, gone, skipped] = [lines.first, 0, 0];
  const look = (line: number): void => {
    const kept = lines.get(line);
    if (kept !== undefined && !hidden.has(kept.code) && passes?.(kept) !== false) found.push(line);
  };
  return {
    get base() {
      return gone + skipped;
    },
    get end() {
      return gone + found.length;
    },
    get left() {
      return lines.end - scanned;
    },
    update: (budget) => {
      const until = performance.now() + budget;
      scanned = Math.max(scanned, lines.first);
      do {
        const end = Math.min(scanned + SLICE, lines.end);
        while (scanned < end) look(scanned++);
      } while (scanned < lines.end && performance.now() < until);
      while (skipped < found.length && (found[skipped] ?? 0) < lines.first) skipped++;
      if (skipped > 10_000) {
        found = found.slice(skipped);
        [gone, skipped] = [gone + skipped, 0];
      }
    },
    line: (row) => (row < gone + skipped ? undefined : found[row - gone]),
    row: (line) => {
      let [low, high] = [skipped, found.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((found[middle] ?? 0) < line) low = middle + 1;
        else high = middle;
      }
      return gone + low;
    },
  };
}
