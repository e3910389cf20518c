import type { ChartMark, PanelShare } from '../src/shared/panelStatus';
import { PLOT } from './chartBars';
import { el, shown, svg } from './dom';

/** A letter's width at the words' size, in px, roughly. */
const LETTER = 6.6;

/** Lines where the host was booted or its module loaded, and hatched gaps; their words stand above, as far as they have room. */
export function makeMarks(): {
  readonly gaps: SVGElement;
  readonly lines: SVGElement;
  readonly words: HTMLElement;
  readonly set: (share: PanelShare, width: number) => void;
} {
  const [gaps, lines, words] = [svg('g'), svg('g'), el('div', 'marks')];
  words.setAttribute('aria-hidden', 'true');
  let last = '';
  return {
    gaps,
    lines,
    words,
    set: ({ marks, from, barMs, counts }, width) => {
      const key = JSON.stringify([marks, from, width]);
      if (key === last) return;
      last = key;
      const part = (at: number): number => Math.min(1, Math.max(0, (at - from) / (barMs * counts.length)));
      const spans = marks.filter(({ kind }) => kind === 'gap');
      gaps.replaceChildren(
        ...spans.map(({ at, until = at }) => {
          const x = part(at) * PLOT.width;
          return svg('rect', {
            class: 'gap',
            x,
            y: PLOT.top,
            width: Math.max(2, part(until) * PLOT.width - x),
            height: PLOT.foot - PLOT.top,
          });
        }),
      );
      lines.replaceChildren(
        ...marks
          .filter(({ kind }) => kind !== 'gap')
          .map(({ kind, at }) => svg('line', { class: kind, x1: part(at) * PLOT.width, x2: part(at) * PLOT.width, y1: 0, y2: PLOT.foot })),
      );
      words.replaceChildren(...placed(marks, part, width));
    },
  };
}

/** The words of the marks, those of the module first; what would lie over another is left out. */
function placed(marks: readonly ChartMark[], part: (at: number) => number, width: number): HTMLElement[] {
  const taken: (readonly [number, number])[] = [];
  const order = (['loaded', 'boot', 'gap'] as const).flatMap((kind) => marks.filter((mark) => mark.kind === kind).reverse());
  return order.flatMap((mark) => {
    const at = part(mark.at) * width;
    const wide = mark.text.length * LETTER + 10;
    const sides = [[at, at + wide] as const, [at - wide, at] as const];
    const side = sides.findIndex(([from, to]) => from >= 0 && to <= width && taken.every(([a, b]) => to <= a || from >= b));
    const span = sides[side];
    if (span === undefined) return [];
    taken.push(span);
    const made = el('span', mark.kind, ...shown(mark.text));
    made.style.left = side === 0 ? `${at}px` : '';
    made.style.right = side === 0 ? '' : `${width - at}px`;
    return [made];
  });
}
