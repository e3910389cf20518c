import { el, fill } from './dom';

/** Screen readers hear about the log at most this often, and about a step of a search at most that often. */
const EVERY_MS = 10_000;
const STEP_MS = 500;

/** Polite, rate-limited announcements. */
export interface Announcer {
  readonly element: HTMLElement;
  /** `lines` in all; those that came since the last announcement are told, with the verdict. */
  readonly lines: (lines: number, verdict: string) => void;
  /** The outcome of something that a person did. */
  readonly say: (text: string) => void;
}

export function makeAnnouncer(words: string): Announcer {
  const [log, step] = [el('div'), el('div')];
  for (const one of [log, step]) one.setAttribute('aria-live', 'polite');
  let last = -EVERY_MS;
  let told = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return {
    element: el('div', 'sr-only', log, step),
    lines: (lines, verdict) => {
      const now = performance.now();
      if (lines < told) told = 0;
      if (lines === told || now - last < EVERY_MS) return;
      log.textContent = fill(words, lines - told, verdict);
      [last, told] = [now, lines];
    },
    say: (text) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => (step.textContent = text), STEP_MS);
    },
  };
}
