import { Uri, ViewColumn, window, workspace, type Disposable, type ExtensionContext, type WebviewPanel } from 'vscode';
import { basename } from 'node:path/posix';
import { panelState, type PanelState } from '../../shared/protocol';
import { plain } from '../text/hostile';
import { wirePanel, type LogPanel, type PanelUi } from './panel';

/** The webview's type; the editor's state of old panels is kept under it. */
export const LOG_PANEL = 'toa.log';

/**
 * Registers the access-log panels: one for each host and log. The editor may restore them after a restart, silently:
 * a panel that would have to ask for something shows what, and a button.
 */
export function registerLogPanel(
  context: Pick<ExtensionContext, 'extensionUri' | 'subscriptions'>,
  ui: PanelUi,
): { open(hostId: string, path: string): void } {
  const { extensionUri } = context;
  const panels = new Map<string, LogPanel>();

  const adopt = (panel: WebviewPanel, state: PanelState, ask: boolean): void => {
    const key = JSON.stringify(state);
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'log-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'log-dark.svg'),
    };
    const wired = wirePanel(ui, panel, extensionUri, state, ask);
    panels.set(key, wired);
    panel.onDidDispose(() => {
      if (panels.get(key) === wired) panels.delete(key);
    });
  };

  const open = (hostId: string, path: string): void => {
    const state = { hostId, path };
    const known = panels.get(JSON.stringify(state));
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const host = ui.store.view(hostId)?.host.name ?? hostId;
    adopt(window.createWebviewPanel(LOG_PANEL, plain(`${host}: ${basename(path)}`, 120), ViewColumn.Active), state, true);
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
  return { open };
}
