import type { PanelRow } from '../src/shared/protocol';
import { drawRow, sameRow, type RowFormat } from './row';
import { isSelected, type Selection } from './selection';

/** Which rows are to be there, and where. */
export interface Drawing {
  readonly rows: ReadonlyMap<number, PanelRow>;
  readonly from: number;
  readonly to: number;
  /** The row's number among all that there are, from 0. */
  readonly index: (row: number) => number;
  /** px from the top of what is in sight; undefined: rows follow one another. */
  readonly offset: ((row: number) => number) | undefined;
  readonly selection: Selection | undefined;
}

/** The rows that exist as elements, in their order. One that is still to be seen stays the same element. */
export interface RowPool {
  readonly draw: (drawing: Drawing) => void;
  readonly get: (row: number) => { readonly row: PanelRow; readonly element: HTMLElement } | undefined;
  readonly clear: () => void;
}

export function makeRowPool(port: HTMLElement, format: RowFormat): RowPool {
  const drawn = new Map<number, { readonly row: PanelRow; readonly element: HTMLElement }>();
  const elementOf = (row: number, data: PanelRow): HTMLElement => {
    const known = drawn.get(row);
    if (known !== undefined && sameRow(known.row, data)) return known.element;
    known?.element.remove();
    const element = drawRow(data, format);
    element.id = `row-${row}`;
    drawn.set(row, { row: data, element });
    return element;
  };
  return {
    draw: ({ rows, from, to, index, offset, selection }) => {
      for (const [row, { element }] of drawn) {
        if (row >= from && row < to) continue;
        element.remove();
        drawn.delete(row);
      }
      let last: Element | null = null;
      for (let row = from; row < to; row++) {
        const data = rows.get(row);
        if (data === undefined) continue;
        const element = elementOf(row, data);
        const next: Element | null = last === null ? port.firstElementChild : last.nextElementSibling;
        if (next !== element) port.insertBefore(element, next);
        last = element;
        element.style.transform = offset === undefined ? '' : `translateY(${offset(row)}px)`;
        element.classList.toggle('sel', isSelected(selection, row));
        element.classList.toggle('cursor', row === selection?.cursor);
        element.setAttribute('aria-selected', String(isSelected(selection, row)));
        // The head is the first.
        element.setAttribute('aria-rowindex', String(index(row) + 2));
      }
    },
    get: (row) => drawn.get(row),
    clear: () => {
      drawn.forEach(({ element }) => element.remove());
      drawn.clear();
    },
  };
}

/** How many of the last rows fit a height, one at least; undefined: all of them fit together. */
export function fitting(heights: readonly number[], room: number): number | undefined {
  if (heights.reduce((sum, height) => sum + height, 0) <= room) return undefined;
  let [left, count] = [room, 0];
  for (const height of heights.toReversed()) {
    if (height > left) break;
    left -= height;
    count++;
  }
  return Math.max(1, count);
}
