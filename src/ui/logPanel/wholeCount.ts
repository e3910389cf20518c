import { l10n, window } from 'vscode';
import { HostError, problemOf } from '../../core/problem';
import { countLog } from '../../engine/countLog';
import { parseCidrs } from '../../shared/address';
import type { PanelCount } from '../../shared/panelCount';
import { settings } from '../settings';
import { size } from '../text/amount';
import { plain } from '../text/hostile';
import { problemText } from '../text/problem';
import type { PanelSource, PanelUi } from './source';

/** The count of a panel's whole log. */
export interface WholeCount {
  readonly now: () => PanelCount;
  /** Counts on the host, by address; one that is under way goes on. What fails is told. */
  readonly start: () => Promise<void>;
  /** Ends a count, on the host too, or forgets one that is done. */
  readonly end: () => void;
  /** The panel is gone: ends a count and tells nobody. */
  readonly stop: () => void;
}

/** Addresses that are shown. */
const TOP = 100;

/** `changed`: told of every step. */
export function wholeCount(
  ui: Pick<PanelUi, 'transport' | 'prompts'>,
  source: PanelSource,
  changed: (count: PanelCount) => void,
): WholeCount {
  let count: PanelCount = { state: 'none' };
  let run: AbortController | undefined;
  const set = (next: PanelCount): void => {
    count = next;
    changed(next);
  };

  const start = async (): Promise<void> => {
    const host = source.view()?.host;
    if (host === undefined || run !== undefined) return;
    const own = (run = new AbortController());
    set({ state: 'counting', done: 0, text: l10n.t('Connecting') });
    try {
      const session = await ui.transport.connect(host, { prompts: ui.prompts, signal: own.signal });
      const next = await counted(session, source, own.signal, (read, total) => {
        if (run === own) set({ state: 'counting', done: total === 0 ? 0 : read / total, text: progressText(read, total) });
      });
      if (run === own) set(next);
    } catch (error) {
      if (run !== own || own.signal.aborted) return;
      set({ state: 'none' });
      const { message } = problemText(problemOf(error), { host: error instanceof HostError ? error.host : host.name });
      void window.showErrorMessage(plain(message, 600));
    } finally {
      if (run === own) run = undefined;
    }
  };
  const stop = (): void => {
    run?.abort();
    run = undefined;
  };
  return {
    now: () => count,
    start,
    stop,
    end: () => {
      stop();
      set({ state: 'none' });
    },
  };
}

async function counted(
  session: Parameters<typeof countLog>[0],
  source: PanelSource,
  signal: AbortSignal,
  onProgress: (read: number, total: number) => void,
): Promise<PanelCount> {
  const moment = source.marks().findLast(({ kind }) => kind === 'loaded');
  const { lines, classes, distinct, parts, top, files } = await countLog(session, source.log.path, {
    as: source.runsAs(),
    format: source.buffer.format,
    ranges: parseCidrs(settings.cidrs()).ranges,
    top: TOP,
    ...(source.log.history === true ? { rotated: true } : {}),
    ...(moment === undefined ? {} : { moment: moment.at }),
    onProgress,
    signal,
  });
  return {
    state: 'counted',
    all: { lines, classes, distinct },
    ...(moment !== undefined && parts !== undefined
      ? { parts: { moment: moment.text, ...parts } }
      : { whole: wholeText(moment !== undefined) }),
    top,
    size: size(files.reduce((sum, { bytes }) => sum + bytes, 0)),
  };
}

const wholeText = (loaded: boolean): string =>
  loaded
    ? l10n.t('The log’s format tells no time that can be compared: lines from before the module are not told apart.')
    : l10n.t('The TOA module has not been seen loaded: there is no before and after.');

function progressText(read: number, total: number): string {
  return read < total ? l10n.t('{0} % of {1}', Math.floor((100 * read) / total), size(total)) : l10n.t('{0} read, adding up', size(total));
}
