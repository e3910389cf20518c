import { ThemeColor, ThemeIcon } from 'vscode';
import type { HostStateKind } from '../../core/state';
import type { HostView } from '../../engine/hostStore';
import { hasEvidence } from '../text/state';

/** How a host looks, and the first word of its contextValue: a state, or what lies over it. */
export type LookKind = HostStateKind | 'stale' | 'busy';

const LOOKS: Readonly<Record<LookKind, readonly [icon: string, color: string]>> = {
  unknown: ['question', 'descriptionForeground'],
  needsSignIn: ['key', 'toaHosts.attention'],
  unreachable: ['debug-disconnect', 'toaHosts.failed'],
  unsupported: ['circle-slash', 'descriptionForeground'],
  running: ['sync~spin', 'icon.foreground'],
  interrupted: ['stop-circle', 'toaHosts.attention'],
  notInstalled: ['circle-large', 'icon.foreground'],
  undone: ['discard', 'descriptionForeground'],
  awaitingReboot: ['debug-restart', 'toaHosts.attention'],
  trial: ['watch', 'toaHosts.attention'],
  notLoaded: ['plug', 'toaHosts.attention'],
  loaded: ['record', 'icon.foreground'],
  receiving: ['arrow-circle-down', 'icon.foreground'],
  delivering: ['pass', 'icon.foreground'],
  proven: ['pass-filled', 'toaHosts.proven'],
  drifted: ['warning', 'toaHosts.attention'],
  stale: ['history', 'descriptionForeground'],
  busy: ['loading~spin', 'icon.foreground'],
};

/** Busy lies over stale, stale over the state; what never was probed cannot be stale. */
export function lookKind(view: HostView): LookKind {
  if (view.busy !== undefined) return 'busy';
  return view.stale && hasEvidence(view.state) ? 'stale' : view.state.kind;
}

/** The icon in the colour that means this state; green is for proven alone. */
export function lookIcon(kind: LookKind): ThemeIcon {
  const [icon, color] = LOOKS[kind];
  return new ThemeIcon(icon, new ThemeColor(color));
}

/** The same icon inside Markdown, where colour is not needed. */
export const lookMarkdown = (kind: LookKind): string => `$(${LOOKS[kind][0]})`;

/** Hosts on which a person should act. */
export const needsAttention = (view: HostView): boolean =>
  ['interrupted', 'awaitingReboot', 'trial', 'notLoaded', 'drifted', 'needsSignIn', 'unreachable'].includes(view.state.kind);
