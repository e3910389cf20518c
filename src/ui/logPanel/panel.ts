import { env, Uri, type WebviewPanel } from 'vscode';
import { parseCidrs } from '../../shared/address';
import type { FromPanel, PanelFilter, PanelSight, PanelState, ToPanel } from '../../shared/protocol';
import { fromPanel } from '../../shared/protocol';
import { settings } from '../settings';
import { panelActions } from './actions';
import { copyLines } from './copy';
import { panelDetail } from './detail';
import { isCountable, panelHead } from './head';
import { panelHtml } from './html';
import { lineAtTime } from './jump';
import { filterFor, type LineAction } from './lineActions';
import { panelLines } from './lines';
import type { LookMemory } from './lookMemory';
import { panelRow } from './rows';
import { makeSight } from './sight';
import type { PanelUi } from './source';
import { statusTeller } from './statusNow';
import { wholeCount } from './wholeCount';
import { panelWords } from './words';

/** An open panel, as its owner sees it. */
export interface LogPanel {
  readonly active: boolean;
  reveal(): void;
  /** The ranges or the host's state may have changed. */
  refresh(): void;
  /** Of the context menu of a row. */
  act(action: LineAction, line: number): void;
}

/** How often a visible panel is brought up to date. */
const TICK_MS = 200;
/** Of a tick, ms that a filter or a search may take; then it gives way, and goes on after as long a pause. */
const SLICE_MS = 12;

/** Wires one webview panel: followers, lines, messages. It lives as long as the panel; `ask` false opens it without any prompt. */
export function wirePanel(
  ui: PanelUi,
  panel: WebviewPanel,
  extensionUri: Uri,
  state: PanelState,
  { ask, memory }: { readonly ask: boolean; readonly memory: LookMemory },
): LogPanel {
  const all = panelLines(ui, state.logs, settings.bufferLines());
  const { sources, lines } = all;
  const sight = makeSight(lines, all.origin);
  if (state.filter !== undefined) sight.setFilter(state.filter);
  const statusNow = statusTeller(all, sight);

  let wanted = { from: 0, count: 0, follow: true };
  let held: PanelSight['held'];
  /** Where a restored panel was paused; found again once its lines are there. */
  let pausedAt = state.paused;
  /** Ticks that its first lines are given to come. */
  let settling = 5;
  /** The line to be led back to, once the filter has looked at all. */
  let near: number | undefined;
  let cidrs = settings.cidrs();
  let sent = '';
  let lastEnd = -1;
  let formats = '';
  let [started, ready] = [false, false];

  const post = (message: ToPanel): void => void panel.webview.postMessage(message);
  const [only] = sources;
  const count =
    only === undefined || !isCountable(sources) ? undefined : wholeCount(ui, only, (one) => post({ type: 'count', count: one }));
  const goTo = (line: number): void => post({ type: 'goto', view: sight.panelView(), row: sight.view.row(line) });

  const sendRows = (): void => {
    const { base, end } = sight.view;
    const from = wanted.follow ? Math.max(base, end - wanted.count) : Math.max(base, wanted.from);
    const rows = [];
    for (let row = from; row < Math.min(end, from + wanted.count); row++) {
      const line = sight.view.line(row);
      const kept = line === undefined ? undefined : lines.get(line);
      if (line === undefined || kept === undefined) break;
      rows.push(panelRow(line, kept, { ...all.origin(kept.source), hits: sight.hits }));
    }
    post({ type: 'rows', view: sight.panelView(), from, rows });
  };

  const sendStatus = (): void => {
    const status = statusNow(ui.clock.now(), { range: memory.get().range, cidrsSet: cidrs.length > 0 });
    if (status === undefined) return;
    const text = JSON.stringify(status);
    if (text === sent) return;
    sent = text;
    post({ type: 'status', ...status });
  };

  // A restored panel may be there before the hosts are.
  const startOnce = (): void => {
    if (started || sources.some((source) => source.view() === undefined)) return;
    started = true;
    sources.forEach((source) => {
      source.lookAtHost();
      source.start({ ask, root: false });
    });
    if (ready) hydrate();
  };

  const tick = (): void => {
    startOnce();
    if (started) sources.forEach((source) => source.lookAtHost());
    all.merge?.take(ui.clock.now());
    readAgain();
    sources.forEach((source) => source.live.update(panel.visible && source.tail().kind === 'following'));
    if (!panel.visible) return;
    look();
    if (pausedAt !== undefined && sight.view.end > sight.view.base && --settling === 0) restorePause(pausedAt);
    sendStatus();
    if (wanted.follow && sight.view.end !== lastEnd) sendRows();
    lastEnd = sight.view.end;
  };

  /** Lines may be of other classes once their format is known. */
  const readAgain = (): void => {
    const next = sources.map(({ buffer }) => buffer.format).join('\n');
    if (next === formats) return;
    formats = next;
    sight.setFilter(sight.filter);
    sendRows();
  };

  let looking: ReturnType<typeof setTimeout> | undefined;
  /** Looks at lines in slices, with pauses in between: the extension host is not ours alone. */
  const look = (): void => {
    clearTimeout(looking);
    looking = undefined;
    const more = sight.update(SLICE_MS);
    if (near !== undefined && sight.view.left === 0) {
      goTo(near);
      near = undefined;
    }
    if (!more) return;
    looking = setTimeout(look, SLICE_MS);
  };

  const restorePause = (time: string): void => {
    pausedAt = undefined;
    const line = lineAtTime(all, sight.view, time);
    if (line !== undefined) goTo(line);
  };

  const hydrate = (): void => {
    [sent, lastEnd] = ['', -1];
    post({
      type: 'hydrate',
      words: panelWords(),
      head: panelHead(sources),
      locale: env.language,
      state,
      filter: sight.filter,
      find: sight.find,
      look: memory.get(),
      ...(held === undefined ? {} : { held }),
    });
    if (count !== undefined) post({ type: 'count', count: count.now() });
    tick();
  };

  const anew = (): void => {
    tick();
    sendRows();
  };

  const setFilter = (filter: PanelFilter, line?: number): void => {
    sight.setFilter(filter);
    held = undefined;
    near = line;
    anew();
  };

  const act = panelActions(all, sight, memory, post, goTo, count);
  const detail = (line: number): void => {
    const kept = lines.get(line);
    if (kept !== undefined) post({ type: 'detail', ...panelDetail(line, kept, all.origin(kept.source)) });
  };

  const receive = (message: FromPanel): void => {
    switch (message.type) {
      case 'ready':
        ready = true;
        hydrate();
        break;
      case 'window':
        wanted = message;
        held = message.follow ? undefined : { from: message.from, end: held?.end ?? sight.view.end };
        sendRows();
        break;
      case 'filter':
        setFilter({ hidden: message.hidden, text: message.text, regex: message.regex }, message.near);
        break;
      case 'find':
        sight.setFind({ text: message.text, regex: message.regex });
        anew();
        break;
      case 'seek': {
        const line = sight.seek(message.forward, message.from);
        if (line !== undefined) goTo(line);
        tick();
        break;
      }
      case 'detail':
        detail(message.line);
        break;
      case 'copy':
        void copyLines(all, sight.view, message);
        break;
      case 'look':
        memory.set(message);
        tick();
        break;
      case 'clear':
        sources.forEach((source) => source.buffer.clear());
        anew();
        break;
      case 'action':
        void act(message.action, message.of ?? 0);
        break;
    }
  };

  panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, 'dist', 'webview')] };
  panel.webview.onDidReceiveMessage((message: unknown) => {
    const known = fromPanel(message);
    if (known !== undefined) receive(known);
  });
  panel.webview.html = panelHtml(panel.webview, extensionUri, env.language);
  const timer = setInterval(tick, TICK_MS);
  panel.onDidDispose(() => {
    clearInterval(timer);
    clearTimeout(looking);
    count?.stop();
    sources.forEach((source) => source.stop());
  });
  startOnce();

  return {
    get active() {
      return panel.active;
    },
    reveal: () => panel.reveal(),
    refresh: () => {
      const next = settings.cidrs();
      if (next.join() === cidrs.join()) return;
      cidrs = next;
      sources.forEach((source) => source.buffer.setRanges(parseCidrs(next).ranges));
      sight.setFilter(sight.filter);
      sendRows();
    },
    act: (action, line) => {
      const kept = lines.get(line);
      if (kept === undefined) return;
      if (action === 'copyLine' || action === 'copyAddress') {
        void copyLines(all, sight.view, { what: action === 'copyLine' ? 'lines' : 'address', from: line, to: line });
      } else if (action === 'showDetails') detail(line);
      else {
        const filter = filterFor(action, kept, all.origin(kept.source), sight.filter);
        if (filter === undefined) return;
        setFilter(filter);
        post({ type: 'filter', ...filter });
      }
    },
  };
}
