import { ADDRESS_CLASSES, type AddressClass } from '../src/shared/address';
import { svg } from './dom';

const [TOP, HEIGHT, RATE] = [4, 96, 16];

/** The drawing's own measures: `foot` is where the bars stand, the rate hangs below. */
export const PLOT = { width: 600, top: TOP, foot: TOP + HEIGHT, all: TOP + HEIGHT + RATE + 4 } as const;

/** Order from the axis up: what the panel is about stands at the bottom, so that its flip is seen at once. */
const STACK: readonly AddressClass[] = ['visitor', 'public', 'origin', 'private', 'unparsed'];

/** A bar for each time, its classes by share, and below it how many lines there were. */
export function drawBars(counts: readonly (readonly number[])[], sums: readonly number[]): SVGElement[] {
  const width = PLOT.width / counts.length;
  const most = Math.max(1, ...sums);
  return counts.flatMap((bar, i) => {
    const sum = sums[i] ?? 0;
    if (sum === 0) return [];
    let y = PLOT.foot;
    const parts = STACK.flatMap((name) => {
      const height = ((bar[ADDRESS_CLASSES.indexOf(name)] ?? 0) / sum) * HEIGHT;
      y -= height;
      return height === 0 ? [] : [svg('rect', { class: `bar c-${name}`, x: i * width, y, width: width - 1, height })];
    });
    const height = Math.max(1, (sum / most) * RATE);
    return [...parts, svg('rect', { class: 'rate', x: i * width, y: PLOT.foot + 4 + RATE - height, width: width - 1, height })];
  });
}

/** Back-to-origin is hatched, so that the flip is seen without colours; so is a gap, more thinly. */
export function hatch(): SVGElement {
  const defs = svg('defs');
  defs.append(
    pattern(
      'hatch',
      svg('rect', { class: 'hatch-ground', width: 6, height: 6 }),
      svg('rect', { class: 'hatch-line', width: 1.5, height: 6 }),
    ),
    pattern('gap-hatch', svg('rect', { class: 'gap-line', width: 1, height: 6 })),
  );
  return defs;
}

function pattern(id: string, ...parts: SVGElement[]): SVGElement {
  const made = svg('pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  made.append(...parts);
  return made;
}
