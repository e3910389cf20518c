import { parseFilter, type FilterProblem } from '../../core/log/filter/filter';
import { findHits, type Hits } from '../../core/log/filter/hits';
import { MARK } from '../../engine/logBuffer';
import { logView, NO_FILTER, type LogFilter, type LogView } from '../../engine/logBufferView';
import { candidateOf, type KeptLine, type LogLines } from '../../engine/logLines';
import { ADDRESS_CLASSES } from '../../shared/address';
import type { LogFormat } from '../../shared/logEntry';
import type { PanelFilter, PanelStatus, PanelText, PanelView } from '../../shared/protocol';
import { filterProblemText } from '../text/filterProblem';

/** What a person sees of the lines: those that pass the filter, and among them those that the search finds. */
export interface Sight {
  readonly view: LogView;
  readonly filter: PanelFilter;
  readonly find: PanelText;
  panelView(): PanelView;
  setFilter(filter: PanelFilter): void;
  setFind(find: PanelText): void;
  readonly hits: Hits;
  /** The next line that the search finds behind (or before) `line`; from the end where there is none. undefined: nothing is found. */
  seek(forward: boolean, line: number | undefined): number | undefined;
  /** Looks at lines for about `budget` ms; true: there are more to look at. */
  update(budget: number): boolean;
  status(): Pick<PanelStatus, 'filter' | 'find'>;
}

const NOTHING: PanelText = { text: '', regex: false };

/** Makes a sight of everything. `source`: format and host of a line's log. */
export function makeSight(lines: LogLines, source: (of: number) => { readonly format: LogFormat; readonly host: string }): Sight {
  let filter: PanelFilter = { hidden: [], ...NOTHING };
  let find = NOTHING;
  let filtering: LogFilter = NO_FILTER;
  let view = logView(lines, NO_FILTER);
  let finding: LogView | undefined;
  let hits: Hits = () => [];
  let epoch = 0;
  let at: number | undefined;
  let [filterProblem, findProblem] = [undefined as FilterProblem | undefined, undefined as FilterProblem | undefined];

  /** A filter as a test of kept lines; what cannot be read hides nothing. */
  const compiled = (next: PanelFilter): LogFilter => {
    const parsed = parseFilter(next);
    filterProblem = 'problem' in parsed ? parsed.problem : undefined;
    const test = 'problem' in parsed ? undefined : parsed.test;
    const hidden = new Set(next.hidden.map((name) => ADDRESS_CLASSES.indexOf(name)));
    if (test === undefined) return { hidden };
    return {
      hidden,
      passes: (kept) => {
        const { format, host } = source(kept.source);
        const candidate = candidateOf(kept, format, host);
        return candidate === undefined || test(candidate);
      },
    };
  };

  const search = (): void => {
    at = undefined;
    const found = findHits(find);
    findProblem = 'problem' in found ? found.problem : undefined;
    hits = 'problem' in found ? () => [] : found.hits;
    const holds = 'problem' in found ? undefined : found.holds;
    if (holds === undefined) {
      finding = undefined;
      return;
    }
    const passes = (kept: KeptLine): boolean => {
      if (kept.code === MARK || filtering.passes?.(kept) === false) return false;
      const { format, host } = source(kept.source);
      return holds(candidateOf(kept, format, host)?.text() ?? '');
    };
    finding = logView(lines, { hidden: filtering.hidden, passes });
  };

  return {
    get view() {
      return view;
    },
    get filter() {
      return filter;
    },
    get find() {
      return find;
    },
    get hits() {
      return hits;
    },
    panelView: () => ({ epoch, base: view.base, end: view.end }),
    setFilter: (next) => {
      filter = next;
      filtering = compiled(next);
      view = logView(lines, filtering);
      epoch++;
      search();
    },
    setFind: (next) => {
      find = next;
      search();
    },
    seek: (forward, line) => {
      if (finding === undefined || finding.end <= finding.base) return undefined;
      const row = finding.row(line === undefined ? lines.end : forward ? line + 1 : line);
      const wanted = forward ? (row < finding.end ? row : finding.base) : row > finding.base ? row - 1 : finding.end - 1;
      at = finding.line(wanted);
      return at;
    },
    update: (budget) => {
      view.update(budget);
      finding?.update(budget);
      return view.left > 0 || (finding?.left ?? 0) > 0;
    },
    status: () => {
      const ordinal = at === undefined || finding === undefined ? undefined : finding.row(at) - finding.base + 1;
      return {
        filter: { left: view.left, ...(filterProblem === undefined ? {} : { problem: filterProblemText(filterProblem) }) },
        find: {
          count: finding === undefined ? 0 : finding.end - finding.base,
          ...(ordinal === undefined ? {} : { at: ordinal }),
          left: finding?.left ?? 0,
          ...(findProblem === undefined ? {} : { problem: filterProblemText(findProblem) }),
        },
      };
    },
  };
}
