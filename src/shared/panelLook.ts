import { ADDRESS_CLASSES, type AddressClass } from './address';
import { isRecord, isText } from './check';

// How a panel's log is looked at: what a person chose, kept over a restart of the editor.

/** Columns that can be left out; the address and the request are what a row is about. */
export const COLUMNS = ['host', 'time', 'method', 'status', 'bytes'] as const;
export type Column = (typeof COLUMNS)[number];

/** Width of the chart's bars, by name. */
export const CHART_RANGES = { minute: 1000, fiveMinutes: 5000, halfHour: 30_000, sixHours: 360_000, days: 3_600_000 } as const;
export type ChartRange = keyof typeof CHART_RANGES;

/** Parts above the rows that can be folded away. */
export const FOLDS = ['verdict', 'chart'] as const;
export type Fold = (typeof FOLDS)[number];

/** Remembered for all panels. */
export interface PanelLook {
  readonly without: readonly Column[];
  readonly wrap: boolean;
  readonly range: ChartRange;
  readonly folded: readonly Fold[];
  /** The chart is shown as a table. */
  readonly table: boolean;
}

export const FIRST_LOOK: PanelLook = { without: [], wrap: false, range: 'halfHour', folded: [], table: false };

/** What is kept of a look, checked; undefined: not ours. */
export function panelLook(value: unknown): PanelLook | undefined {
  if (!isRecord(value)) return undefined;
  const { without, wrap, range, folded, table } = value;
  const known = Object.keys(CHART_RANGES).find((name): name is ChartRange => name === range);
  if (!Array.isArray(without) || !Array.isArray(folded) || known === undefined) return undefined;
  if (typeof wrap !== 'boolean' || typeof table !== 'boolean') return undefined;
  return {
    without: COLUMNS.filter((name) => without.includes(name)),
    wrap,
    range: known,
    folded: FOLDS.filter((name) => folded.includes(name)),
    table,
  };
}

/** Text that lines are filtered by or searched for; with `regex` it is a regular expression. */
export interface PanelText {
  readonly text: string;
  readonly regex: boolean;
}

const LONGEST_TEXT = 1000;

export function panelText(value: unknown): PanelText | undefined {
  if (!isRecord(value) || !isText(value.text, LONGEST_TEXT) || typeof value.regex !== 'boolean') return undefined;
  return { text: value.text, regex: value.regex };
}

export interface PanelFilter extends PanelText {
  readonly hidden: readonly AddressClass[];
}

export function panelFilter(value: unknown): PanelFilter | undefined {
  const text = panelText(value);
  const hidden = isRecord(value) ? value.hidden : undefined;
  if (text === undefined || !Array.isArray(hidden) || !hidden.every(isClass)) return undefined;
  return { hidden, ...text };
}

/** A log of a panel. */
export interface PanelLog {
  readonly hostId: string;
  readonly path: string;
  /** The files before it too. */
  readonly history?: true;
}

/** What an editor remembers of a panel over a restart; enough to open its logs again as they were looked at. */
export interface PanelState {
  readonly logs: readonly PanelLog[];
  readonly filter?: PanelFilter;
  /** It was paused at the line with this time, in the log's own text; empty: the line had none. */
  readonly paused?: string;
}

const MOST_LOGS = 32;

/** The state that VS Code kept, checked; undefined: not ours. */
export function panelState(value: unknown): PanelState | undefined {
  if (!isRecord(value) || !Array.isArray(value.logs) || value.logs.length === 0 || value.logs.length > MOST_LOGS) return undefined;
  const logs = value.logs.flatMap((log: unknown) =>
    isRecord(log) && typeof log.hostId === 'string' && typeof log.path === 'string'
      ? [{ hostId: log.hostId, path: log.path, ...(log.history === true ? { history: true as const } : {}) }]
      : [],
  );
  if (logs.length !== value.logs.length) return undefined;
  const filter = panelFilter(value.filter);
  return { logs, ...(filter === undefined ? {} : { filter }), ...(isText(value.paused, 100) ? { paused: value.paused } : {}) };
}

const isClass = (value: unknown): value is AddressClass => ADDRESS_CLASSES.some((name) => name === value);
