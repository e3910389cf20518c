import { l10n } from 'vscode';
import type { RunLeft } from '../../../core/problem';
import { plain } from '../hostile';

/** What a button under a problem does. `retry` runs again what failed; the caller knows how. */
export type RemedyAction =
  | { readonly do: 'retry' }
  | { readonly do: 'command'; readonly command: string }
  | { readonly do: 'openFile'; readonly path: string; readonly line?: number }
  | { readonly do: 'openSetting'; readonly setting: string }
  /** Lets the hop use weak algorithms (`toa.legacyAlgorithms`), and tries again. */
  | { readonly do: 'allowLegacy' };

export interface Remedy {
  readonly label: string;
  readonly action: RemedyAction;
}

export interface ProblemText {
  /** What happened, on which host, what state it was left in, what to do. */
  readonly message: string;
  /** At most two buttons, the remedy first. */
  readonly remedies: readonly Remedy[];
}

/** A message with its buttons, two at most. */
export const say = (message: string, ...remedies: Remedy[]): ProblemText => ({ message, remedies: remedies.slice(0, 2) });

/** Runs again what failed. */
export const retry = (): Remedy => ({ label: l10n.t('Retry'), action: { do: 'retry' } });
/** Connects with questions allowed. */
export const signIn = (): Remedy => ({ label: l10n.t('Sign In…'), action: { do: 'command', command: 'toa.signIn' } });
/** Shows the raw output. */
export const transcript = (): Remedy => ({ label: l10n.t('Show Transcript'), action: { do: 'command', command: 'toa.showTranscript' } });
/** Takes up the run that is in the way. */
export const followRun = (): Remedy => ({ label: l10n.t('Follow Run'), action: { do: 'command', command: 'toa.follow' } });
/** Opens a setting by its key. */
export const openSetting = (setting: string): Remedy => ({ label: l10n.t('Open Setting'), action: { do: 'openSetting', setting } });
/** Lets this one host use algorithms that are switched off elsewhere. */
export const allowLegacy = (): Remedy => ({ label: l10n.t('Allow Older Algorithms'), action: { do: 'allowLegacy' } });
/** Opens a file at a line, counted from 1. */
export const openLine = (path: string, line?: number): Remedy => ({
  label: l10n.t('Open Line'),
  action: line === undefined ? { do: 'openFile', path } : { do: 'openFile', path, line },
});
/** Plans again. */
export const newPlan = (): Remedy => ({ label: l10n.t('New Plan'), action: { do: 'retry' } });
/** Opens the SSH configuration that is in use. */
export const openSshConfig = (): Remedy => ({ label: l10n.t('Open SSH Config'), action: { do: 'openFile', path: '~/.ssh/config' } });

/** What state a failed run left the host in. */
export function left(state: RunLeft): string {
  switch (state) {
    case 'unchanged':
      return l10n.t('Nothing was changed.');
    case 'changed':
      return l10n.t('Something was changed; the next probe shows what.');
    case 'unknown':
      return l10n.t('Whether something was changed could not be read.');
  }
}

/** The host's own words inside a sentence: one line, bounded, without the full stop that would be doubled. */
export const quoted = (text: string): string => plain(text.trim().replace(/\s+/g, ' '), 240).replace(/\.$/, '');

/** The missing part of a kernel, within a sentence. */
export function missingPart(part: 'package' | 'vmlinuz' | 'initramfs' | 'entry' | 'loader'): string {
  switch (part) {
    case 'package':
      return l10n.t('the installed package');
    case 'vmlinuz':
      return l10n.t('the vmlinuz');
    case 'initramfs':
      return l10n.t('the initramfs');
    case 'entry':
      return l10n.t('the boot entry');
    case 'loader':
      return l10n.t('a boot loader that can be read');
  }
}
