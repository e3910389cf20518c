import type { FromPanel, PanelHead, PanelLook, PanelRow, PanelSight, PanelView, PanelWords } from '../src/shared/protocol';
import { COLUMNS } from '../src/shared/panelLook';
import { makeGrid } from './grid';
import { contextOf } from './row';
import { listen } from './rowKeys';
import { fitting, makeRowPool } from './rowPool';
import { makeScroll } from './scroll';
import { isSelected, selectTo, type Selection } from './selection';
import { followCount, modeAfterScroll, ROW, rowAfterKey, topAfterDrop, topOfWindow, windowAt, type Mode } from './windowing';

/** The list of lines: only what is seen exists as elements, whatever the log's length. */
export interface Rows {
  readonly element: HTMLElement;
  readonly mode: () => Mode;
  /** Rows that came since following ended. */
  readonly waiting: () => number;
  /** The row under the cursor; undefined: none, or it is out of reach. */
  readonly current: () => PanelRow | undefined;
  /** The first row in sight. */
  readonly firstSeen: () => PanelRow | undefined;
  readonly setView: (view: PanelView) => void;
  readonly setRows: (view: PanelView, from: number, rows: readonly PanelRow[]) => void;
  readonly setPaused: (paused: boolean) => void;
  readonly setLook: (look: PanelLook) => void;
  readonly goTo: (view: PanelView, row: number) => void;
}

/** What the list tells. */
export interface RowsEvents {
  /** Following began or ended. */
  readonly onMode: () => void;
  /** A person has gone to another row. */
  readonly onSelect: (row: PanelRow) => void;
  /** A person wants everything of the row under the cursor. */
  readonly onOpen: () => void;
  readonly onFind: (forward?: boolean) => void;
  readonly onEscape: () => void;
}

/** Makes the list. `held`: where it was paused when it was hidden. */
export function makeRows(
  words: PanelWords,
  locale: string,
  head: PanelHead,
  post: (message: FromPanel) => void,
  held: PanelSight['held'],
  events: RowsEvents,
): Rows {
  const scroll = makeScroll(scrolled, sized);
  const { element: scroller, port } = scroll;
  const { element, heads } = makeGrid(words, scroller, head.sources.length > 1);

  let view: PanelView = { epoch: -1, base: 0, end: 0 };
  let mode: Mode = held === undefined ? 'following' : 'paused';
  let stoppedAt = 0;
  let selection: Selection | undefined;
  let wrap = false;
  /** Rows that fit in sight at the very end, where wrapped rows are taller. */
  let fit = 0;
  let rows = new Map<number, PanelRow>();
  const format = { bytes: new Intl.NumberFormat(locale), words, sources: head.sources };
  const pool = makeRowPool(port, format);

  const room = (): number => Math.max(1, Math.floor(scroll.height() / ROW));
  const measure = (): void =>
    scroll.setWhole(wrap ? Math.max(0, view.end - view.base - fit) * ROW + scroll.height() : (view.end - view.base) * ROW);
  const toBottom = (): void => scroll.setTop(scroll.farthest());
  const atBottom = (): boolean => scroll.top() >= scroll.farthest() - 1;
  const inSight = () => windowAt(scroll.top(), scroll.height(), view.base, view.end);

  const ask = (): void => {
    const following = mode === 'following';
    const { from, count } = inSight();
    post({ type: 'window', from, count: following ? followCount(scroll.height()) : count, follow: following });
  };

  const lacksRows = (): boolean => {
    const { from, count } = inSight();
    return Array.from({ length: count }, (_, i) => from + i).some((row) => !rows.has(row));
  };

  /** The rows that are drawn: those in sight, and wrapped from the first or up to the last of them. */
  const toDraw = (): readonly [from: number, to: number] => {
    const first = view.base + Math.floor(scroll.top() / ROW);
    if (wrap && atBottom()) return [Math.max(view.base, view.end - room() - 1), view.end];
    return [Math.max(view.base, first), Math.min(view.end, first + room() + 2)];
  };

  const draw = (): void => {
    const [from, to] = toDraw();
    const index = (row: number): number => row - view.base;
    pool.draw({ rows, from, to, index, offset: wrap ? undefined : (row) => index(row) * ROW - scroll.top(), selection });
    if (wrap) settle();
    element.setAttribute('aria-rowcount', String(view.end - view.base + 1));
    const current = selection === undefined ? undefined : pool.get(selection.cursor);
    if (current === undefined) element.removeAttribute('aria-activedescendant');
    else element.setAttribute('aria-activedescendant', current.element.id);
    element.dataset.vscodeContext = current === undefined ? '{"preventDefaultContextMenuItems":true}' : contextOf(current.row, format);
  };

  /** Wrapped rows stand one below the other: from the top, or at the end of the log from the bottom. */
  const settle = (): void => {
    const heights = [...port.children].map((child) => child.getBoundingClientRect().height);
    const next = atBottom() ? fitting(heights, scroll.height()) : undefined;
    port.classList.toggle('ends', next !== undefined);
    if (next === undefined || next === fit) return;
    fit = next;
    measure();
    toBottom();
  };

  const setMode = (next: Mode): void => {
    if (next === mode) return;
    if (mode === 'following') stoppedAt = view.end;
    mode = next;
    if (mode === 'following') toBottom();
    ask();
    events.onMode();
  };

  const take = (next: PanelView): void => {
    const before = view.epoch < 0 ? held : undefined;
    let top = before === undefined ? scroll.top() : topOfWindow(before.from, next.base);
    if (next.epoch !== view.epoch) {
      rows = new Map();
      pool.clear();
      selection = undefined;
      stoppedAt = before?.end ?? next.end;
    } else top = topAfterDrop(top, view.base, next.base);
    view = next;
    measure();
    if (mode === 'following') toBottom();
    else if (top !== scroll.top()) scroll.setTop(top);
  };

  function scrolled(): void {
    setMode(modeAfterScroll(mode, atBottom()));
    ask();
    draw();
  }
  function sized(): void {
    // The header's cells stand above the rows', whatever the scroll bar takes.
    heads.style.marginRight = `${scroller.offsetWidth - scroller.clientWidth}px`;
    fit = room();
    measure();
    if (mode === 'following') toBottom();
    ask();
    draw();
  }

  /** The line where the selection began, which may be out of sight by now. */
  let firstLine: number | undefined;
  const moveTo = (row: number, extend: boolean): void => {
    firstLine = extend ? (firstLine ?? (selection === undefined ? undefined : rows.get(selection.anchor)?.line)) : undefined;
    selection = selectTo(selection, row, extend);
  };
  /** A row that a person was led to is told of when it is there. */
  let untold: number | undefined;
  const tell = (row: number): void => {
    const data = rows.get(row);
    untold = data === undefined ? row : undefined;
    if (data !== undefined) events.onSelect(data);
  };

  const select = (row: number, extend: boolean, centre: boolean): void => {
    moveTo(row, extend);
    if (!centre && mode !== 'paused') setMode(row === view.end - 1 ? 'following' : 'scrolled');
    const top = (row - view.base) * ROW;
    const height = wrap ? fit * ROW : scroll.height();
    if (mode === 'following') toBottom();
    else if (top < scroll.top() || top + ROW > scroll.top() + height) {
      scroll.setTop(Math.floor(top - (centre ? height / 2 : top < scroll.top() ? 0 : height - ROW)));
    }
    ask();
    draw();
    tell(row);
  };

  listen(element, scroller, {
    events,
    copy: () => {
      const line = selection === undefined ? undefined : rows.get(selection.cursor)?.line;
      if (line !== undefined) post({ type: 'copy', what: 'lines', from: firstLine ?? line, to: line });
    },
    move: (key, extend) => {
      const row = rowAfterKey(key, selection?.cursor, view.base, view.end, Math.max(1, room() - 1));
      if (row !== undefined) select(row, extend, false);
      return row !== undefined;
    },
    point: (row, { extend, secondary }) => {
      if (secondary && isSelected(selection, row)) return;
      moveTo(row, extend);
      draw();
      tell(row);
    },
  });

  return {
    element,
    mode: () => mode,
    waiting: () => (mode === 'following' ? 0 : Math.max(0, view.end - Math.max(stoppedAt, view.base))),
    current: () => (selection === undefined ? undefined : rows.get(selection.cursor)),
    firstSeen: () => rows.get(view.base + Math.ceil(scroll.top() / ROW)),
    setView: (next) => {
      const late = next.epoch !== view.epoch;
      take(next);
      draw();
      // Following, the newest rows come by themselves; else those that came into the window are asked for.
      if (late || (mode !== 'following' && lacksRows())) ask();
    },
    setRows: (next, from, list) => {
      const late = next.epoch !== view.epoch;
      take(next);
      rows = new Map(list.map((row, i) => [from + i, row]));
      draw();
      // The host has forgotten where it is held: the rows before were others.
      if (late && mode !== 'following') ask();
      if (untold !== undefined && untold === selection?.cursor) tell(untold);
    },
    setPaused: (paused) => setMode(paused ? 'paused' : 'following'),
    setLook: (look) => {
      COLUMNS.forEach((column) => element.classList.toggle(`wo-${column}`, look.without.includes(column)));
      if (look.wrap === wrap) return;
      wrap = look.wrap;
      element.classList.toggle('wrap', wrap);
      port.classList.remove('ends');
      fit = room();
      measure();
      if (mode === 'following') toBottom();
      draw();
    },
    goTo: (next, row) => {
      take(next);
      if (row < view.base || row >= view.end) return;
      // Looking at a place in the log is no following, even at its end.
      if (mode === 'following') setMode('scrolled');
      select(row, false, true);
    },
  };
}
