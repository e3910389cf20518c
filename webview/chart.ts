import { ADDRESS_CLASSES, type AddressClass } from '../src/shared/address';
import type { PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, fill, setText, svg } from './dom';

const WIDTH = 600;
const TOP = 4;
const HEIGHT = 96;
const RATE = 16;

/** The share of each class over the last half hour, a bar for each half minute, with the number of lines below. */
export function makeChart(
  words: PanelWords,
  locale: string,
): {
  readonly element: HTMLElement;
  readonly set: (share: PanelStatus['share']) => void;
} {
  const drawing = svg('svg', { id: 'chart', role: 'img', preserveAspectRatio: 'none', viewBox: `0 0 ${WIDTH} ${TOP + HEIGHT + RATE + 4}` });
  const bars = svg('g');
  drawing.append(hatch(), bars, svg('line', { class: 'axis', x1: 0, x2: WIDTH, y1: TOP + HEIGHT, y2: TOP + HEIGHT }));
  const [boot, bootText] = [svg('line', { class: 'boot', y1: 0, y2: TOP + HEIGHT }), el('span', 'boot')];
  drawing.append(boot);
  const ticks = el('div', 'ticks');
  const now = el('span', 'dim');
  const empty = el('div', 'none', words.noLinesYet);
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const element = el('section', '', el('div', 'cap', el('h2', '', words.share), now), el('div', 'plot', drawing, bootText, empty), ticks);
  element.setAttribute('aria-label', words.share);
  let last = '';
  return {
    element,
    set: (share) => {
      const key = JSON.stringify(share);
      if (key === last) return;
      last = key;
      const sums = share.counts.map((counts) => counts.reduce((sum, count) => sum + count, 0));
      bars.replaceChildren(...drawBars(share.counts, sums));
      empty.hidden = sums.some((sum) => sum > 0);
      const newest = sums.findLastIndex((sum) => sum > 0);
      const latest = share.counts[newest];
      const untold = (latest?.[ADDRESS_CLASSES.indexOf('public')] ?? 0) > 0;
      const told = latest === undefined ? '' : fill(words.shareNow, shares(latest, sums[newest] ?? 1, words, percent));
      const summary = untold ? words.shareUnknown : told;
      setText(now, summary);
      drawing.setAttribute('aria-label', [words.share, summary, share.boot?.text ?? ''].filter((part) => part !== '').join('. '));
      drawBoot(share, boot, bootText);
      const marks = [0, 10, 20, 30, 40, 50].map((bar) => el('span', '', clock.format(share.from + bar * share.barMs)));
      ticks.replaceChildren(...marks, el('span', '', words.now));
    },
  };
}

/** Order from the axis up: what the panel is about stands at the bottom, so that its flip is seen at once. */
const STACK: readonly AddressClass[] = ['visitor', 'public', 'origin', 'private', 'unparsed'];

function drawBars(counts: readonly (readonly number[])[], sums: readonly number[]): SVGElement[] {
  const width = WIDTH / counts.length;
  const most = Math.max(1, ...sums);
  return counts.flatMap((bar, i) => {
    const sum = sums[i] ?? 0;
    if (sum === 0) return [];
    let y = TOP + HEIGHT;
    const parts = STACK.flatMap((name) => {
      const height = ((bar[ADDRESS_CLASSES.indexOf(name)] ?? 0) / sum) * HEIGHT;
      y -= height;
      return height === 0 ? [] : [svg('rect', { class: `bar c-${name}`, x: i * width, y, width: width - 1, height })];
    });
    const height = Math.max(1, (sum / most) * RATE);
    return [...parts, svg('rect', { class: 'rate', x: i * width, y: TOP + HEIGHT + 4 + RATE - height, width: width - 1, height })];
  });
}

/** A line at the boot, its words on the side that has room. */
function drawBoot({ from, barMs, counts, boot }: PanelStatus['share'], line: SVGElement, words: HTMLElement): void {
  line.style.display = boot === undefined ? 'none' : '';
  words.hidden = boot === undefined;
  if (boot === undefined) return;
  const part = Math.min(1, (boot.at - from) / (barMs * counts.length));
  for (const end of ['x1', 'x2']) line.setAttribute(end, String(part * WIDTH));
  setText(words, boot.text);
  words.style.left = part > 0.5 ? '' : `${part * 100}%`;
  words.style.right = part > 0.5 ? `${(1 - part) * 100}%` : '';
}

function shares(counts: readonly number[], sum: number, words: PanelWords, percent: Intl.NumberFormat): string {
  return ADDRESS_CLASSES.flatMap((name, i) => {
    const share = ((counts[i] ?? 0) / sum) * 100;
    return share < 0.5 ? [] : [`${percent.format(share)} % ${words.classes[name].toLowerCase()}`];
  }).join(', ');
}

/** Back-to-origin is hatched, so that the flip is seen without colours. */
function hatch(): SVGElement {
  const pattern = svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  pattern.append(svg('rect', { class: 'hatch-ground', width: 6, height: 6 }), svg('rect', { class: 'hatch-line', width: 1.5, height: 6 }));
  const defs = svg('defs');
  defs.append(pattern);
  return defs;
}
