import { l10n } from 'vscode';
import type { PanelWords } from '../../shared/protocol';
import { addressClassText } from '../text/addressClass';

/** The words of the panel's own program. It fills `{0}` in itself, so they are passed through as they stand. */
export function panelWords(): PanelWords {
  return {
    classes: {
      visitor: addressClassText('visitor'),
      origin: addressClassText('origin'),
      private: addressClassText('private'),
      public: addressClassText('public'),
      unparsed: addressClassText('unparsed'),
    },
    columns: {
      time: l10n.t('Time'),
      address: l10n.t('Address'),
      method: l10n.t('Method'),
      request: l10n.t('Request'),
      status: l10n.t('Status'),
      bytes: l10n.t('Bytes'),
    },
    pause: l10n.t('Pause'),
    follow: l10n.t('Follow'),
    followNew: l10n.t('Follow · {0} new'),
    paused: l10n.t('Paused'),
    search: l10n.t('Show only lines that hold…'),
    clear: l10n.t('Clear'),
    log: l10n.t('Access log'),
    chooseLog: l10n.t('Choose another log'),
    verdict: l10n.t('Verdict'),
    evidence: l10n.t('Evidence'),
    filterByClass: l10n.t('Filter by class'),
    share: l10n.t('Share of lines'),
    shareNow: l10n.t('now {0}'),
    shareUnknown: l10n.t('visitors cannot be told apart yet'),
    noLinesYet: l10n.t('No lines in the last 30 minutes'),
    now: l10n.t('now'),
    topAddresses: l10n.t('Top addresses'),
    noAddresses: l10n.t('No addresses yet'),
    waiting: l10n.t('Waiting for the first line of {0}'),
    waitingHint: l10n.t('Send a request through the Anti-DDoS address, not to the origin itself.'),
    nothingMatches: l10n.t('No line passes the filter'),
    unparsed: l10n.t('unparsed'),
    perSecond: l10n.t('{0} lines/s'),
    lines: l10n.t('{0} lines'),
    waitingLines: l10n.t('{0} waiting'),
    dropped: l10n.t('{0} dropped'),
    cut: l10n.t('{0} cut'),
    buffer: l10n.t('Buffer {0} of {1} lines ({2} MB)'),
    readWithSudo: l10n.t('read with sudo'),
    announce: l10n.t('{0} new lines. {1}'),
  };
}
