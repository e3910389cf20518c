import { l10n, window } from 'vscode';
import type { LogView } from '../../engine/logBufferView';
import { epochOf } from '../../core/log/parse';
import { clockTime } from '../text/time';
import type { PanelLines } from './lines';

/** Asks for a time and finds the first line of it; undefined: nothing was asked for, or there is no line. */
export async function jumpFlow(all: PanelLines, view: LogView): Promise<number | undefined> {
  const [first, last] = [timeOfRow(all, view, view.base, 1), timeOfRow(all, view, view.end - 1, -1)];
  if (first === undefined || last === undefined) {
    void window.showInformationMessage(l10n.t('No line tells its time.'));
    return undefined;
  }
  const text = await window.showInputBox({
    title: l10n.t('Jump to Time'),
    prompt: l10n.t(
      'Lines from {0} to {1}. A time of day such as 14:05 or 14:05:20, or a date and a time.',
      clockTime(first),
      clockTime(last),
    ),
    value: clockTime(last),
    validateInput: (typed) =>
      typedTime(typed, last) === undefined ? l10n.t('Not a time such as 14:05 or 2024-05-14 14:05:20') : undefined,
  });
  const time = text === undefined ? undefined : typedTime(text, last);
  return time === undefined ? undefined : rowAt(all, view, time);
}

/** The first line at or after a time in the log's own text, by the first log's zone where it tells none. */
export function lineAtTime(all: PanelLines, view: LogView, time: string): number | undefined {
  const at = epochOf(time, all.sources[0]?.zone());
  return at === undefined ? undefined : rowAt(all, view, at);
}

const DAY_MS = 86_400_000;

/** What a person typed, as the latest such moment that is not after `last`, by the editor's zone. */
function typedTime(text: string, last: number): number | undefined {
  const [, date, hours, minutes, seconds = '0'] = /^\s*(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const day = date === undefined ? new Date(last) : new Date(`${date}T00:00:00`);
  if (Number.isNaN(day.getTime())) return undefined;
  const time = day.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  return date === undefined && time > last + 60_000 ? time - DAY_MS : time;
}

/** Times of a log rise, give or take; so a few steps find the place. */
function rowAt(all: PanelLines, view: LogView, time: number): number | undefined {
  let [low, high] = [view.base, view.end];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = timeOfRow(all, view, middle, 1);
    if (at !== undefined && at < time) low = middle + 1;
    else high = middle;
  }
  return view.line(Math.min(low, view.end - 1));
}

/** How many rows are looked at for one that tells its time. */
const NEAR = 100;

function timeOfRow({ lines, sources }: PanelLines, view: LogView, row: number, step: 1 | -1): number | undefined {
  for (let near = row; near >= view.base && near < view.end && Math.abs(near - row) < NEAR; near += step) {
    const line = view.line(near);
    const kept = line === undefined ? undefined : lines.get(line);
    const time = kept === undefined ? undefined : sources[kept.source]?.timeOf(kept.bytes, kept.code);
    if (time !== undefined) return time;
  }
  return undefined;
}
