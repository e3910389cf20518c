import { l10n } from 'vscode';

/** How long ago `at` was, in words: `now`, `2 min`, `3 h`, `5 d`. Both in ms since the epoch. */
export function age(at: number, now: number): string {
  const minutes = Math.floor(Math.max(0, now - at) / 60_000);
  if (minutes < 1) return l10n.t('just now');
  if (minutes < 60) return l10n.t('{0} min ago', minutes);
  if (minutes < 60 * 48) return l10n.t('{0} h ago', Math.floor(minutes / 60));
  return l10n.t('{0} d ago', Math.floor(minutes / 1440));
}

/** How soon `at` is: `in 4 min`, `in 30 s`, `now`. */
export function inTime(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  if (seconds <= 0) return l10n.t('now');
  return seconds < 60 ? l10n.t('in {0} s', seconds) : l10n.t('in {0} min', Math.round(seconds / 60));
}

/** How long something takes, in words: `40 s`, `3 min`. */
export const span = (seconds: number): string =>
  seconds < 90 ? l10n.t('{0} s', Math.max(1, Math.round(seconds))) : l10n.t('{0} min', Math.round(seconds / 60));

const two = (value: number): string => String(value).padStart(2, '0');

/** The editor's local time of day, `14:01:09`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local date and time with the zone, `2024-05-14 14:06:31 +08:00`. */
export function dateTime(at: number): string {
  const date = new Date(at);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(at)} ${zone}`;
}
