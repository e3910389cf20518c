import { displayParts } from '../src/shared/display';

/** An element with a class and children; strings become text nodes, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** An SVG element with attributes. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** A codicon, for the eye only. */
export function icon(name: string, more = ''): HTMLElement {
  const element = el('span', `codicon codicon-${name} ${more}`.trim());
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** Frames, or marks, in one text: a line that is made of nothing else must not make tens of thousands of elements. */
const MOST_PIECES = 200;

/** Hostile text as nodes: what could hide, move or colour text is a small framed escape, far behind in the text an unframed one. */
export function shown(text: string): Node[] {
  const parts = displayParts(text);
  const nodes = parts
    .slice(0, MOST_PIECES)
    .map((part) => (part.escape ? el('span', 'esc', part.text) : document.createTextNode(part.text)));
  const rest = parts.slice(MOST_PIECES);
  return rest.length === 0 ? nodes : [...nodes, document.createTextNode(rest.map((part) => part.text).join(''))];
}

/** `shown`, with the pieces that a search found marked, whatever their case. */
export function marked(text: string, hits: readonly string[]): Node[] {
  const lower = text.toLowerCase();
  const nodes: Node[] = [];
  let from = 0;
  for (let marks = 0; from < text.length && marks < MOST_PIECES; marks++) {
    const next = nextHit(lower, hits, from);
    if (next === undefined) break;
    nodes.push(...shown(text.slice(from, next.at)), el('mark', '', ...shown(text.slice(next.at, next.at + next.length))));
    from = next.at + next.length;
  }
  return [...nodes, ...shown(text.slice(from))];
}

/** The first piece at or after `from`, and of those that begin there the longest. */
function nextHit(lower: string, hits: readonly string[], from: number): { readonly at: number; readonly length: number } | undefined {
  let best: { readonly at: number; readonly length: number } | undefined;
  for (const { length, ...hit } of hits.map((text) => ({ length: text.length, text: text.toLowerCase() }))) {
    const at = lower.indexOf(hit.text, from);
    if (at < 0 || (best !== undefined && (at > best.at || (at === best.at && length <= best.length)))) continue;
    best = { at, length };
  }
  return best;
}

/** Fills `{0}`, `{1}` … of one of the host's words. */
export const fill = (words: string, ...values: (string | number)[]): string =>
  words.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));

/** A small button with an icon only; `label` is its tooltip and its name. */
export function iconButton(name: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = el('button', 'ib', icon(name));
  element.title = label;
  element.setAttribute('aria-label', label);
  element.addEventListener('click', onClick);
  return element;
}

/** Sets whether a button that stays pressed is pressed. */
export function setPressed(button: HTMLElement, pressed: boolean): void {
  button.setAttribute('aria-pressed', String(pressed));
  button.classList.toggle('on', pressed);
}

/** Turns the chevron of a button that folds something away. */
export function setFolded(button: HTMLElement, folded: boolean): void {
  button.setAttribute('aria-expanded', String(!folded));
  button.firstElementChild?.classList.toggle('codicon-chevron-right', folded);
  button.firstElementChild?.classList.toggle('codicon-chevron-down', !folded);
}

/** Sets text only where it changed, so that screen readers are not told the same again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * An element that is drawn anew only when what it shows has changed: a button that has the focus, or is being pressed,
 * stays the same button while other parts of a status move several times a second.
 */
export function redrawn<T>(draw: (value: T) => HTMLElement): { readonly element: HTMLElement; readonly set: (value: T) => void } {
  const element = el('div');
  let last = '';
  return {
    element,
    set: (value) => {
      const now = JSON.stringify([value]);
      if (now === last) return;
      last = now;
      element.replaceChildren(draw(value));
    },
  };
}
