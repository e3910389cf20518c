import type { PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, fill, icon, setText, shown } from './dom';
import { CLASS_ICONS } from './row';

/** The most frequent addresses. */
export function makeTop(
  words: PanelWords,
  locale: string,
): {
  readonly element: HTMLElement;
  readonly set: (status: Pick<PanelStatus, 'top' | 'distinct' | 'distinctVisitors'>) => void;
} {
  const list = el('ul', 'addr');
  const distinct = el('span', 'dim');
  const element = el('section', '', el('div', 'cap', el('h2', '', words.topAddresses), distinct), list);
  element.setAttribute('aria-label', words.topAddresses);
  const number = new Intl.NumberFormat(locale);
  let last = '';
  return {
    element,
    set: ({ top, distinct: many, distinctVisitors }) => {
      const key = JSON.stringify([top, many, distinctVisitors]);
      if (key === last) return;
      last = key;
      setText(distinct, many === 0 ? '' : fill(words.distinct, number.format(many), number.format(distinctVisitors)));
      const most = Math.max(1, ...top.map(({ count }) => count));
      const items = top.map(({ address, addressClass, count }) => {
        const meter = el('i', 'm');
        meter.style.width = `${Math.max(1, (count / most) * 40)}px`;
        const item = el(
          'li',
          `c-${addressClass}`,
          icon(CLASS_ICONS[addressClass]),
          el('span', '', ...shown(address)),
          meter,
          el('span', 'num', number.format(count)),
        );
        item.title = words.classes[addressClass];
        return item;
      });
      list.replaceChildren(...(items.length > 0 ? items : [el('li', 'dim none', words.noAddresses)]));
    },
  };
}
