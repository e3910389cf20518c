import { basename } from 'node:path/posix';
import { l10n, Uri, ViewColumn, window, workspace, type Disposable, type ExtensionContext, type WebviewPanel } from 'vscode';
import { isCount, isRecord } from '../../shared/check';
import { panelState, type PanelLog, type PanelState } from '../../shared/panelLook';
import { plain } from '../text/hostile';
import type { LineAction } from './lineActions';
import { lookMemory } from './lookMemory';
import { wirePanel, type LogPanel } from './panel';
import type { PanelUi } from './source';

/** The webview's type; the editor's state of old panels is kept under it. */
export const LOG_PANEL = 'toa.log';

/** The access-log panels, as commands see them. */
export interface LogPanels {
  /** One log, or several merged by time. */
  open(logs: readonly PanelLog[]): void;
  /** An action of a row's context menu; `context`: what VS Code hands over of the row. */
  act(action: LineAction, context: unknown): void;
}

/**
 * Registers the access-log panels: one for each log, or set of logs. The editor may restore them after a restart, silently:
 * a panel that would have to ask for something shows what, and a button.
 */
export function registerLogPanel(
  context: Pick<ExtensionContext, 'extensionUri' | 'subscriptions' | 'globalState'>,
  ui: PanelUi,
): LogPanels {
  const { extensionUri } = context;
  const panels = new Map<string, LogPanel>();
  const memory = lookMemory(context.globalState);

  const adopt = (panel: WebviewPanel, state: PanelState, ask: boolean): void => {
    const key = JSON.stringify(state.logs);
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'log-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'log-dark.svg'),
    };
    const wired = wirePanel(ui, panel, extensionUri, state, { ask, memory });
    panels.set(key, wired);
    panel.onDidDispose(() => {
      if (panels.get(key) === wired) panels.delete(key);
    });
  };

  const open = (logs: readonly PanelLog[]): void => {
    const [first] = logs;
    const known = panels.get(JSON.stringify(logs));
    if (known !== undefined) known.reveal();
    if (first === undefined || known !== undefined) return;
    const host = ui.store.view(first.hostId)?.host.name ?? first.hostId;
    const title = logs.length === 1 ? `${host}: ${basename(first.path)}` : l10n.t('{0} logs', logs.length);
    adopt(window.createWebviewPanel(LOG_PANEL, plain(title, 120), ViewColumn.Active), { logs }, true);
  };

  const act = (action: LineAction, from: unknown): void => {
    const line = isRecord(from) ? from.line : undefined;
    if (isCount(line)) [...panels.values()].find((panel) => panel.active)?.act(action, line);
  };

  const refresh = (): void => panels.forEach((panel) => panel.refresh());
  const subscriptions: Disposable[] = [
    window.registerWebviewPanelSerializer(LOG_PANEL, {
      deserializeWebviewPanel: (panel, value) => {
        const state = panelState(value);
        if (state === undefined) panel.dispose();
        else adopt(panel, state, false);
        return Promise.resolve();
      },
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('toa.backToOriginCidrs')) refresh();
    }),
  ];
  context.subscriptions.push(...subscriptions);
  return { open, act };
}
