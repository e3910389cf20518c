import { l10n, StatusBarAlignment, window } from 'vscode';
import type { HostView } from '../engine/hostStore';
import { plain } from './text/hostile';
import { busyText } from './text/state';
import { lookKind, needsAttention } from './tree/look';

/** One item for all hosts: how many are proven, how many need a person, or what is going on now. Opens the view. */
export function createStatusBar(): { update(views: readonly HostView[]): void; dispose(): void } {
  const item = window.createStatusBarItem('toa.hosts', StatusBarAlignment.Left, 10);
  item.name = l10n.t('TOA Hosts');
  item.command = 'toa.hosts.focus';
  return {
    update: (views) => {
      const busy = views.find((view) => view.busy !== undefined);
      const proven = views.filter((view) => lookKind(view) === 'proven').length;
      const attention = views.filter(needsAttention).length;
      item.text =
        busy?.busy === undefined
          ? `$(shield) ${l10n.t('TOA {0}/{1} proven', proven, views.length)}${attention > 0 ? ` $(warning) ${attention}` : ''}`
          : `$(loading~spin) TOA ${plain(busy.host.name)}: ${stepText(busy.busy)}`;
      item.tooltip = l10n.t('TOA: {0} proven, {1} need attention, {2} hosts', proven, attention, views.length);
      item.accessibilityInformation = { label: item.tooltip };
      if (views.length > 0) item.show();
      else item.hide();
    },
    dispose: () => item.dispose(),
  };
}

const stepText = ({ goal, step, n, of }: NonNullable<HostView['busy']>): string =>
  n === undefined || of === undefined ? (step ?? busyText(goal)) : l10n.t('step {0} of {1}', n, of);
