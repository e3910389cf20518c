import { Disposable, l10n, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { unitOf } from '../../core/log/journal';
import { isPattern } from '../../core/log/rotation';
import type { HostView } from '../../engine/hostStore';
import type { Ui } from '../context';
import { plain } from '../text/hostile';
import { age } from '../text/time';
import { size } from '../text/amount';
import { logPaths } from '../tree/provider';
import { nameLog } from './nameLog';

/** `path` undefined: another one is to be named. */
type LogItem = QuickPickItem & { readonly path?: string };

/**
 * Asks which log of a host, with what was seen of each; the last choice asks for a path or pattern. undefined: none was chosen, or
 * the host did not answer; then `retry` is offered.
 */
export async function pickLog(ui: Ui, view: HostView, retry: () => unknown): Promise<string | undefined> {
  const chosen = logPaths(view).length === 0 ? { label: '' } : await choose(ui, view);
  return chosen === undefined ? undefined : (chosen.path ?? (await nameLog(ui, view, retry)));
}

function choose(ui: Ui, view: HostView): Promise<LogItem | undefined> {
  const { host } = view;
  const other: LogItem = { label: l10n.t('Other Path or Pattern…'), iconPath: new ThemeIcon('edit'), alwaysShow: true };
  const forget = { iconPath: new ThemeIcon('trash'), tooltip: l10n.t('Forget This Log') };
  let paths = logPaths(view);
  const items = (): LogItem[] => {
    const named = ui.namedLogs.get(host.id);
    const logs = paths.map((path) => ({
      label: plain(path),
      description: logDescription(view, path, ui.clock.now()),
      path,
      ...(named.includes(path) ? { buttons: [forget] } : {}),
    }));
    return [...logs, other];
  };
  const pick = window.createQuickPick<LogItem>();
  pick.title = l10n.t('Access log of {0}', host.name);
  pick.matchOnDescription = true;
  pick.items = items();
  return new Promise<LogItem | undefined>((resolve) => {
    const parts = Disposable.from(
      pick,
      pick.onDidAccept(() => {
        resolve(pick.selectedItems[0]);
        pick.hide();
      }),
      pick.onDidTriggerItemButton(async ({ item: { path = '' } }) => {
        await ui.namedLogs.remove(host.id, path);
        await ui.listHosts();
        void ui.store.refresh([host.id], { signal: AbortSignal.timeout(60_000) });
        paths = paths.filter((one) => one !== path);
        pick.items = items();
      }),
      pick.onDidHide(() => {
        resolve(undefined);
        parts.dispose();
      }),
    );
    pick.show();
  });
}

/** What was seen of a log: `nginx · 48.6 MB · written 3 min ago · needs sudo`. */
function logDescription({ facts }: HostView, path: string, now: number): string {
  const log = facts?.logs.find((one) => one.path === path);
  if (facts === undefined || log === undefined) return l10n.t('not looked at yet');
  const parts = [
    ...(unitOf(path) === undefined ? [] : [l10n.t('systemd journal')]),
    ...(isPattern(path) ? [l10n.t('newest file that matches')] : []),
    ...(log.server === 'other' ? [] : [log.server]),
    ...(log.bytes === undefined ? [] : [size(log.bytes)]),
    // By the host's clock, as of the probe, and the time since by the editor's.
    ...(log.written === undefined ? [] : [l10n.t('written {0}', age(log.written, facts.hostTime + now - facts.takenAt))]),
    ...(log.readable === 'yes' ? [] : [log.readable === 'root' ? l10n.t('needs sudo') : l10n.t('perhaps not readable')]),
  ];
  return parts.join(' · ');
}
