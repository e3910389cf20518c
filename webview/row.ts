import type { AddressClass } from '../src/shared/address';
import { displayText } from '../src/shared/display';
import type { LogFields } from '../src/shared/logEntry';
import type { PanelHead, PanelRow, PanelWords } from '../src/shared/protocol';
import { el, icon, marked, shown } from './dom';

/** The icon that carries a class without its colour. */
export const CLASS_ICONS: Readonly<Record<AddressClass, string>> = {
  visitor: 'account',
  origin: 'shield',
  private: 'home',
  public: 'globe',
  unparsed: 'question',
};

/** What rows are drawn with. */
export interface RowFormat {
  readonly bytes: Intl.NumberFormat;
  readonly words: PanelWords;
  readonly sources: PanelHead['sources'];
}

/** Host colours, and shapes of the bar that has them, of which there are as many as style rules. */
const HOST_COLOURS = 6;
const BAR_SHAPES = 3;
export const hostClass = (source: number): string => `h${source % HOST_COLOURS} bar${Math.floor(source / HOST_COLOURS) % BAR_SHAPES}`;

/** The heads of the columns. */
export function drawHead({ columns }: PanelWords): HTMLElement {
  const cells = (['host', 'time', 'address', 'method', 'request', 'status', 'bytes'] as const).map((name) => {
    const cell = el('span', name, columns[name]);
    cell.setAttribute('role', 'columnheader');
    return cell;
  });
  const head = el('div', 'r hd', ...cells);
  head.setAttribute('role', 'row');
  head.setAttribute('aria-rowindex', '1');
  return head;
}

/** A row with its cells. */
export function drawRow(row: PanelRow, format: RowFormat): HTMLElement {
  const element = row.kind === 'mark' ? drawMark(row) : row.kind === 'raw' ? drawRaw(row, format) : drawLine(row, format);
  if (row.hits !== undefined) element.classList.add('hit');
  element.setAttribute('role', 'row');
  for (const cell of element.children) cell.setAttribute('role', 'gridcell');
  element.dataset.vscodeContext = contextOf(row, format);
  return element;
}

/** What VS Code hands over to the commands of a row's context menu. */
export const contextOf = (row: PanelRow, { sources }: Pick<RowFormat, 'sources'>): string =>
  JSON.stringify({
    webviewSection: row.kind === 'mark' ? 'mark' : 'row',
    preventDefaultContextMenuItems: true,
    line: row.line,
    toaAddress: (row.kind === 'line' && row.fields.address !== undefined) || (row.kind === 'raw' && row.address !== undefined),
    toaStatus: row.kind === 'line' && row.fields.status !== undefined,
    toaMerged: sources.length > 1,
  });

/** A row that was sent again need not be drawn again; its class may have changed with the ranges, its hits with the search. */
export const sameRow = (a: PanelRow, b: PanelRow): boolean =>
  a.line === b.line && a.kind === b.kind && classOf(a) === classOf(b) && a.hits?.join() === b.hits?.join();

const classOf = (row: PanelRow): AddressClass | undefined => (row.kind === 'mark' ? undefined : row.class);

function drawLine(row: PanelRow & { kind: 'line' }, format: RowFormat): HTMLElement {
  const { fields, hits = [] } = row;
  const status = fields.status === undefined ? '' : String(fields.status);
  return el(
    'div',
    'r',
    host(row, format),
    time(row, fields.time, format.words),
    el('span', 'address', pill(row.class, fields.address, format.words, hits)),
    el('span', 'method', ...marked(fields.method ?? '', hits)),
    request(fields, hits),
    el('span', `status e${status.slice(0, 1)}`, ...marked(status, hits)),
    el('span', 'bytes', fields.bytes === undefined ? '' : format.bytes.format(fields.bytes)),
  );
}

/** The method stands before the path where its own column has no room. */
function request({ method, path }: LogFields, hits: readonly string[]): HTMLElement {
  return el('span', 'request', el('span', 'verb', ...marked(method === undefined ? '' : `${method} `, hits)), ...marked(path ?? '', hits));
}

function drawRaw(row: PanelRow & { kind: 'raw' }, format: RowFormat): HTMLElement {
  return el(
    'div',
    'r raw',
    host(row, format),
    time(row, undefined, format.words),
    el('span', 'address', pill(row.class, row.address, format.words, row.hits ?? [])),
    el('span', 'request', ...marked(row.text, row.hits ?? [])),
  );
}

function drawMark(row: PanelRow & { kind: 'mark' }): HTMLElement {
  return el('div', row.gap ? 'note gap' : 'note', el('span', '', icon(row.icon), el('span', 'words', ...shown(row.text))));
}

function host({ source }: PanelRow, { sources }: RowFormat): HTMLElement {
  const name = sources[source] ?? '';
  const cell = el('span', `host ${hostClass(source)}`, el('i', 'hostbar'), ...shown(name));
  cell.title = displayText(name);
  return cell;
}

function time(row: PanelRow, text: string | undefined, words: PanelWords): HTMLElement {
  const cell = el('span', 'time', ...shown(clockOf(text)));
  if (row.late === true) {
    const sign = icon('history', 'late');
    cell.append(' ', sign);
    cell.title = words.late;
  }
  return cell;
}

function pill(addressClass: AddressClass, address: string | undefined, words: PanelWords, hits: readonly string[]): HTMLElement {
  const text = address ?? words.unparsed;
  const element = el('span', `pill c-${addressClass}`, icon(CLASS_ICONS[addressClass]), el('span', '', ...marked(text, hits)));
  element.title = `${displayText(text)} · ${words.classes[addressClass]}`;
  return element;
}

/** The time of day in a log's own text, with its fraction; the whole text where there is none. */
function clockOf(time: string | undefined): string {
  return time === undefined ? '–' : (/(?:^|[ T]|\d{4}:)(\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)/.exec(time)?.[1] ?? time.slice(0, 24));
}
