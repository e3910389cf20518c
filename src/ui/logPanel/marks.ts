import { l10n } from 'vscode';
import type { LogMark, TimedMark } from '../../shared/logMark';
import type { ChartMark } from '../../shared/panelStatus';
import { count, size } from '../text/amount';
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
      const text =
        mark.by === 'offset'
          ? l10n.t('No connection to {0} for {1} s. Resumed by inode and offset', host, mark.seconds)
          : l10n.t('No connection to {0} for {1} s. Resumed by the journal’s cursor', host, mark.seconds);
      return { gap: false, icon: 'debug-disconnect', text };
    }
    case 'gap':
      return { gap: true, icon: 'warning', text: [gapText(mark.why), ...gapLength(mark)].join(' · ') };
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

type Gap = Extract<LogMark, { kind: 'gap' }>;

function gapText(why: Gap['why']): string {
  switch (why) {
    case 'truncated':
      return l10n.t('Log gap: the file was truncated, and what was written just before may be missing');
    case 'lost':
      return l10n.t('Log gap: the file was replaced while there was no connection, and its last lines may be missing');
    case 'between':
      return l10n.t('Log gap: the log was rotated more than once while there was no connection, and whole files may be missing');
    case 'dropped':
      return l10n.t('Log gap: the journal has dropped its older entries while there was no connection, and lines may be missing');
    case 'suppressed':
      return l10n.t('Log gap: journald’s rate limit has dropped lines of this unit (RateLimitBurst of journald.conf)');
  }
}

/** How much is missing, as far as it is known. */
const gapLength = ({ seconds, bytes, lines }: Gap): readonly string[] => [
  ...(lines === undefined ? [] : [l10n.t('{0} lines', count(lines))]),
  ...(bytes === undefined ? [] : [l10n.t('at least {0}', size(bytes))]),
  ...(seconds === undefined ? [] : [l10n.t('within {0} s', count(seconds))]),
];

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

/** Where lines may be missing, with how much, as far as it is known. */
export const lossMark = (until: number, gap: Gap): ChartMark => ({
  kind: 'gap',
  at: until - (gap.seconds ?? 0) * 1000,
  until,
  text: [l10n.t('lines missing'), ...gapLength(gap)].join(' · '),
});
