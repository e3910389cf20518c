import { l10n } from 'vscode';
import type { VerdictCode } from '../../core/verification';

/** The verdict in plain words. */
export function verdictText(code: VerdictCode): string {
  switch (code) {
    case 'arrive':
      return l10n.t('Visitors’ addresses arrive');
    case 'likely':
      return l10n.t('Visitors’ addresses likely arrive');
    case 'notArrive':
      return l10n.t('Visitors’ addresses do not arrive');
    case 'notLoaded':
      return l10n.t('The TOA kernel runs, its module is not loaded');
    case 'loadedNothing':
      return l10n.t('Loaded, but no visitor’s address arrives');
    case 'receivedNotAsked':
      return l10n.t('Received, but the application does not ask for it');
    case 'rangesNotSet':
      return l10n.t('Cannot judge: back-to-origin ranges are not set');
    case 'nothingYet':
      return l10n.t('Nothing to judge yet');
    case 'forwardedFor':
      return l10n.t('Not by TOA: the log takes X-Forwarded-For');
  }
}
