import { Disposable, l10n, ProgressLocation, window } from 'vscode';
import { canonicalLog } from '../../core/log/journal';
import { logPathFault } from '../../core/log/logPath';
import { isPattern } from '../../core/log/rotation';
import { HostError, problemOf } from '../../core/problem';
import { findLogs } from '../../engine/findLogs';
import type { HostView } from '../../engine/hostStore';
import type { Ui } from '../context';
import { plain } from '../text/hostile';
import { showProblem } from '../showProblem';
import { problemText } from '../text/problem';
import { connect } from './connected';

/**
 * Asks for the path of a log, a pattern of paths or a unit of systemd's, until the host has it, and keeps it for the next time. Where a pattern
 * matches several logs, asks which. undefined: the person gave up, or the host did not answer; then `retry` is offered.
 */
export async function nameLog(ui: Ui, view: HostView, retry: () => unknown): Promise<string | undefined> {
  const { host } = view;
  let typed: string | undefined = '';
  let refusal: string | undefined;
  while ((typed = await askPath(host.name, typed, refusal)) !== undefined) {
    const found = await look(ui, view, typed, retry);
    if (found === undefined) return undefined;
    if ('refusal' in found) {
      refusal = found.refusal;
      continue;
    }
    await ui.namedLogs.add(host.id, typed);
    await ui.listHosts();
    // Size and last change, and what a pattern matches, for the tree and the next choice.
    void ui.store.refresh([host.id], { signal: AbortSignal.timeout(60_000) });
    return isPattern(typed) ? chooseMatch(typed, found.matched) : typed;
  }
  return undefined;
}

/** `refusal`: what is wrong with `value`; the same may be tried again. */
function askPath(name: string, value: string, refusal: string | undefined): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = l10n.t('Access log of {0}: path or pattern', name);
  box.prompt = l10n.t(
    'A pattern such as /var/log/shop/access-*.log stands for its newest file, and goes on in the next one; journal:caddy for what that unit writes into systemd’s journal.',
  );
  box.placeholder = '/var/log/nginx/shop.access.log';
  box.ignoreFocusOut = true;
  box.value = value;
  box.validationMessage = refusal;
  return new Promise((resolve) => {
    const parts = Disposable.from(
      box,
      box.onDidChangeValue((text) => {
        box.validationMessage = text.trim() === '' ? undefined : faultText(text.trim());
      }),
      box.onDidAccept(() => {
        const text = box.value.trim();
        box.validationMessage = faultText(text);
        if (box.validationMessage !== undefined) return;
        resolve(canonicalLog(text));
        box.hide();
      }),
      box.onDidHide(() => {
        resolve(undefined);
        parts.dispose();
      }),
    );
    box.show();
  });
}

type Looked = { readonly refusal: string } | { readonly matched: readonly string[] };

/** undefined: it could not be looked at, which has been said. */
async function look(ui: Ui, view: HostView, path: string, retry: () => unknown): Promise<Looked | undefined> {
  const { host } = view;
  const title = l10n.t('Looking for {0} on {1}', plain(path), host.name);
  try {
    return await window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (_, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort(new HostError({ code: 'cancelled' }, host.name)));
      const session = await connect(ui, view, stop.signal);
      const logs = await findLogs(session, path, { sudo: view.facts?.sudo, signal: stop.signal });
      return { matched: logs.filter(({ found }) => found === 'matched').map((log) => log.path) };
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'logUnreadable') return { refusal: problemText(problem, { host: host.name }).message };
    showProblem(ui, error, { hostId: host.id, host: host.name, retry });
    return undefined;
  }
}

/** One log of its own is followed under the pattern, so that it goes on however its next file is called. */
async function chooseMatch(pattern: string, matched: readonly string[]): Promise<string | undefined> {
  if (matched.length < 2) return pattern;
  const newest = { label: l10n.t('The newest, and the next one when it begins'), description: plain(pattern), path: pattern };
  const each = matched.map((path) => ({ label: plain(path), path }));
  const chosen = await window.showQuickPick([...each, newest], { title: l10n.t('{0} logs match', matched.length) });
  return chosen?.path;
}

function faultText(path: string): string | undefined {
  switch (logPathFault(path)) {
    case 'relative':
      return l10n.t('An absolute path is needed, one that begins with /, or journal: and a unit’s name');
    case 'folder':
      return l10n.t('The path of a file is needed, not of a folder');
    case 'unit':
      return l10n.t('The name of a systemd unit is needed behind journal:');
    case 'control':
      return l10n.t('A path cannot hold control characters');
    case 'long':
      return l10n.t('This path is too long');
    case undefined:
      return undefined;
  }
}
