import { displayText } from '../src/shared/display';
import type { Fold, PanelLook } from '../src/shared/panelLook';
import type { FromPanel, PanelFilter, PanelState, PanelStatus, ToPanel } from '../src/shared/protocol';
import { makeAnnouncer } from './announce';
import { makeChart } from './chart';
import { makeCount } from './count';
import { makeDetail } from './detail';
import { el, fill, setText } from './dom';
import { makeFind } from './find';
import { makeFoot } from './foot';
import { makeHead } from './head';
import { makeProblem } from './problem';
import { makeRows } from './rows';
import { makeTools } from './tools';
import { makeTop } from './top';
import { makeVerdict } from './verdict';

/** The panel's program: hydrated by the host, then kept up to date. It holds nothing that the host does not. */
export interface Panel {
  readonly elements: readonly HTMLElement[];
  readonly take: (message: ToPanel) => void;
}

/** Makes the panel's parts and joins them. `keep`: what the editor is to remember over a restart. */
export function makePanel(
  { words, head, locale, state, filter, find: search, look: firstLook, held }: ToPanel & { type: 'hydrate' },
  post: (message: FromPanel) => void,
  keep: (state: PanelState) => void,
): Panel {
  let status: PanelStatus | undefined;
  let look = firstLook;

  const changeLook = (change: Partial<PanelLook>): void => {
    applyLook({ ...look, ...change });
    post({ type: 'look', ...look });
  };
  const fold = (part: Fold): void =>
    changeLook({ folded: look.folded.includes(part) ? look.folded.filter((one) => one !== part) : [...look.folded, part] });

  const header = makeHead(head, words, post);
  const verdict = makeVerdict(words, post, () => fold('verdict'));
  const chart = makeChart(words, locale, {
    onRange: (range) => changeLook({ range }),
    onTable: () => changeLook({ table: !look.table }),
    onFold: () => fold('chart'),
  });
  const top = makeTop(words, locale);
  const foot = makeFoot(words, locale);
  const announcer = makeAnnouncer(words.announce);
  const problem = makeProblem(post);
  const [blankTitle, blankHint] = [el('h3'), el('p', 'dim')];
  const blank = el('div', 'blank', blankTitle, blankHint);
  blank.hidden = true;

  const rows = makeRows(words, locale, head, post, held, {
    onMode: () => {
      remember();
      refresh();
    },
    onSelect: ({ line }) => detail.isOpen() && post({ type: 'detail', line }),
    onOpen: () => {
      const line = rows.current()?.line;
      if (detail.isOpen()) detail.close();
      else if (line !== undefined) post({ type: 'detail', line });
    },
    onFind: (forward) => {
      if (forward === undefined || !finder.isOpen()) finder.open();
      else finder.seek(forward);
    },
    onEscape: () => {
      if (detail.isOpen()) detail.close();
      else if (finder.isOpen()) finder.close();
    },
  });
  const focusRows = (): void => rows.element.focus({ preventScroll: true });
  const finder = makeFind(words, locale, search, post, { from: () => rows.current()?.line, onClose: focusRows, say: announcer.say });
  const sendFilter = (): void => {
    const near = rows.mode() === 'following' ? undefined : rows.current()?.line;
    post({ type: 'filter', ...tools.filter(), ...(near === undefined ? {} : { near }) });
    remember();
  };
  const takeFilter = (next: PanelFilter): void => {
    tools.setFilter(next);
    remember();
  };
  const count = makeCount(words, locale, post);
  const tools = makeTools(words, locale, head.countable ? count.tool : undefined, () => rows, post, filter, {
    onFilter: sendFilter,
    onFind: () => finder.open(),
    onWrap: () => changeLook({ wrap: !look.wrap }),
  });
  const only = (address: string): void => {
    takeFilter({ ...tools.filter(), text: `address:${address}` });
    sendFilter();
  };
  const detail = makeDetail(words, post, only, focusRows);
  const chartBox = el('div', 'look', chart.element, top.element, count.element);
  const list = el('div', 'list', rows.element, blank, finder.element);

  const remember = (): void => {
    const paused = rows.mode() === 'following' ? undefined : rows.firstSeen();
    const time = paused?.kind === 'line' ? (paused.fields.time ?? '') : '';
    keep({ logs: state.logs, filter: tools.filter(), ...(paused === undefined ? {} : { paused: time.slice(0, 100) }) });
  };
  const applyLook = (next: PanelLook): void => {
    look = next;
    rows.setLook(look);
    chart.setLook(look);
    tools.setWrap(look.wrap);
    verdict.setFolded(look.folded.includes('verdict'));
    chartBox.classList.toggle('folded', look.folded.includes('chart'));
  };
  const refresh = (): void => {
    tools.setMode();
    if (status === undefined) return;
    header.set(status.live, rows.mode() === 'following' ? undefined : words.paused);
    foot.set(status, rows.waiting());
  };
  const filtered = (): boolean => tools.filter().hidden.length > 0 || tools.filter().text !== '';
  const fillBlank = ({ problem: failed, view, filter: { left } }: PanelStatus): void => {
    blank.hidden = failed !== undefined || view.end > view.base || left > 0;
    if (blank.hidden) return;
    setText(blankTitle, filtered() ? words.nothingMatches : fill(words.waiting, displayText(head.path)));
    setText(blankHint, filtered() ? '' : words.waitingHint);
  };
  const takeStatus = (next: PanelStatus): void => {
    status = next;
    verdict.set(next.verdict);
    chart.set(next.share);
    top.set(next);
    tools.setStatus(next);
    finder.set(next);
    rows.setView(next.view);
    problem.set(next.problem);
    fillBlank(next);
    announcer.lines(next.lines, next.verdict.heading);
  };

  applyLook(look);
  return {
    elements: [
      header.element,
      verdict.element,
      chartBox,
      tools.element,
      problem.element,
      el('div', 'body', list, detail.element),
      foot.element,
      announcer.element,
    ],
    take: (message) => {
      switch (message.type) {
        case 'rows':
          rows.setRows(message.view, message.from, message.rows);
          break;
        case 'status':
          takeStatus(message);
          break;
        case 'goto':
          rows.goTo(message.view, message.row);
          break;
        case 'detail':
          detail.show(message);
          break;
        case 'filter':
          takeFilter(message);
          break;
        case 'look':
          applyLook(message);
          break;
        case 'count':
          count.set(message.count);
          top.element.hidden = message.count.state === 'counted';
          break;
        case 'hydrate':
          break;
      }
      refresh();
    },
  };
}
