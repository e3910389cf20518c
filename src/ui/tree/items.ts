import { l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { HostFacts, LogCandidate } from '../../core/facts';
import type { Ability } from '../can';
import type { HostView } from '../../engine/hostStore';
import { count, kernelName } from '../text/amount';
import { unitOf } from '../../core/log/journal';
import { plain } from '../text/hostile';
import { descriptionText } from '../text/state';
import { lookIcon, lookKind, needsAttention } from './look';
import type { LogNode, PartNode } from './node';
import { hostTooltip } from './tooltip';

/** A group: how many hosts, how many proven, how many need a person. */
export function groupItem(name: string, views: readonly HostView[]): TreeItem {
  const item = new TreeItem(plain(name), TreeItemCollapsibleState.Expanded);
  item.id = `group:${name}`;
  item.contextValue = 'group';
  const description = groupDescription(views);
  item.description = description;
  item.accessibilityInformation = { label: `${plain(name)}, ${description}` };
  return item;
}

/** `5 hosts · 1 proven, 2 need attention`. */
export function groupDescription(views: readonly HostView[]): string {
  const proven = views.filter((view) => lookKind(view) === 'proven').length;
  const attention = views.filter(needsAttention).length;
  const hosts = views.length === 1 ? l10n.t('1 host') : l10n.t('{0} hosts', views.length);
  const parts = [
    ...(proven > 0 ? [l10n.t('{0} proven', proven)] : []),
    ...(attention > 0 ? [attention === 1 ? l10n.t('1 needs attention') : l10n.t('{0} need attention', attention)] : []),
  ];
  return parts.length > 0 ? `${hosts} · ${parts.join(', ')}` : hosts;
}

/** A host: its look, short state, evidence in the tooltip; abilities stand in the contextValue for the menus. */
export function hostItem(view: HostView, abilities: ReadonlySet<Ability>, now: number): TreeItem {
  const kind = lookKind(view);
  const name = plain(view.host.name);
  const collapsible =
    view.facts === undefined && view.host.logs.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed;
  const item = new TreeItem(name, collapsible);
  const description = descriptionText(view, now);
  item.id = view.host.id;
  item.description = description;
  item.iconPath = lookIcon(kind);
  item.tooltip = hostTooltip(view, abilities, now);
  item.contextValue = ['host', [kind, ...[...abilities].sort()].join(';')].join(':');
  item.accessibilityInformation = { label: `${name}, ${description}` };
  return item;
}

const PART_ICONS = { kernel: 'vm', module: 'plug', autoload: 'file-code', defaultKernel: 'star-empty' } as const;

/** What a probe saw of one part of the host. */
export function partItem(node: PartNode, facts: HostFacts): TreeItem {
  const { label, description } = partText(node.part, facts);
  const item = new TreeItem(label);
  item.id = `${node.hostId}/${node.part}`;
  item.description = description;
  item.iconPath = new ThemeIcon(PART_ICONS[node.part], new ThemeColor('icon.foreground'));
  item.contextValue = `part:${node.part}`;
  item.accessibilityInformation = { label: `${label}, ${description}` };
  return item;
}

function partText(part: PartNode['part'], facts: HostFacts): { label: string; description: string } {
  switch (part) {
    case 'kernel':
      return { label: l10n.t('Kernel'), description: kernelName(plain(facts.kernel.running)) };
    case 'module':
      return { label: l10n.t('Module'), description: moduleText(facts) };
    case 'autoload':
      return {
        label: l10n.t('Autoload'),
        description: facts.autoload.exists ? l10n.t('toa.modules, {0}', plain(facts.autoload.mode ?? '?')) : l10n.t('none'),
      };
    case 'defaultKernel':
      return {
        label: l10n.t('Default kernel'),
        description: kernelName(plain(facts.kernel.defaultPath?.replace(/^.*\/vmlinuz-/, '') ?? l10n.t('not known'))),
      };
  }
}

function moduleText({ module }: HostFacts): string {
  if (module.loaded) {
    return module.counters === undefined
      ? l10n.t('loaded, counters not readable')
      : l10n.t('loaded, {0} counters', count(Object.keys(module.counters).length));
  }
  return module.file === undefined ? l10n.t('none for this kernel') : l10n.t('not loaded');
}

/** An access log; opening it shows the panel. */
export function logItem(node: LogNode, log: LogCandidate | undefined): TreeItem {
  const name = plain(node.path.replace(/^.*\//, ''));
  const item = new TreeItem(name);
  item.id = `${node.hostId}/log/${node.path}`;
  const description = log === undefined ? l10n.t('not looked at yet') : logText(log);
  item.description = description;
  item.tooltip = plain(node.path);
  item.iconPath = new ThemeIcon('output', new ThemeColor('icon.foreground'));
  item.contextValue = 'log';
  item.accessibilityInformation = { label: `${name}, ${description}` };
  item.command = { command: 'toa.openLog', title: l10n.t('Open Log'), arguments: [node] };
  return item;
}

function logText(log: LogCandidate): string {
  const kind = unitOf(log.path) === undefined ? l10n.t('log') : l10n.t('systemd journal');
  const server = log.server === 'other' ? kind : log.server;
  return log.readable === 'yes' ? server : l10n.t('{0} · needs sudo', server);
}
