import * as vscode from 'vscode';
import { abilities } from './ui/can';
import type { HostView } from './ui/hostView';
import { mergeHosts } from './ui/hostList';
import { settings } from './ui/settings';
import { createHostTree } from './ui/tree/provider';

/** Composition root: constructs the parts, wires them, hands them to the editor for disposal. */
export function activate(context: vscode.ExtensionContext): void {
  const views = (): HostView[] =>
    mergeHosts(settings.hosts().hosts, []).map((host) => ({ host, state: { kind: 'unknown' }, memory: {}, stale: false }));
  const tree = createHostTree({
    views,
    view: (id) => views().find(({ host }) => host.id === id),
    abilities: (view) => abilities(view, { cancellable: false, plan: false, report: false }),
    now: () => Date.now(),
  });
  context.subscriptions.push(
    tree,
    vscode.window.createTreeView('toa.hosts', { treeDataProvider: tree, canSelectMany: true, showCollapseAll: true }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('toa.hosts')) tree.changed(undefined);
    }),
  );
}
