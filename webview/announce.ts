import { el, fill } from './dom';

/** Screen readers hear about the log at most this often. */
const EVERY_MS = 10_000;

/** A polite, rate-limited announcement of what the log has gained. */
export function makeAnnouncer(words: string): {
  readonly element: HTMLElement;
  /** `lines` in all; those that came since the last announcement are told, with the verdict. */
  readonly say: (lines: number, verdict: string) => void;
} {
  const element = el('div', 'sr-only');
  element.setAttribute('aria-live', 'polite');
  let last = -EVERY_MS;
  let told = 0;
  return {
    element,
    say: (lines, verdict) => {
      const now = performance.now();
      if (lines < told) told = 0;
      if (lines === told || now - last < EVERY_MS) return;
      element.textContent = fill(words, lines - told, verdict);
      [last, told] = [now, lines];
    },
  };
}
