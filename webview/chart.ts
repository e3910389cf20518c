import { ADDRESS_CLASSES } from '../src/shared/address';
import { CHART_RANGES, type ChartRange, type PanelLook } from '../src/shared/panelLook';
import type { PanelShare } from '../src/shared/panelStatus';
import type { PanelWords } from '../src/shared/protocol';
import { drawBars, hatch, PLOT } from './chartBars';
import { makeMarks } from './chartMarks';
import { drawTable } from './chartTable';
import { el, fill, iconButton, setFolded, setPressed, setText, svg } from './dom';

/** The share of each class over time, with the number of lines below and what happened above; or the same as a table. */
export interface Chart {
  readonly element: HTMLElement;
  readonly set: (share: PanelShare) => void;
  readonly setLook: (look: PanelLook) => void;
}

/** `onLook`: a person chose another range, or the table. */
export function makeChart(
  words: PanelWords,
  locale: string,
  events: { readonly onRange: (range: ChartRange) => void; readonly onTable: () => void; readonly onFold: () => void },
): Chart {
  const drawing = svg('svg', { id: 'chart', role: 'img', preserveAspectRatio: 'none', viewBox: `0 0 ${PLOT.width} ${PLOT.all}` });
  const bars = svg('g');
  const axis = svg('line', { class: 'axis', x1: 0, x2: PLOT.width, y1: PLOT.foot, y2: PLOT.foot });
  const marks = makeMarks();
  drawing.append(hatch(), marks.gaps, bars, axis, marks.lines);
  const ticks = el('div', 'ticks');
  const now = el('span', 'dim');
  const empty = el('div', 'none', words.noLinesYet);
  const plot = el('div', 'plot', drawing, marks.words, empty);
  const table = el('div', 'share-table');
  table.tabIndex = 0;
  const choice = el('select', 'link', ...Object.keys(CHART_RANGES).map((name) => option(name as ChartRange, words)));
  choice.setAttribute('aria-label', words.range);
  choice.addEventListener('change', () => events.onRange(choice.value as ChartRange));
  const asTable = iconButton('table', words.table, events.onTable);
  const fold = iconButton('chevron-down', words.foldChart, events.onFold);
  const element = el(
    'section',
    '',
    el('div', 'cap', fold, el('h2', '', words.share), now, el('span', 'sp'), choice, asTable),
    plot,
    table,
    ticks,
  );
  element.setAttribute('aria-label', words.share);
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  let last = '';
  let shown: PanelShare | undefined;
  let look: PanelLook | undefined;

  const draw = (share: PanelShare): void => {
    const sums = share.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    const summary = told(share, sums, words, percent);
    setText(now, summary);
    empty.hidden = sums.some((sum) => sum > 0);
    drawing.setAttribute(
      'aria-label',
      [words.share, summary, ...share.marks.map(({ text }) => text)].filter((part) => part !== '').join('. '),
    );
    const clock = new Intl.DateTimeFormat(locale, timeParts(share.barMs));
    if (look?.table === true) table.replaceChildren(drawTable(share, sums, words, locale, clock));
    else {
      bars.replaceChildren(...drawBars(share.counts, sums));
      marks.set(share, plot.clientWidth);
      const at = [0, 10, 20, 30, 40, 50].map((bar) => el('span', '', clock.format(share.from + bar * share.barMs)));
      ticks.replaceChildren(...at, el('span', '', words.now));
    }
  };
  new ResizeObserver(() => shown !== undefined && marks.set(shown, plot.clientWidth)).observe(plot);
  return {
    element,
    set: (share) => {
      const key = JSON.stringify(share);
      if (key === last) return;
      [last, shown] = [key, share];
      if (look?.folded.includes('chart') !== true || look.table) draw(share);
    },
    setLook: (next) => {
      look = next;
      choice.value = next.range;
      setPressed(asTable, next.table);
      setFolded(fold, next.folded.includes('chart'));
      plot.hidden = ticks.hidden = next.table;
      table.hidden = !next.table;
      if (shown !== undefined) draw(shown);
    },
  };
}

function option(range: ChartRange, words: PanelWords): HTMLOptionElement {
  const made = el('option', '', words.ranges[range]);
  made.value = range;
  return made;
}

/** Seconds where a bar is one, days where the bars go over midnights. */
function timeParts(barMs: number): Intl.DateTimeFormatOptions {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  if (barMs < CHART_RANGES.fiveMinutes) return { ...time, second: '2-digit' };
  return barMs < CHART_RANGES.days ? time : { ...time, month: 'numeric', day: 'numeric' };
}

/** What the newest bar with lines shows, in words. */
function told({ counts }: PanelShare, sums: readonly number[], words: PanelWords, percent: Intl.NumberFormat): string {
  const newest = sums.findLastIndex((sum) => sum > 0);
  const latest = counts[newest];
  if (latest === undefined) return '';
  if ((latest[ADDRESS_CLASSES.indexOf('public')] ?? 0) > 0) return words.shareUnknown;
  const parts = ADDRESS_CLASSES.flatMap((name, i) => {
    const share = ((latest[i] ?? 0) / (sums[newest] ?? 1)) * 100;
    return share < 0.5 ? [] : [`${percent.format(share)} % ${words.classes[name].toLowerCase()}`];
  });
  return fill(words.shareNow, parts.join(', '));
}
