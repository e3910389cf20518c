/** Height of a row in px, as the style sheet has it. */
export const ROW = 22;

/** Rows beyond the edges that are kept ready for scrolling. */
const MARGIN = 20;

/** Following: the newest rows. Paused: a person pressed Pause. Scrolled: a person looks at older rows; the bottom follows again. */
export type Mode = 'following' | 'paused' | 'scrolled';

/** The rows that a scroll position shows: from the first that is partly visible, with a margin, clamped to what there is. */
export function windowAt(top: number, height: number, base: number, end: number): { readonly from: number; readonly count: number } {
  const first = base + Math.floor(Math.max(0, top) / ROW) - MARGIN;
  const from = Math.max(base, Math.min(first, end));
  const count = Math.ceil(height / ROW) + 2 * MARGIN;
  return { from, count: Math.max(0, Math.min(count, end - from)) };
}

/** The scroll position of a window that begins with this row: the inverse of `windowAt`. */
export const topOfWindow = (from: number, base: number): number => (from <= base ? 0 : (from - base + MARGIN) * ROW);

/** How many rows are asked for when following: what the height shows, with a margin. */
export const followCount = (height: number): number => Math.ceil(height / ROW) + MARGIN;

/** The mode after a person scrolled. */
export function modeAfterScroll(mode: Mode, atBottom: boolean): Mode {
  if (mode === 'paused') return mode;
  return atBottom ? 'following' : 'scrolled';
}

/** Where the same rows are after `base` moved: rows that were dropped from the front move the rest up. */
export const topAfterDrop = (top: number, oldBase: number, base: number): number => Math.max(0, top - (base - oldBase) * ROW);

/** The row that a key leads to; undefined: the key moves nothing. */
export function rowAfterKey(key: string, row: number | undefined, base: number, end: number, page: number): number | undefined {
  if (end <= base) return undefined;
  const now = row ?? end;
  const to = { ArrowUp: now - 1, ArrowDown: now + 1, PageUp: now - page, PageDown: now + page, Home: base, End: end - 1 }[key];
  return to === undefined ? undefined : Math.max(base, Math.min(end - 1, to));
}
