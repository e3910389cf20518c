import type { LineStore } from './logBufferStore';
import { lineText } from './logBufferText';

export interface LogFilter {
  /** Class codes that are hidden; marks never are. */
  readonly hidden: ReadonlySet<number>;
  /** Lines must hold this, whatever its case; empty: any. */
  readonly text: string;
}

export const NO_FILTER: LogFilter = { hidden: new Set(), text: '' };

/** The rows of a buffer that pass a filter, numbered from `base` to `end`; a row keeps its number while the oldest are dropped. */
export interface LogView {
  readonly base: number;
  readonly end: number;
  /** Takes in what the store has gained and dropped since. */
  update(): void;
  /** The line in a row; undefined: dropped, or not there yet. */
  line(row: number): number | undefined;
}

/** Makes a view; without a filter it costs nothing. */
export function logView(store: LineStore, filter: LogFilter): LogView {
  if (filter.hidden.size === 0 && filter.text === '') {
    return {
      get base() {
        return store.first;
      },
      get end() {
        return store.end;
      },
      update: () => undefined,
      line: (row) => (row >= store.first && row < store.end ? row : undefined),
    };
  }
  const wanted = filter.text.toLowerCase();
  let lines: number[] = [];
  let [scanned, gone, skipped] = [0, 0, 0];
  const holds = (line: number): boolean => {
    if (wanted === '') return true;
    const found = store.get(line);
    return found !== undefined && lineText(found.bytes).toLowerCase().includes(wanted);
  };
  return {
    get base() {
      return gone + skipped;
    },
    get end() {
      return gone + lines.length;
    },
    update: () => {
      store.scan(Math.max(scanned, store.first), (line, code) => {
        if (!filter.hidden.has(code) && holds(line)) lines.push(line);
      });
      scanned = store.end;
      while (skipped < lines.length && (lines[skipped] ?? 0) < store.first) skipped++;
      if (skipped > 10_000) {
        lines = lines.slice(skipped);
        [gone, skipped] = [gone + skipped, 0];
      }
    },
    line: (row) => (row < gone + skipped ? undefined : lines[row - gone]),
  };
}
