import { l10n } from 'vscode';
import { problemOf } from '../../core/problem';
import type { PanelStatus } from '../../shared/panelStatus';
import { plain } from '../text/hostile';
import { problemText } from '../text/problem';
import type { FollowState } from './follower';

/** What the follower of a log is doing, in words. */
export function liveOf(tail: FollowState, host: string, lines: number, now: number): PanelStatus['live'] {
  switch (tail.kind) {
    case 'connecting':
      return { tone: 'neutral', icon: 'loading', text: l10n.t('Connecting to {0}', host) };
    case 'following':
      return { tone: 'neutral', icon: 'circle-filled', text: lines === 0 ? l10n.t('Following, no lines yet') : l10n.t('Following') };
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((tail.until - now) / 1000));
      return { tone: 'attention', icon: 'sync', text: l10n.t('Reconnecting to {0}, next attempt in {1} s', host, seconds) };
    }
    case 'failed':
      return { tone: 'failed', icon: 'debug-disconnect', text: l10n.t('Not following') };
  }
}

/** What keeps a log from being read, with what a person can do about it. */
export function problemOfTail(tail: FollowState, host: string): PanelStatus['problem'] {
  if (tail.kind !== 'failed') return undefined;
  const retry = { action: 'retry', label: l10n.t('Retry') } as const;
  const sudo = { action: 'readWithSudo', label: l10n.t('Read with sudo') } as const;
  return { text: plain(problemText(problemOf(tail.error), { host }).message, 600), buttons: tail.sudo ? [sudo, retry] : [retry] };
}
