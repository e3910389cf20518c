import { l10n, window } from 'vscode';
import type { HostView } from '../engine/hostStore';
import { abilities } from './can';
import type { Ability } from './can';
import type { Ui } from './context';
import { plain } from './text/hostile';
import { descriptionText } from './text/state';
import { isTreeNode } from './tree/node';

/** What can be done with this host now, with what the editor holds for it. */
export const abilitiesOf = (ui: Pick<Ui, 'runs' | 'plans' | 'reports'>, view: HostView): ReadonlySet<Ability> => {
  const { id } = view.host;
  return abilities(view, { cancellable: ui.runs.cancellable(id), plan: ui.plans.has(id), report: ui.reports.has(id) });
};

/** Hosts of a menu's arguments (the row, then all selected rows); undefined: the command came without any, as from the palette. */
export function hostsOf(args: readonly unknown[]): readonly string[] | undefined {
  const [clicked, selected] = args;
  if (!isTreeNode(clicked)) return undefined;
  const rows = Array.isArray(selected) && selected.includes(clicked) ? selected.filter(isTreeNode) : [clicked];
  return [...new Set(rows.flatMap((row) => (row.kind === 'group' ? [] : [row.hostId])))];
}

/**
 * Of several selected rows the hosts that can: the menu is that of the row under the pointer. A single host is taken as it
 * is, and its flow says what stands in the way.
 */
export function ableOf(
  ui: Pick<Ui, 'store' | 'runs' | 'plans' | 'reports'>,
  hostIds: readonly string[],
  ability?: Ability,
): readonly string[] {
  if (ability === undefined || hostIds.length < 2) return hostIds;
  return hostIds.filter((hostId) => {
    const view = ui.store.view(hostId);
    return view !== undefined && abilitiesOf(ui, view).has(ability);
  });
}

/** Asks which hosts, among those that can; rows selected in the tree are chosen beforehand. Empty: nothing was chosen. */
export async function pickHosts(
  ui: Ui,
  ability: Ability | undefined,
  many: boolean,
  selected: readonly string[],
): Promise<readonly string[]> {
  const able = ui.store.views().filter((view) => ability === undefined || abilitiesOf(ui, view).has(ability));
  if (able.length === 0) {
    void window.showInformationMessage(l10n.t('No host is in a state for this now. Refresh to see their states.'));
    return [];
  }
  const items = able.map((view) => ({
    label: plain(view.host.name),
    description: descriptionText(view, ui.clock.now()),
    hostId: view.host.id,
    picked: selected.includes(view.host.id),
  }));
  if (!many) {
    const chosen = await window.showQuickPick(items, { title: l10n.t('Choose a host'), matchOnDescription: true });
    return chosen === undefined ? [] : [chosen.hostId];
  }
  const chosen = await window.showQuickPick(items, { title: l10n.t('Choose hosts'), canPickMany: true, matchOnDescription: true });
  return (chosen ?? []).map(({ hostId }) => hostId);
}
