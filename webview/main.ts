import '@vscode/codicons/dist/codicon.css';
import './logPanel.css';
import type { FromPanel, PanelState, PanelStatus, ToPanel } from '../src/shared/protocol';
import { makeAnnouncer } from './announce';
import { makeChart } from './chart';
import { displayText } from '../src/shared/display';
import { el, fill, setText } from './dom';
import { makeFoot } from './foot';
import { makeHead } from './head';
import { makeRows } from './rows';
import { makeProblem } from './problem';
import { registerComponents } from './toolkit';
import { makeTools } from './tools';
import { makeTop } from './top';
import { makeVerdict } from './verdict';

/** Given by VS Code to a webview's program, once. */
declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; setState(state: PanelState): void };

const vscode = acquireVsCodeApi();
const post = (message: FromPanel): void => vscode.postMessage(message);

/** The panel's program: hydrated by the host, then kept up to date. It holds nothing that the host does not. */
function hydrate({ words, head, locale, state, filter, held }: ToPanel & { type: 'hydrate' }): (message: ToPanel) => void {
  vscode.setState(state);
  let status: PanelStatus | undefined;
  const header = makeHead(head, words, post);
  const verdict = makeVerdict(words, post);
  const chart = makeChart(words, locale);
  const top = makeTop(words, locale);
  const foot = makeFoot(words, locale);
  const announcer = makeAnnouncer(words.announce);
  const problem = makeProblem(post);
  const [blankTitle, blankHint] = [el('h3'), el('p', 'dim')];
  const blank = el('div', 'blank', blankTitle, blankHint);
  blank.hidden = true;
  const rows = makeRows(words, locale, post, () => refresh(), held);
  const tools = makeTools(words, locale, () => rows, post, filter);
  rows.element.append(blank);
  document.body.replaceChildren(
    header.element,
    verdict.element,
    el('div', 'look', chart.element, top.element),
    tools.element,
    problem.element,
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
  const fillBlank = ({ problem: failed, view }: PanelStatus): void => {
    blank.hidden = failed !== undefined || view.end > view.base;
    if (blank.hidden) return;
    setText(blankTitle, tools.filtered() ? words.nothingMatches : fill(words.waiting, displayText(head.path)));
    setText(blankHint, tools.filtered() ? '' : words.waitingHint);
  };

  return (message) => {
    if (message.type === 'rows') rows.setRows(message.view, message.from, message.rows);
    if (message.type === 'status') {
      status = message;
      verdict.set(message.verdict);
      chart.set(message.share);
      top.set(message);
      tools.setTotals(message.totals, message.lines);
      rows.setView(message.view);
      problem.set(message.problem);
      fillBlank(message);
      announcer.say(message.lines, message.verdict.heading);
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
