import { l10n } from 'vscode';
import type { LogMark, TimedMark } from '../../shared/logMark';
import type { ChartMark } from '../../shared/panelStatus';
import { clockTime } from '../text/time';

/** How a mark looks among the rows. */
export interface MarkLook {
  readonly gap: boolean;
  readonly icon: string;
  readonly text: string;
}

/** A mark as a row. */
export function markLook(mark: LogMark, host: string): MarkLook {
  switch (mark.kind) {
    case 'rotated':
      return { gap: false, icon: 'files', text: l10n.t('The log was rotated: a new file begins here, no line is lost') };
    case 'resumed': {
      const text = l10n.t('No connection to {0} for {1} s. Resumed by inode and offset', host, mark.seconds);
      return { gap: false, icon: 'debug-disconnect', text };
    }
    case 'gap':
      return { gap: true, icon: 'warning', text: gapText(mark.why) };
    case 'boot':
      return mark.module
        ? {
            gap: false,
            icon: 'record',
            text: l10n.t('{0} was booted with the TOA module at {1}: only connections opened from here on count', host, clockTime(mark.at)),
          }
        : { gap: false, icon: 'debug-restart', text: l10n.t('{0} was booted at {1}, without the TOA module', host, clockTime(mark.at)) };
    case 'loaded':
      return {
        gap: false,
        icon: 'record',
        text: l10n.t('TOA module seen loaded on {0} at {1}: only connections opened from here on count', host, clockTime(mark.at)),
      };
  }
}

function gapText(why: Extract<LogMark, { kind: 'gap' }>['why']): string {
  switch (why) {
    case 'truncated':
      return l10n.t('Log gap: the file was truncated, and what was written just before may be missing');
    case 'lost':
      return l10n.t('Log gap: the file was replaced while there was no connection, and its last lines may be missing');
    case 'between':
      return l10n.t('Log gap: the log was rotated more than once while there was no connection, and whole files may be missing');
  }
}

/** A mark as a line in the chart: solid where the module is at work from then on. */
export function chartMark(mark: TimedMark): ChartMark {
  if (mark.kind === 'loaded') return { kind: 'loaded', at: mark.at, text: l10n.t('module loaded {0}', clockTime(mark.at)) };
  return mark.module
    ? { kind: 'loaded', at: mark.at, text: l10n.t('boot with the module {0}', clockTime(mark.at)) }
    : { kind: 'boot', at: mark.at, text: l10n.t('boot {0}', clockTime(mark.at)) };
}

/** The time without a connection. */
export const gapMark = (until: number, seconds: number): ChartMark => ({
  kind: 'gap',
  at: until - seconds * 1000,
  until,
  text: l10n.t('no connection for {0} s', seconds),
});
