import { ADDRESS_CLASSES, type AddressClass } from '../src/shared/address';
import type { FromPanel, PanelFilter, PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, fill, icon, setText } from './dom';
import { CLASS_ICONS, type Rows } from './rows';
import { button, textField } from './toolkit';

/** Typing is not answered before it pauses this long. */
const TYPING_MS = 150;

/** Pause and follow, the classes with their counts (the chart's legend too), the filter, clear. */
export function makeTools(
  words: PanelWords,
  locale: string,
  rows: () => Rows,
  post: (message: FromPanel) => void,
  filter: PanelFilter,
): {
  readonly element: HTMLElement;
  readonly setTotals: (totals: PanelStatus['totals'], lines: number) => void;
  readonly setMode: () => void;
  readonly filtered: () => boolean;
} {
  const hidden = new Set(filter.hidden);
  let { text } = filter;
  const send = (): void => post({ type: 'filter', hidden: [...hidden], text });

  const pause = button({ primary: false, onClick: () => rows().setPaused(rows().mode() === 'following') });
  pause.element.classList.add('pause');
  const chips = new Map(ADDRESS_CLASSES.map((name) => [name, chip(name, words, hidden, send)]));
  const group = el('div', 'chips', ...[...chips.values()].map((one) => one.element));
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', words.filterByClass);

  let typing: ReturnType<typeof setTimeout> | undefined;
  const search = textField(words.search, text, (value) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      text = value.slice(0, 1000);
      send();
    }, TYPING_MS);
  });
  search.classList.add('find');

  const clear = el('button', 'ib', icon('clear-all'));
  clear.title = words.clear;
  clear.setAttribute('aria-label', words.clear);
  clear.addEventListener('click', () => {
    post({ type: 'clear' });
    // There is nothing left to look back at.
    if (rows().mode() === 'scrolled') rows().setPaused(false);
  });

  const element = el('div', 'tools', pause.element, group, search, clear);
  element.setAttribute('role', 'toolbar');
  element.setAttribute('aria-label', words.log);

  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    element,
    setTotals: (totals, lines) => {
      for (const [name, { element: one, count, share }] of chips) {
        setText(count, number.format(totals[name]));
        setText(share, lines === 0 || totals[name] === 0 ? '' : ` · ${percent.format((totals[name] / lines) * 100)} %`);
        // Without ranges there are no visitors and no back-to-origin addresses, with them no unclassed ones.
        one.hidden = totals.public > 0 ? (name === 'visitor' || name === 'origin') && totals[name] === 0 : name === 'public';
      }
    },
    setMode: () => {
      const following = rows().mode() === 'following';
      const waiting = rows().waiting();
      pause.set(
        following ? 'debug-pause' : 'debug-continue',
        following ? words.pause : waiting === 0 ? words.follow : fill(words.followNew, number.format(waiting)),
      );
    },
    filtered: () => hidden.size > 0 || text !== '',
  };
}

function chip(
  name: AddressClass,
  words: PanelWords,
  hidden: Set<AddressClass>,
  changed: () => void,
): {
  readonly element: HTMLButtonElement;
  readonly count: HTMLElement;
  readonly share: HTMLElement;
} {
  const [count, share] = [el('span', '', '0'), el('span', 'share')];
  const element = el(
    'button',
    `chip c-${name}`,
    el('span', 'key'),
    icon(CLASS_ICONS[name]),
    el('span', 'l', words.classes[name]),
    el('span', 'n', count, share),
  );
  element.setAttribute('aria-pressed', String(!hidden.has(name)));
  element.addEventListener('click', () => {
    if (!hidden.delete(name)) hidden.add(name);
    element.setAttribute('aria-pressed', String(!hidden.has(name)));
    changed();
  });
  return { element, count, share };
}
