import { el } from './dom';

/**
 * The tallest element, in px: browsers hold lengths only up to 33 million device pixels or so, and a zoom multiplies them. A log
 * that is taller is scrolled in proportion, and the wheel is turned into rows here.
 */
const TALLEST = 8_000_000;

/** A scroller of any height. Positions are px of the whole, as if it were all there. */
export interface Scroll {
  readonly element: HTMLElement;
  /** Stands still in sight; rows are placed in it. */
  readonly port: HTMLElement;
  readonly top: () => number;
  readonly height: () => number;
  readonly farthest: () => number;
  readonly setWhole: (height: number) => void;
  readonly setTop: (top: number) => void;
}

/** `onScroll`: a person has scrolled; `onSize`: the room in sight has changed. */
export function makeScroll(onScroll: () => void, onSize: () => void): Scroll {
  const port = el('div', 'port');
  const space = el('div', 'space', port);
  const element = el('div', 'rows', space);
  let [top, whole, height, ours] = [0, 0, 0, 0];

  const farthest = (): number => Math.max(0, whole - height);
  const scaled = (): boolean => whole > TALLEST;
  const place = (): void => {
    const real = scaled() ? (top / Math.max(1, farthest())) * (TALLEST - height) : top;
    if (Math.abs(element.scrollTop - real) >= 1) element.scrollTop = real;
    ours = element.scrollTop;
  };
  const setTop = (next: number): void => {
    top = Math.max(0, Math.min(farthest(), next));
    place();
  };
  const resized = (): void => {
    height = element.clientHeight;
    port.style.height = `${height}px`;
    onSize();
  };
  element.addEventListener('scroll', () => {
    // The room grew and the browser scrolled to fill it: that is no person's doing, though it is told before the new size is.
    if (element.clientHeight !== height) resized();
    if (Math.abs(element.scrollTop - ours) <= 1) return;
    ours = element.scrollTop;
    top = scaled() ? (ours / (TALLEST - height)) * farthest() : ours;
    onScroll();
  });
  element.addEventListener(
    'wheel',
    (event) => {
      if (!scaled() || event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      setTop(
        top +
          event.deltaY *
            (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? height : 1),
      );
      onScroll();
    },
    { passive: false },
  );
  new ResizeObserver(resized).observe(element);
  return {
    element,
    port,
    top: () => top,
    height: () => height,
    farthest,
    setWhole: (next) => {
      if (next === whole) return;
      whole = next;
      space.style.height = `${Math.min(whole, TALLEST)}px`;
      setTop(top);
    },
    setTop,
  };
}

/** What a wheel that counts in lines means by one, in px. */
const LINE = 22;
