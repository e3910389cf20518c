import '@vscode/codicons/dist/codicon.css';
import './logPanel.css';
import type { FromPanel, PanelState, ToPanel } from '../src/shared/protocol';
import { makePanel, type Panel } from './panel';
import { registerComponents } from './toolkit';

/** Given by VS Code to a webview's program, once. */
declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; getState(): unknown; setState(state: PanelState): void };

const vscode = acquireVsCodeApi();
const post = (message: FromPanel): void => vscode.postMessage(message);

registerComponents();
let panel: Panel | undefined;
// Only VS Code's own frame can post to this window; the host's messages are typed by the shared protocol.
window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
  if (data.type === 'hydrate') {
    if (vscode.getState() === undefined) vscode.setState(data.state);
    panel = makePanel(data, post, (state) => vscode.setState(state));
    document.body.replaceChildren(...panel.elements);
  } else panel?.take(data);
});
post({ type: 'ready' });
