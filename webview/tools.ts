import { ADDRESS_CLASSES, type AddressClass } from '../src/shared/address';
import type { FromPanel, PanelAction, PanelFilter, PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, fill, icon, iconButton, setPressed, setText } from './dom';
import { makeField } from './field';
import { CLASS_ICONS } from './row';
import type { Rows } from './rows';
import { button } from './toolkit';

/** Pause and follow, the classes with their counts (the chart's legend too), the filter, and what can be done with the rows. */
export interface Tools {
  readonly element: HTMLElement;
  readonly setStatus: (status: PanelStatus) => void;
  readonly setMode: () => void;
  readonly setWrap: (wrap: boolean) => void;
  readonly filter: () => PanelFilter;
  readonly setFilter: (filter: PanelFilter) => void;
}

/** `count`: what counts the whole log, where there is one. `onFilter`: the filter has changed by a person's hand. */
export function makeTools(
  words: PanelWords,
  locale: string,
  count: HTMLElement | undefined,
  rows: () => Rows,
  post: (message: FromPanel) => void,
  first: PanelFilter,
  { onFilter, onFind, onWrap }: { readonly onFilter: () => void; readonly onFind: () => void; readonly onWrap: () => void },
): Tools {
  const hidden = new Set(first.hidden);
  const pause = button({ primary: false, onClick: () => rows().setPaused(rows().mode() === 'following') });
  pause.element.classList.add('pause');
  const chips = new Map(ADDRESS_CLASSES.map((name) => [name, chip(name, words, hidden, onFilter)]));
  const group = el('div', 'chips', ...[...chips.values()].map((one) => one.element));
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', words.filterByClass);

  const left = el('span', 'n');
  const field = makeField({ icon: 'filter', label: words.filter, hint: words.filterHint, words, more: [left] }, first, onFilter);
  field.element.classList.add('filter');

  const act = (name: string, label: string, action: PanelAction): HTMLElement =>
    iconButton(name, label, () => post({ type: 'action', action }));
  const wrap = iconButton('word-wrap', words.wrap, onWrap);
  const clear = iconButton('clear-all', words.clear, () => {
    post({ type: 'clear' });
    // There is nothing left to look back at.
    if (rows().mode() === 'scrolled') rows().setPaused(false);
  });
  const buttons = el(
    'div',
    'acts',
    ...(count === undefined ? [] : [count]),
    iconButton('search', words.find, onFind),
    act('watch', words.jumpToTime, 'jumpToTime'),
    act('split-horizontal', words.chooseColumns, 'columns'),
    wrap,
    act('export', words.export, 'export'),
    clear,
  );
  const element = el('div', 'tools', pause.element, group, field.element, buttons);
  element.setAttribute('role', 'toolbar');
  element.setAttribute('aria-label', words.tools);

  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    element,
    setStatus: ({ totals, lines, filter }) => {
      field.setProblem(filter.problem);
      setText(left, filter.left > 0 ? fill(words.filtering, number.format(filter.left)) : '');
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
      pause.element.setAttribute('appearance', waiting > 0 ? 'primary' : 'secondary');
    },
    setWrap: (on) => setPressed(wrap, on),
    filter: () => ({ hidden: [...hidden], ...field.value() }),
    setFilter: (filter) => {
      field.set(filter);
      hidden.clear();
      filter.hidden.forEach((name) => hidden.add(name));
      chips.forEach(({ element: one }, name) => one.setAttribute('aria-pressed', String(!hidden.has(name))));
    },
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
