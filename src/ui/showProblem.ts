import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { commands, l10n, Range, Uri, window } from 'vscode';
import { HostError, problemOf } from '../core/problem';
import type { Ui } from './context';
import { settings } from './settings';
import type { RemedyAction } from './text/problem';
import { problemText } from './text/problem';

/** Where a failure happened and how to try again. */
export interface Failure {
  readonly hostId: string;
  readonly host: string;
  readonly retry: () => unknown;
}

/**
 * Says what went wrong, with its remedies as buttons; the transcript gets the technical rest. Something the person
 * cancelled is not reported back to them.
 */
export function showProblem(ui: Pick<Ui, 'transcript'>, error: unknown, failure: Failure): void {
  const problem = problemOf(error);
  ui.transcript.line(failure.host, `problem ${JSON.stringify(problem)}`);
  if (problem.code === 'unexpected' && error instanceof Error && error.stack !== undefined) ui.transcript.line(failure.host, error.stack);
  if (problem.code === 'cancelled') return;
  const hop = error instanceof HostError ? error.options.hop : undefined;
  const also = error instanceof HostError ? error.options.also : undefined;
  if (also !== undefined) ui.transcript.line(failure.host, `also ${JSON.stringify(also)}`);
  const { message, remedies } = problemText(problem, { host: failure.host, hop });
  const whole = also === undefined ? message : l10n.t('{0} Then: {1}', message, problemText(also, { host: failure.host, hop }).message);
  void window.showErrorMessage(whole, ...remedies.map(({ label }) => label)).then((chosen) => {
    const remedy = remedies.find(({ label }) => label === chosen);
    return remedy === undefined ? undefined : run(remedy.action, failure, hop ?? failure.host);
  });
}

async function run(action: RemedyAction, failure: Failure, hop: string): Promise<void> {
  switch (action.do) {
    case 'retry':
      await failure.retry();
      return;
    case 'command':
      await commands.executeCommand(action.command, { kind: 'host', hostId: failure.hostId });
      return;
    case 'openSetting':
      await commands.executeCommand('workbench.action.openSettings', action.setting);
      return;
    case 'allowLegacy':
      await settings.allowLegacy(hop);
      await failure.retry();
      return;
    case 'openFile': {
      const line = Math.max(0, (action.line ?? 1) - 1);
      await window.showTextDocument(Uri.file(localPath(action.path)), { selection: new Range(line, 0, line, 0) });
      return;
    }
  }
}

/** `~/.ssh/config` stands for the file that is really read; other paths are as ssh names them. */
function localPath(path: string): string {
  if (path === '~/.ssh/config') return settings.sshConfigFile() ?? join(homedir(), '.ssh', 'config');
  if (path.startsWith('~/')) return join(homedir(), path.slice(2));
  return isAbsolute(path) ? path : join(homedir(), '.ssh', path);
}
