import type { FromPanel, PanelDetail, PanelWords } from '../src/shared/protocol';
import { el, iconButton, shown } from './dom';
import { button } from './toolkit';

/** Everything of one line, beside the rows. */
export interface Detail {
  readonly element: HTMLElement;
  readonly isOpen: () => boolean;
  readonly show: (detail: PanelDetail) => void;
  readonly close: () => void;
}

/** `onFilter`: a person wants only the lines of an address. */
export function makeDetail(
  words: PanelWords,
  post: (message: FromPanel) => void,
  onFilter: (address: string) => void,
  onClose: () => void,
): Detail {
  let now: PanelDetail | undefined;
  const close = (): void => {
    if (element.hidden) return;
    element.hidden = true;
    onClose();
  };
  const act = (label: string, icon: string, onClick: (detail: PanelDetail) => void): HTMLElement => {
    const made = button({ primary: false, onClick: () => now !== undefined && onClick(now) });
    made.set(icon, label);
    return made.element;
  };
  const copyLine = act(words.copyLine, 'copy', ({ line }) => post({ type: 'copy', what: 'lines', from: line, to: line }));
  const copyAddress = act(words.copyAddress, 'copy', ({ line }) => post({ type: 'copy', what: 'address', from: line, to: line }));
  const only = act(words.onlyAddress, 'filter', ({ address }) => address !== undefined && onFilter(address));
  const parts = el('dl', 'parts');
  const whole = el('pre');
  whole.tabIndex = 0;
  whole.setAttribute('aria-label', words.wholeLine);
  const element = el(
    'aside',
    'detail',
    el('div', 'cap', el('h2', '', words.details), el('span', 'sp'), iconButton('close', words.close, close)),
    el('div', 'detail-act', copyLine, copyAddress, only),
    parts,
    el('h3', '', words.wholeLine),
    whole,
  );
  element.setAttribute('aria-label', words.details);
  element.hidden = true;
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  return {
    element,
    isOpen: () => !element.hidden,
    show: (detail) => {
      now = detail;
      element.hidden = false;
      copyAddress.hidden = only.hidden = detail.address === undefined;
      parts.replaceChildren(...detail.parts.flatMap(([name, text]) => [el('dt', '', name), el('dd', '', ...shown(text))]));
      whole.replaceChildren(...shown(detail.text));
    },
    close,
  };
}
