import type { AddressClass } from './address';
import { isCount, isRecord } from './check';
import type { LogFields } from './logEntry';
import type { PanelCount } from './panelCount';
import { panelFilter, panelLook, panelText, type PanelFilter, type PanelLook, type PanelState, type PanelText } from './panelLook';
import type { PanelStatus, PanelView } from './panelStatus';
import type { PanelWords } from './panelWords';

export type { PanelFilter, PanelLog, PanelLook, PanelState, PanelText } from './panelLook';
export type { PanelButton, PanelFigures, PanelStatus, PanelView, Tone } from './panelStatus';
export type { PanelWords } from './panelWords';

// What the extension host and a log panel say to each other. The host owns the log: the panel says `ready`, is hydrated,
// and then sees windows of the log and a status now and then, as long as it is visible.

/** Buttons of the panel that the host carries out. */
export const PANEL_ACTIONS = [
  ...([
    'install',
    'reboot',
    'load',
    'verify',
    'ownAddress',
    'setRanges',
    'refresh',
    'retry',
    'readWithSudo',
    'pickLog',
    'pickHosts',
  ] as const),
  ...(['columns', 'jumpToTime', 'export', 'countWholeFile', 'endCount'] as const),
] as const;
export type PanelAction = (typeof PANEL_ACTIONS)[number];

/** From the panel. It is our own program, but it shows hostile text: every message is checked by `fromPanel`. */
export type FromPanel =
  | { readonly type: 'ready' }
  /** Rows wanted, by their numbers in the view; with `follow` the newest `count` rows, as they come. */
  | { readonly type: 'window'; readonly from: number; readonly count: number; readonly follow: boolean }
  /** Classes that are hidden, and what a line must pass; `core/log/filter` reads the text. `near`: the line to be led back to. */
  | ({ readonly type: 'filter'; readonly near?: number } & PanelFilter)
  /** Text to be marked in the rows that pass the filter; empty: none. */
  | ({ readonly type: 'find' } & PanelText)
  /** The next or previous line that holds the text, as seen from a line (or from the end); answered by `goto`. */
  | { readonly type: 'seek'; readonly forward: boolean; readonly from?: number }
  /** Everything of a line; answered by `detail`. */
  | { readonly type: 'detail'; readonly line: number }
  /** The lines of the view from one to another, as text; or a line's address. */
  | { readonly type: 'copy'; readonly what: 'lines' | 'address'; readonly from: number; readonly to: number }
  | ({ readonly type: 'look' } & PanelLook)
  | { readonly type: 'clear' }
  /** `of`: the log that it is about, where there are several. */
  | { readonly type: 'action'; readonly action: PanelAction; readonly of?: number };

/** More rows than any screen shows. */
export const MOST_ROWS = 500;

/** A message from the panel, checked; undefined: it is none of ours and is dropped. */
export function fromPanel(message: unknown): FromPanel | undefined {
  if (!isRecord(message)) return undefined;
  switch (message.type) {
    case 'ready':
    case 'clear':
      return { type: message.type };
    case 'window': {
      const { from, count, follow } = message;
      if (!isCount(from) || !isCount(count) || count > MOST_ROWS || typeof follow !== 'boolean') return undefined;
      return { type: 'window', from, count, follow };
    }
    case 'filter': {
      const filter = typed('filter', panelFilter(message));
      return filter !== undefined && isCount(message.near) ? { ...filter, near: message.near } : filter;
    }
    case 'find':
      return typed('find', panelText(message));
    case 'look':
      return typed('look', panelLook(message));
    case 'seek': {
      const { forward, from } = message;
      if (typeof forward !== 'boolean' || (from !== undefined && !isCount(from))) return undefined;
      return { type: 'seek', forward, ...(from === undefined ? {} : { from }) };
    }
    case 'detail':
      return isCount(message.line) ? { type: 'detail', line: message.line } : undefined;
    case 'copy': {
      const { what, from, to } = message;
      return (what === 'lines' || what === 'address') && isCount(from) && isCount(to) ? { type: 'copy', what, from, to } : undefined;
    }
    case 'action': {
      const action = PANEL_ACTIONS.find((name) => name === message.action);
      if (action === undefined) return undefined;
      return { type: 'action', action, ...(isCount(message.of) ? { of: message.of } : {}) };
    }
    default:
      return undefined;
  }
}

const typed = <K extends string, T>(type: K, value: T | undefined): ({ readonly type: K } & T) | undefined =>
  value === undefined ? undefined : { type, ...value };

/** To the panel. */
export type ToPanel =
  | ({ readonly type: 'hydrate'; readonly words: PanelWords; readonly head: PanelHead; readonly locale: string } & PanelSight)
  | ({ readonly type: 'status' } & PanelStatus)
  | { readonly type: 'rows'; readonly view: PanelView; readonly from: number; readonly rows: readonly PanelRow[] }
  /** A row that a person asked to be led to. */
  | { readonly type: 'goto'; readonly view: PanelView; readonly row: number }
  | ({ readonly type: 'detail' } & PanelDetail)
  /** The host changed the filter, at a person's wish. */
  | ({ readonly type: 'filter' } & PanelFilter)
  | ({ readonly type: 'look' } & PanelLook)
  | { readonly type: 'count'; readonly count: PanelCount };

/** What a person looked at when the panel was hidden, so that it comes back as it was. */
export interface PanelSight {
  readonly state: PanelState;
  readonly filter: PanelFilter;
  readonly find: PanelText;
  readonly look: PanelLook;
  /** The window's first row, and where the view ended when following ended; undefined: it follows. */
  readonly held?: { readonly from: number; readonly end: number };
}

export interface PanelHead {
  /** A host's name and group; or how many there are. */
  readonly host: string;
  readonly group: string;
  readonly path: string;
  /** Names of the hosts whose logs are merged, in the order of `PanelRow.source`; one: nothing is merged. */
  readonly sources: readonly string[];
  /** The whole file can be counted. */
  readonly countable: boolean;
}

/** What all rows have. `line` is the line's number in the panel's log; `hits`: pieces of text that the search found in it. */
interface RowBase {
  readonly line: number;
  readonly source: number;
  readonly hits?: readonly string[];
  /** It came after later lines were shown. */
  readonly late?: true;
}

/** A row. All text but a mark's is hostile. */
export type PanelRow = RowBase &
  (
    | { readonly kind: 'line'; readonly class: AddressClass; readonly fields: LogFields }
    /** Could not be read: `text` is all of it, cut to what a row can show. */
    | { readonly kind: 'raw'; readonly class: AddressClass; readonly address?: string; readonly text: string }
    | { readonly kind: 'mark'; readonly gap: boolean; readonly icon: string; readonly text: string }
  );

/** Everything of a line: its parts by name, and its text as it is in the log. */
export interface PanelDetail {
  readonly line: number;
  readonly class: AddressClass;
  readonly address?: string;
  readonly parts: readonly (readonly [name: string, text: string])[];
  readonly text: string;
}
