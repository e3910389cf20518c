import type { PanelWords } from '../src/shared/protocol';
import { el } from './dom';
import { drawHead } from './row';

/**
 * The frame of the list: a grid that has the focus, since only it may name the selected row; a click that meets the
 * scroller is passed on to it.
 */
export function makeGrid(
  words: PanelWords,
  scroller: HTMLElement,
  merged: boolean,
): { readonly element: HTMLElement; readonly heads: HTMLElement } {
  const heads = drawHead(words);
  heads.dataset.vscodeContext = JSON.stringify({ webviewSection: 'head', preventDefaultContextMenuItems: true });
  const element = el('div', merged ? 'grid merged' : 'grid', heads, scroller);
  element.setAttribute('role', 'grid');
  element.setAttribute('aria-label', words.log);
  element.setAttribute('aria-readonly', 'true');
  element.setAttribute('aria-multiselectable', 'true');
  scroller.setAttribute('role', 'rowgroup');
  element.tabIndex = 0;
  scroller.tabIndex = -1;
  scroller.addEventListener('focus', () => element.focus({ preventScroll: true }));
  return { element, heads };
}
