import { l10n, window } from 'vscode';
import { MOST_SOURCES } from '../../engine/logMerge';
import type { Ui } from '../context';
import { plain } from '../text/hostile';
import { logPaths } from '../tree/provider';

/** Opens several hosts' logs merged by time. Where hosts have more than one log, asks which. */
export async function openMergedLogFlow(ui: Ui, hostIds: readonly string[]): Promise<void> {
  const logs = hostIds.flatMap((hostId) => {
    const view = ui.store.view(hostId);
    return view === undefined ? [] : logPaths(view).map((path) => ({ host: view.host.name, log: { hostId, path } }));
  });
  if (logs.length === 0) {
    void window.showInformationMessage(l10n.t('No access log is known on these hosts. Name one in toa.hosts, under “logs”.'));
    return;
  }
  const many = new Set(logs.map(({ log }) => log.hostId)).size < logs.length;
  const items = logs.map(({ host, log }) => ({ label: plain(host), description: plain(log.path), log, picked: true }));
  const chosen = many
    ? await window.showQuickPick(items, { title: l10n.t('Logs to merge by time'), canPickMany: true, matchOnDescription: true })
    : items;
  if (chosen === undefined || chosen.length === 0) return;
  if (chosen.length > MOST_SOURCES) {
    void window.showInformationMessage(l10n.t('{0} logs are the most that can be merged.', MOST_SOURCES));
    return;
  }
  ui.logPanels.open(chosen.map(({ log }) => log));
}
