/** Lines a second as they come. */
export interface LineRate {
  /** Following begins: what the log held already comes at once, and is no rate. */
  restart(now: number): void;
  /** undefined: not measured yet. `now` in ms, `lines` in all. */
  perSecond(now: number, lines: number): number | undefined;
}

const SETTLE_MS = 2000;
const MEASURE_MS = 1000;

export function lineRate(): LineRate {
  let from: { readonly at: number; readonly lines: number } | undefined;
  let settled = 0;
  let last: number | undefined;
  return {
    restart: (now) => {
      settled = now + SETTLE_MS;
      [from, last] = [undefined, undefined];
    },
    perSecond: (now, lines) => {
      if (now < settled) return undefined;
      const passed = from === undefined ? 0 : now - from.at;
      // Fewer lines than before: the panel was cleared.
      if (from === undefined || lines < from.lines) from = { at: now, lines };
      else if (passed >= MEASURE_MS) {
        last = Math.round(((lines - from.lines) * 1000) / passed);
        from = { at: now, lines };
      }
      return last;
    },
  };
}
