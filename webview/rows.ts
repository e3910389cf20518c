import type { AddressClass } from '../src/shared/address';
import { displayText } from '../src/shared/display';
import type { LogFields } from '../src/shared/logEntry';
import type { FromPanel, PanelRow, PanelSight, PanelView, PanelWords } from '../src/shared/protocol';
import { el, icon, shown } from './dom';
import { followCount, modeAfterScroll, ROW, rowAfterKey, topAfterDrop, topOfWindow, windowAt, type Mode } from './windowing';

/** The icon that carries a class without its colour. */
export const CLASS_ICONS: Readonly<Record<AddressClass, string>> = {
  visitor: 'account',
  origin: 'shield',
  private: 'home',
  public: 'globe',
  unparsed: 'question',
};

/** The list of lines: only what is seen exists as elements, whatever the log's length. */
export interface Rows {
  readonly element: HTMLElement;
  readonly mode: () => Mode;
  /** Rows that came since following ended. */
  readonly waiting: () => number;
  readonly setView: (view: PanelView) => void;
  readonly setRows: (view: PanelView, from: number, rows: readonly PanelRow[]) => void;
  readonly setPaused: (paused: boolean) => void;
}

/** Makes the list. `onMode` is called when following begins or ends; `held`: where it was paused when it was hidden. */
export function makeRows(
  words: PanelWords,
  locale: string,
  post: (message: FromPanel) => void,
  onMode: () => void,
  held: PanelSight['held'],
): Rows {
  const space = el('div', 'space');
  const scroller = el('div', 'rows', space);
  const head = header(words);
  const element = el('div', 'grid', head, scroller);
  element.setAttribute('role', 'grid');
  element.setAttribute('aria-label', words.log);
  element.setAttribute('aria-readonly', 'true');
  scroller.setAttribute('role', 'rowgroup');
  // The grid has the focus, since only it may name the selected row; a click that meets the scroller is passed on.
  element.tabIndex = 0;
  scroller.tabIndex = -1;
  scroller.addEventListener('focus', () => element.focus({ preventScroll: true }));

  let view: PanelView = { epoch: -1, base: 0, end: 0 };
  let mode: Mode = held === undefined ? 'following' : 'paused';
  let stoppedAt = 0;
  let selected: number | undefined;
  let ours = 0;
  let rows = new Map<number, PanelRow>();
  const drawn = new Map<number, { readonly row: PanelRow; readonly element: HTMLElement }>();
  const format = { bytes: new Intl.NumberFormat(locale), words };

  const scrollTo = (top: number): void => {
    scroller.scrollTop = top;
    ours = scroller.scrollTop;
  };
  const toBottom = (): void => scrollTo(scroller.scrollHeight);

  const ask = (): void => {
    const following = mode === 'following';
    const { from, count } = windowAt(scroller.scrollTop, scroller.clientHeight, view.base, view.end);
    post({ type: 'window', from, count: following ? followCount(scroller.clientHeight) : count, follow: following });
  };

  const lacksRows = (): boolean => {
    const { from, count } = windowAt(scroller.scrollTop, scroller.clientHeight, view.base, view.end);
    return Array.from({ length: count }, (_, i) => from + i).some((row) => !rows.has(row));
  };

  const draw = (): void => {
    const { from, count } = windowAt(scroller.scrollTop, scroller.clientHeight, view.base, view.end);
    for (const [row, { element: old }] of drawn) {
      if (row >= from && row < from + count) continue;
      old.remove();
      drawn.delete(row);
    }
    for (let row = from; row < from + count; row++) {
      const data = rows.get(row);
      if (data === undefined) continue;
      let place = drawn.get(row);
      if (place === undefined || !sameRow(place.row, data)) {
        place?.element.remove();
        place = { row: data, element: drawRow(data, format) };
        place.element.id = `row-${row}`;
        place.element.setAttribute('aria-rowindex', String(row - view.base + 2));
        drawn.set(row, place);
        space.append(place.element);
      }
      place.element.style.transform = `translateY(${(row - view.base) * ROW}px)`;
      place.element.classList.toggle('sel', row === selected);
      place.element.setAttribute('aria-selected', String(row === selected));
    }
    element.setAttribute('aria-rowcount', String(view.end - view.base + 1));
    if (selected !== undefined && drawn.has(selected)) element.setAttribute('aria-activedescendant', `row-${selected}`);
    else element.removeAttribute('aria-activedescendant');
  };

  const setMode = (next: Mode): void => {
    if (next === mode) return;
    if (mode === 'following') stoppedAt = view.end;
    mode = next;
    if (mode === 'following') toBottom();
    ask();
    onMode();
  };

  const take = (next: PanelView): void => {
    const before = view.epoch < 0 ? held : undefined;
    const top = before === undefined ? scroller.scrollTop : topOfWindow(before.from, next.base);
    if (next.epoch !== view.epoch) {
      rows = new Map();
      drawn.forEach((place) => place.element.remove());
      drawn.clear();
      selected = undefined;
      stoppedAt = before?.end ?? next.end;
    }
    const moved = next.epoch === view.epoch ? topAfterDrop(top, view.base, next.base) : top;
    view = next;
    space.style.height = `${(view.end - view.base) * ROW}px`;
    if (mode === 'following') toBottom();
    else if (moved !== scroller.scrollTop) scrollTo(moved);
  };

  scroller.addEventListener('scroll', () => {
    if (Math.abs(scroller.scrollTop - ours) > 1) {
      ours = scroller.scrollTop;
      setMode(modeAfterScroll(mode, scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - ROW));
      ask();
    }
    draw();
  });
  new ResizeObserver(() => {
    // The header's cells stand above the rows', whatever the scroll bar takes.
    head.style.marginRight = `${scroller.offsetWidth - scroller.clientWidth}px`;
    if (mode === 'following') toBottom();
    ask();
    draw();
  }).observe(scroller);

  const select = (row: number): void => {
    selected = row;
    const top = (row - view.base) * ROW;
    if (row < view.end - 1 || mode !== 'following') setMode(mode === 'paused' ? mode : row === view.end - 1 ? 'following' : 'scrolled');
    if (top < scroller.scrollTop) scrollTo(top);
    else if (top + ROW > scroller.scrollTop + scroller.clientHeight) scrollTo(top + ROW - scroller.clientHeight);
    ask();
    draw();
  };
  element.addEventListener('keydown', (event) => {
    if (
      (event.ctrlKey || event.metaKey) &&
      event.key.toLowerCase() === 'c' &&
      selected !== undefined &&
      document.getSelection()?.isCollapsed !== false
    ) {
      const row = rows.get(selected);
      if (row !== undefined && row.kind !== 'mark') post({ type: 'copy', line: row.line });
      return;
    }
    const row = rowAfterKey(event.key, selected, view.base, view.end, Math.max(1, Math.floor(scroller.clientHeight / ROW) - 1));
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    select(row);
  });
  scroller.addEventListener('mousedown', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[role=row]') : null;
    const row = target === null ? NaN : Number(target.id.replace('row-', ''));
    if (Number.isInteger(row)) {
      selected = row;
      draw();
    }
  });

  return {
    element,
    mode: () => mode,
    waiting: () => (mode === 'following' ? 0 : Math.max(0, view.end - Math.max(stoppedAt, view.base))),
    setView: (next) => {
      const late = next.epoch !== view.epoch;
      take(next);
      draw();
      // Following, the newest rows come by themselves; else those that came into the window are asked for.
      if (late || (mode !== 'following' && lacksRows())) ask();
    },
    setRows: (next, from, list) => {
      take(next);
      rows = new Map(list.map((row, i) => [from + i, row]));
      draw();
    },
    setPaused: (paused) => setMode(paused ? 'paused' : 'following'),
  };
}

/** A row that was sent again need not be drawn again; its class may have changed with the ranges. */
const sameRow = (a: PanelRow, b: PanelRow): boolean =>
  a.line === b.line && a.kind === b.kind && (a.kind === 'mark' ? undefined : a.class) === (b.kind === 'mark' ? undefined : b.class);

function header({ columns }: PanelWords): HTMLElement {
  const cells = (['time', 'address', 'method', 'request', 'status', 'bytes'] as const).map((name) => {
    const cell = el('span', name, columns[name]);
    cell.setAttribute('role', 'columnheader');
    return cell;
  });
  const head = el('div', 'r hd', ...cells);
  head.setAttribute('role', 'row');
  head.setAttribute('aria-rowindex', '1');
  return head;
}

interface RowFormat {
  readonly bytes: Intl.NumberFormat;
  readonly words: PanelWords;
}

function drawRow(row: PanelRow, format: RowFormat): HTMLElement {
  const element = row.kind === 'mark' ? drawMark(row) : row.kind === 'raw' ? drawRaw(row, format) : drawLine(row.class, row.fields, format);
  element.setAttribute('role', 'row');
  for (const cell of element.children) cell.setAttribute('role', 'gridcell');
  return element;
}

function drawLine(addressClass: AddressClass, fields: LogFields, { bytes, words }: RowFormat): HTMLElement {
  const status = fields.status === undefined ? '' : String(fields.status);
  return el(
    'div',
    'r',
    el('span', 'time', ...shown(clockOf(fields.time))),
    el('span', 'address', pill(addressClass, fields.address, words)),
    el('span', 'method', ...shown(fields.method ?? '')),
    el('span', 'request', ...shown(fields.path ?? '')),
    el('span', `status e${status.slice(0, 1)}`, status),
    el('span', 'bytes', fields.bytes === undefined ? '' : bytes.format(fields.bytes)),
  );
}

function drawRaw(row: PanelRow & { kind: 'raw' }, { words }: RowFormat): HTMLElement {
  return el(
    'div',
    'r raw',
    el('span', 'time', '–'),
    el('span', 'address', pill(row.class, row.address, words)),
    el('span', 'request', ...shown(row.text)),
  );
}

function drawMark(row: PanelRow & { kind: 'mark' }): HTMLElement {
  return el('div', row.gap ? 'note gap' : 'note', el('span', '', icon(row.icon), el('span', 'words', row.text)));
}

function pill(addressClass: AddressClass, address: string | undefined, words: PanelWords): HTMLElement {
  const element = el(
    'span',
    `pill c-${addressClass}`,
    icon(CLASS_ICONS[addressClass]),
    el('span', '', ...shown(address ?? words.unparsed)),
  );
  element.title = `${displayText(address ?? words.unparsed)} · ${words.classes[addressClass]}`;
  return element;
}

/** The time of day in a log's own text, with its fraction; the whole text where there is none. */
function clockOf(time: string | undefined): string {
  return time === undefined ? '–' : (/(?:^|[ T]|\d{4}:)(\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)/.exec(time)?.[1] ?? time.slice(0, 24));
}
