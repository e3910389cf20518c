import '@vscode/codicons/dist/codicon.css';
import './logPanel.css';
import type { FromPanel, PanelState, PanelStatus, ToPanel } from '../src/shared/protocol';
import { makeAnnouncer } from './announce';
import { makeChart } from './chart';
import { el, fill, shown } from './dom';
import { makeFoot } from './foot';
import { makeHead } from './head';
import { makeRows } from './rows';
import { button, registerComponents } from './toolkit';
import { makeTools } from './tools';
import { makeTop } from './top';
import { makeVerdict } from './verdict';

/** Given by VS Code to a webview's program, once. */
declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; setState(state: PanelState): void };

const vscode = acquireVsCodeApi();
const post = (message: FromPanel): void => vscode.postMessage(message);

/** The panel's program: hydrated by the host, then kept up to date. It holds nothing that the host does not. */
function hydrate({ words, head, locale, state }: ToPanel & { type: 'hydrate' }): (message: ToPanel) => void {
  vscode.setState(state);
  let status: PanelStatus | undefined;
  const header = makeHead(head, words, post);
  const verdict = makeVerdict(words, post);
  const chart = makeChart(words, locale);
  const top = makeTop(words, locale);
  const foot = makeFoot(words, locale);
  const announcer = makeAnnouncer();
  const blank = el('div', 'blank');
  const rows = makeRows(words, locale, post, () => refresh());
  const tools = makeTools(words, locale, () => rows, post);
  rows.element.append(blank);
  document.body.replaceChildren(
    header.element,
    verdict.element,
    el('div', 'look', chart.element, top.element),
    tools.element,
    rows.element,
    foot.element,
    announcer.element,
  );

  const refresh = (): void => {
    tools.setMode();
    if (status === undefined) return;
    header.set(status.live, rows.mode() === 'following' ? undefined : words.paused);
    foot.set(status, rows.waiting());
  };
  let told = '';
  const fillBlank = ({ problem, view }: PanelStatus): void => {
    const waiting = problem === undefined && view.end === view.base;
    blank.hidden = problem === undefined && !waiting;
    const key = JSON.stringify([problem, waiting, tools.filtered()]);
    if (blank.hidden || key === told) return;
    told = key;
    if (problem === undefined) {
      const title = tools.filtered() ? words.nothingMatches : fill(words.waiting, head.path);
      blank.replaceChildren(el('h3', '', ...shown(title)), el('p', 'dim', tools.filtered() ? '' : words.waitingHint));
      return;
    }
    const buttons = problem.buttons.map(({ action, label }, i) => {
      const { element, set } = button({ primary: i === 0, onClick: () => post({ type: 'action', action }) });
      set(undefined, label);
      return element;
    });
    blank.replaceChildren(el('p', '', ...shown(problem.text)), el('div', 'v-act', ...buttons));
  };

  return (message) => {
    if (message.type === 'rows') rows.setRows(message.view, message.from, message.rows);
    if (message.type === 'status') {
      const before = status?.lines ?? 0;
      status = message;
      verdict.set(message.verdict);
      chart.set(message.share);
      top.set(message);
      tools.setTotals(message.totals, message.lines);
      rows.setView(message.view);
      fillBlank(message);
      if (message.lines > before) announcer.say(fill(words.announce, message.lines - before, message.verdict.heading));
    }
    refresh();
  };
}

registerComponents();
let show: ((message: ToPanel) => void) | undefined;
// Only VS Code's own frame can post to this window; the host's messages are typed by the shared protocol.
window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
  if (data.type === 'hydrate') show = hydrate(data);
  else show?.(data);
});
post({ type: 'ready' });
