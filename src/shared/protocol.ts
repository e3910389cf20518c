import { ADDRESS_CLASSES, type AddressClass } from './address';
import type { LogFields } from './logEntry';

// What the extension host and a log panel say to each other. The host owns the log: the panel says `ready`, is hydrated,
// and then sees windows of the log and a status now and then, as long as it is visible.

/** Buttons of the panel that the host carries out. */
export const PANEL_ACTIONS = [
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
] as const;
export type PanelAction = (typeof PANEL_ACTIONS)[number];

/** From the panel. It is our own program, but it shows hostile text: every message is checked by `fromPanel`. */
export type FromPanel =
  | { readonly type: 'ready' }
  /** Rows wanted, by their numbers in the view; with `follow` the newest `count` rows, as they come. */
  | { readonly type: 'window'; readonly from: number; readonly count: number; readonly follow: boolean }
  /** Classes that are hidden, and text that a line must hold. */
  | ({ readonly type: 'filter' } & PanelFilter)
  | { readonly type: 'copy'; readonly line: number }
  | { readonly type: 'clear' }
  | { readonly type: 'action'; readonly action: PanelAction };

/** More rows than any screen shows. */
export const MOST_ROWS = 500;
const LONGEST_FILTER = 1000;

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
      const { hidden, text } = message;
      if (!Array.isArray(hidden) || typeof text !== 'string' || text.length > LONGEST_FILTER) return undefined;
      if (!hidden.every(isClass)) return undefined;
      return { type: 'filter', hidden, text };
    }
    case 'copy':
      return isCount(message.line) ? { type: 'copy', line: message.line } : undefined;
    case 'action': {
      const action = PANEL_ACTIONS.find((name) => name === message.action);
      return action === undefined ? undefined : { type: 'action', action };
    }
    default:
      return undefined;
  }
}

/** To the panel. */
export type ToPanel =
  | ({ readonly type: 'hydrate'; readonly words: PanelWords; readonly head: PanelHead; readonly locale: string } & PanelSight)
  | ({ readonly type: 'status' } & PanelStatus)
  | { readonly type: 'rows'; readonly view: PanelView; readonly from: number; readonly rows: readonly PanelRow[] };

export interface PanelFilter {
  readonly hidden: readonly AddressClass[];
  readonly text: string;
}

/** What a person looked at when the panel was hidden, so that it comes back as it was. */
export interface PanelSight {
  readonly state: PanelState;
  readonly filter: PanelFilter;
  /** The window's first row, and where the view ended when following ended; undefined: it follows. */
  readonly held?: { readonly from: number; readonly end: number };
}

/** What an editor remembers of a panel over a restart; enough to open the log again. */
export interface PanelState {
  readonly hostId: string;
  readonly path: string;
}

/** The state that VS Code kept, checked; undefined: not ours. */
export function panelState(value: unknown): PanelState | undefined {
  if (!isRecord(value) || typeof value.hostId !== 'string' || typeof value.path !== 'string') return undefined;
  return { hostId: value.hostId, path: value.path };
}

export interface PanelHead {
  readonly host: string;
  readonly group: string;
  readonly path: string;
}

/** The rows that pass the filter: their numbers go from `base` to `end`; `epoch` changes with the filter. */
export interface PanelView {
  readonly epoch: number;
  readonly base: number;
  readonly end: number;
}

/** A row. `line` is the line's number in the log's buffer; all text but a mark's is hostile. */
export type PanelRow =
  | { readonly kind: 'line'; readonly line: number; readonly class: AddressClass; readonly fields: LogFields }
  /** Could not be read: `text` is all of it, cut to what a row can show. */
  | { readonly kind: 'raw'; readonly line: number; readonly class: AddressClass; readonly address?: string; readonly text: string }
  | { readonly kind: 'mark'; readonly line: number; readonly gap: boolean; readonly icon: string; readonly text: string };

export type Tone = 'proven' | 'attention' | 'failed' | 'neutral';

export interface PanelButton {
  readonly action: PanelAction;
  readonly label: string;
}

export interface PanelStatus {
  readonly live: { readonly tone: Tone; readonly icon: string; readonly text: string };
  readonly verdict: {
    readonly tone: Tone;
    readonly icon: string;
    readonly heading: string;
    readonly level: string;
    readonly text: string;
    /** Label and text: seen, cause, to do. */
    readonly why: readonly (readonly [string, string])[];
    readonly buttons: readonly PanelButton[];
    readonly ladder: readonly {
      readonly label: string;
      readonly small: string;
      readonly look: 'done' | 'stop' | 'open';
      readonly top: boolean;
    }[];
    readonly kernel: PanelFigures;
    readonly log: PanelFigures;
  };
  /** Something that keeps the log from being read, shown in place of rows or above them. */
  readonly problem?: { readonly text: string; readonly buttons: readonly PanelButton[] };
  readonly totals: Readonly<Record<AddressClass, number>>;
  readonly lines: number;
  /** undefined: not measured yet. */
  readonly perSecond?: number;
  readonly dropped: number;
  readonly cut: number;
  readonly kept: number;
  readonly limit: number;
  readonly bytes: number;
  readonly format: string;
  readonly asRoot: boolean;
  readonly distinct: number;
  readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
  /** Bars of `barMs`, the first from `from`; counts in the order of ADDRESS_CLASSES. */
  readonly share: {
    readonly from: number;
    readonly barMs: number;
    readonly counts: readonly (readonly number[])[];
    /** When the host was booted, if it was in this time: what came before says nothing of the running kernel. */
    readonly boot?: { readonly at: number; readonly text: string };
  };
  readonly view: PanelView;
}

/** A small table beside the verdict. `flat`: a counter that should rise and does not. */
export interface PanelFigures {
  readonly caption: string;
  readonly rows: readonly { readonly name: string; readonly value: string; readonly note: string; readonly flat: boolean }[];
}

/** Every word that the panel's program itself shows, in the editor's language. `{0}` is filled in. */
export interface PanelWords {
  readonly classes: Readonly<Record<AddressClass, string>>;
  readonly columns: Readonly<Record<'time' | 'address' | 'method' | 'request' | 'status' | 'bytes', string>>;
  readonly pause: string;
  readonly follow: string;
  readonly followNew: string;
  readonly paused: string;
  readonly search: string;
  readonly clear: string;
  readonly log: string;
  readonly chooseLog: string;
  readonly verdict: string;
  readonly evidence: string;
  readonly filterByClass: string;
  readonly share: string;
  readonly shareNow: string;
  readonly shareUnknown: string;
  readonly noLinesYet: string;
  readonly now: string;
  readonly topAddresses: string;
  readonly noAddresses: string;
  readonly waiting: string;
  readonly waitingHint: string;
  readonly nothingMatches: string;
  readonly unparsed: string;
  readonly perSecond: string;
  readonly lines: string;
  readonly waitingLines: string;
  readonly dropped: string;
  readonly cut: string;
  readonly buffer: string;
  readonly readWithSudo: string;
  readonly announce: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isClass = (value: unknown): value is AddressClass => ADDRESS_CLASSES.some((name) => name === value);
