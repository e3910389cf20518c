import { DEFAULT_LIMITS } from '../../engine/logBuffer';
import { linesOf, type LogLines } from '../../engine/logLines';
import { logMerge, type LogMerge } from '../../engine/logMerge';
import type { LogFormat } from '../../shared/logEntry';
import type { PanelLog } from '../../shared/panelLook';
import { panelSource, type PanelSource, type PanelUi } from './source';

/** All that a panel reads: its logs, and their lines as one. */
export interface PanelLines {
  readonly sources: readonly PanelSource[];
  readonly lines: LogLines;
  /** undefined: there is one log, and nothing to merge. */
  readonly merge?: LogMerge;
  readonly limit: number;
  readonly dropped: () => number;
  readonly origin: (source: number) => { readonly format: LogFormat; readonly host: string };
}

/** Makes a panel's logs. Several share the memory that one would have, and each keeps as many lines as all together show. */
export function panelLines(ui: PanelUi, logs: readonly PanelLog[], limit: number): PanelLines {
  // Room for lines of two hundred bytes and more, up to the limit of lines; long ones are bounded by it.
  const bytes = Math.max(DEFAULT_LIMITS.bytes, limit * 256) / logs.length;
  const sources = logs.map((log) => panelSource(ui, log, { ...DEFAULT_LIMITS, lines: limit, bytes }));
  const origin = (of: number): { readonly format: LogFormat; readonly host: string } => {
    const source = sources[of];
    return { format: source?.buffer.format ?? 'unknown', host: source?.hostName() ?? '' };
  };
  const [only] = sources;
  if (only !== undefined && sources.length === 1) {
    return { sources, lines: linesOf(only.buffer.store), limit, dropped: () => only.buffer.store.dropped, origin };
  }
  const merge = logMerge(
    sources.map((source) => ({
      store: source.buffer.store,
      timeOf: (line, code) => source.timeOf(line, code),
      starting: () => source.tail().kind === 'connecting' && source.buffer.lines === 0,
    })),
    limit,
  );
  return { sources, lines: merge, merge, limit, dropped: () => merge.dropped, origin };
}
