import { el } from './dom';

/** Screen readers hear about the log at most this often. */
const EVERY_MS = 10_000;

/** A polite, rate-limited announcement of what the log has gained. */
export function makeAnnouncer(): { readonly element: HTMLElement; readonly say: (text: string) => void } {
  const element = el('div', 'sr-only');
  element.setAttribute('aria-live', 'polite');
  let last = -EVERY_MS;
  return {
    element,
    say: (text) => {
      const now = performance.now();
      if (now - last < EVERY_MS) return;
      last = now;
      element.textContent = text;
    },
  };
}
