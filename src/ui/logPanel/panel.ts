import { basename } from 'node:path/posix';
import { commands, env, l10n, Uri, type WebviewPanel } from 'vscode';
import { problemOf } from '../../core/problem';
import type { HostView } from '../../engine/hostStore';
import { DEFAULT_LIMITS, logBuffer } from '../../engine/logBuffer';
import { lineText } from '../../engine/logBufferText';
import { logView, NO_FILTER } from '../../engine/logBufferView';
import { ADDRESS_CLASSES, parseCidrs } from '../../shared/address';
import type { FromPanel, PanelAction, PanelFilter, PanelSight, PanelState, PanelStatus, ToPanel } from '../../shared/protocol';
import { fromPanel } from '../../shared/protocol';
import type { Ui } from '../context';
import { CHOOSE } from '../flows/hosts';
import { settings } from '../settings';
import { plain } from '../text/hostile';
import { problemText } from '../text/problem';
import { follow, type FollowState } from './follower';
import { panelHtml } from './html';
import { lineRate } from './rate';
import { panelRow } from './rows';
import { hostNow, panelStatus } from './status';
import { panelWords } from './words';

export type PanelUi = Pick<Ui, 'store' | 'transport' | 'prompts' | 'clock'>;

/** An open panel, as its owner sees it. */
export interface LogPanel {
  readonly state: PanelState;
  reveal(): void;
  /** The ranges or the host's state may have changed. */
  refresh(): void;
}

/** How often a visible panel is brought up to date. */
const TICK_MS = 200;
const BACK_LINES = 2000;

/** Wires one webview panel: follower, buffer, messages. It lives as long as the panel; `ask` false opens it without any prompt. */
export function wirePanel(ui: PanelUi, panel: WebviewPanel, extensionUri: Uri, state: PanelState, ask: boolean): LogPanel {
  const hostView = (): HostView | undefined => ui.store.view(state.hostId);
  const limits = { ...DEFAULT_LIMITS, lines: settings.bufferLines() };
  const buffer = logBuffer(parseCidrs(settings.cidrs()).ranges, () => hostNow(hostView(), ui.clock.now()), limits);
  const hostName = (): string => hostView()?.host.name ?? state.hostId;

  let view = logView(buffer.store, NO_FILTER);
  let epoch = 0;
  let filter: PanelFilter = { hidden: [], text: '' };
  let wanted = { from: 0, count: 0, follow: true };
  let held: PanelSight['held'];
  let run = new AbortController();
  let tail: FollowState = { kind: 'connecting' };
  let asRoot = false;
  let cidrs = settings.cidrs();
  let sent = '';
  const rate = lineRate();

  const post = (message: ToPanel): void => void panel.webview.postMessage(message);
  const rowsView = (): PanelStatus['view'] => ({ epoch, base: view.base, end: view.end });

  const start = (options: { readonly ask: boolean; readonly root: boolean }): void => {
    run.abort();
    run = new AbortController();
    const { signal } = run;
    // Lines that are there already are not read twice: a retry begins with those that the buffer lacks entirely.
    if (buffer.lines > 0) buffer.clear();
    void follow({
      ...options,
      ui,
      view: hostView,
      path: state.path,
      buffer,
      back: BACK_LINES,
      signal,
      onState: (next, root) => {
        if (signal.aborted) return;
        if (next.kind === 'following') rate.restart(ui.clock.now());
        [tail, asRoot] = [next, root];
      },
    });
  };

  const sendRows = (): void => {
    const { base, end } = view;
    const from = wanted.follow ? Math.max(base, end - wanted.count) : Math.max(base, wanted.from);
    const rows = [];
    for (let row = from; row < Math.min(end, from + wanted.count); row++) {
      const line = view.line(row);
      const shown = line === undefined ? undefined : panelRow(buffer, line, hostName());
      if (shown === undefined) break;
      rows.push(shown);
    }
    post({ type: 'rows', view: rowsView(), from, rows });
  };

  const sendStatus = (): void => {
    const host = hostView();
    if (host === undefined) return;
    const now = ui.clock.now();
    const perSecond = rate.perSecond(now, buffer.lines);
    const problem = problemOfTail(tail, hostName());
    const status: ToPanel = {
      type: 'status',
      ...panelStatus({
        view: host,
        logName: basename(state.path),
        buffer,
        rows: rowsView(),
        cidrsSet: cidrs.length > 0,
        live: liveOf(tail, hostName(), buffer.lines, now),
        ...(problem === undefined ? {} : { problem }),
        connected: tail.kind === 'following',
        ...(perSecond === undefined ? {} : { perSecond }),
        limit: limits.lines,
        asRoot,
        now,
      }),
    };
    const text = JSON.stringify(status);
    if (text === sent) return;
    sent = text;
    post(status);
  };

  // A restored panel may be there before the hosts are.
  let [started, ready] = [false, false];
  const startOnce = (): void => {
    if (started || hostView() === undefined) return;
    started = true;
    start({ ask, root: false });
    if (ready) hydrate();
  };

  let lastEnd = -1;
  const tick = (): void => {
    startOnce();
    if (!panel.visible) return;
    view.update();
    sendStatus();
    if (wanted.follow && view.end !== lastEnd) sendRows();
    lastEnd = view.end;
  };

  const hydrate = (): void => {
    [sent, lastEnd] = ['', -1];
    const group = hostView()?.host.group ?? '';
    const sight: PanelSight = { state, filter, ...(held === undefined ? {} : { held }) };
    post({ type: 'hydrate', words: panelWords(), head: { host: hostName(), group, path: state.path }, locale: env.language, ...sight });
    tick();
  };

  const act = async (action: PanelAction): Promise<void> => {
    if (action === 'retry') start({ ask: true, root: asRoot });
    else if (action === 'readWithSudo') start({ ask: true, root: true });
    else await commands.executeCommand(COMMANDS[action], { kind: 'host', hostId: state.hostId }, action === 'pickLog' ? CHOOSE : undefined);
  };

  const receive = (message: FromPanel): void => {
    switch (message.type) {
      case 'ready':
        ready = true;
        hydrate();
        break;
      case 'window':
        wanted = message;
        held = message.follow ? undefined : { from: message.from, end: held?.end ?? view.end };
        sendRows();
        break;
      case 'filter':
        filter = { hidden: message.hidden, text: message.text };
        view = logView(buffer.store, { hidden: new Set(message.hidden.map((name) => ADDRESS_CLASSES.indexOf(name))), text: message.text });
        held = undefined;
        epoch++;
        tick();
        sendRows();
        break;
      case 'copy': {
        const found = buffer.store.get(message.line);
        if (found !== undefined) void env.clipboard.writeText(lineText(found.bytes));
        break;
      }
      case 'clear':
        buffer.clear();
        tick();
        sendRows();
        break;
      case 'action':
        void act(message.action);
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
    run.abort();
  });
  startOnce();

  return {
    state,
    reveal: () => panel.reveal(),
    refresh: () => {
      const next = settings.cidrs();
      if (next.join() === cidrs.join()) return;
      cidrs = next;
      buffer.setRanges(parseCidrs(next).ranges);
      sendRows();
    },
  };
}

const COMMANDS: Readonly<Record<Exclude<PanelAction, 'retry' | 'readWithSudo'>, string>> = {
  install: 'toa.install',
  reboot: 'toa.reboot',
  load: 'toa.loadModule',
  verify: 'toa.verify',
  ownAddress: 'toa.ownAddress',
  setRanges: 'toa.setRanges',
  refresh: 'toa.refresh',
  pickLog: 'toa.openLog',
};

function liveOf(tail: FollowState, host: string, lines: number, now: number): PanelStatus['live'] {
  switch (tail.kind) {
    case 'connecting':
      return { tone: 'neutral', icon: 'loading', text: l10n.t('Connecting to {0}', host) };
    case 'following':
      return { tone: 'neutral', icon: 'circle-filled', text: lines === 0 ? l10n.t('Following, no lines yet') : l10n.t('Following') };
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((tail.until - now) / 1000));
      return { tone: 'attention', icon: 'sync', text: l10n.t('Reconnecting to {0}, next attempt in {1} s', host, seconds) };
    }
    case 'failed':
      return { tone: 'failed', icon: 'debug-disconnect', text: l10n.t('Not following') };
  }
}

function problemOfTail(tail: FollowState, host: string): PanelStatus['problem'] {
  if (tail.kind !== 'failed') return undefined;
  const retry = { action: 'retry', label: l10n.t('Retry') } as const;
  const sudo = { action: 'readWithSudo', label: l10n.t('Read with sudo') } as const;
  return { text: plain(problemText(problemOf(tail.error), { host }).message, 600), buttons: tail.sudo ? [sudo, retry] : [retry] };
}
