import { ADDRESS_CLASSES } from '../src/shared/address';
import type { PanelShare } from '../src/shared/panelStatus';
import type { PanelWords } from '../src/shared/protocol';
import { el, shown } from './dom';

/** The chart's bars as rows, newest first, those without lines left out; what happened stands in the row of its time. */
export function drawTable(
  { from, barMs, counts, marks }: PanelShare,
  sums: readonly number[],
  words: PanelWords,
  locale: string,
  clock: Intl.DateTimeFormat,
): HTMLElement {
  const number = new Intl.NumberFormat(locale);
  const head = el('tr', '', ...[words.columns.time, ...ADDRESS_CLASSES.map((name) => words.classes[name])].map((text) => column(text)));
  const rows = counts.flatMap((bar, i) => {
    const at = from + i * barMs;
    const here = marks.filter((mark) => mark.at >= at && mark.at < at + barMs);
    if (sums[i] === 0 && here.length === 0) return [];
    const time = el('th', '', clock.format(at), ...here.flatMap(({ text }) => [' · ', ...shown(text)]));
    time.scope = 'row';
    return [el('tr', '', time, ...ADDRESS_CLASSES.map((_, code) => el('td', '', number.format(bar[code] ?? 0))))];
  });
  return el('table', '', el('caption', 'sr-only', words.share), el('thead', '', head), el('tbody', '', ...rows.reverse()));
}

function column(text: string): HTMLElement {
  const made = el('th', '', text);
  made.scope = 'col';
  return made;
}
