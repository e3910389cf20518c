import { Disposable, window } from 'vscode';
import type { Ui } from './context';
import { createStatusBar } from './statusBar';
import { abilitiesOf } from './target';
import { inTime } from './text/time';
import { createHostTree } from './tree/provider';

/** The tree of hosts in its view, and the status bar item, both kept up to date with the store. */
export function registerView(ui: Pick<Ui, 'store' | 'clock' | 'runs' | 'plans' | 'reports'>): {
  readonly disposable: Disposable;
  readonly selected: () => readonly string[];
} {
  const tree = createHostTree({
    views: () => ui.store.views(),
    view: (hostId) => ui.store.view(hostId),
    abilities: (view) => abilitiesOf(ui, view),
    now: () => ui.clock.now(),
  });
  const view = window.createTreeView('toa.hosts', { treeDataProvider: tree, canSelectMany: true, showCollapseAll: true });
  const statusBar = createStatusBar();
  let order = '';
  const unsubscribe = ui.store.onChange((hostIds) => {
    const views = ui.store.views();
    const now = JSON.stringify(views.map(({ host }) => [host.id, host.group]));
    tree.changed(now === order ? hostIds : undefined);
    order = now;
    statusBar.update(views);
  });
  // Ages such as "3 min ago" grow without any probe.
  const ages = setInterval(() => view.visible && tree.changed(ui.store.views().map(({ host }) => host.id)), 60_000);
  // What returns by itself counts down; only what reads otherwise than before, since drawing an item anew closes its tooltip.
  const told = new Map<string, string>();
  const counting = setInterval(() => {
    const ids = ui.store.views().flatMap(({ host, state }) => {
      if (state.kind !== 'trial' || state.returnsAt === undefined) return [];
      const words = inTime(state.returnsAt, ui.clock.now());
      if (told.get(host.id) === words) return [];
      told.set(host.id, words);
      return [host.id];
    });
    if (view.visible && ids.length > 0) tree.changed(ids);
  }, 1000);
  const stop = (): void => [ages, counting].forEach((timer) => clearInterval(timer));
  const disposable = Disposable.from(view, tree, statusBar, { dispose: unsubscribe }, { dispose: stop });
  return { disposable, selected: () => view.selection.flatMap((node) => (node.kind === 'group' ? [] : [node.hostId])) };
}
