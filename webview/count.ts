import { ADDRESS_CLASSES, type AddressClass } from '../src/shared/address';
import type { PanelCount } from '../src/shared/panelCount';
import type { FromPanel, PanelWords } from '../src/shared/protocol';
import { el, fill, icon, iconButton, setText, shown } from './dom';
import { CLASS_ICONS } from './row';

type Counted = Extract<PanelCount, { state: 'counted' }>;

/** Counting the whole log: a button that becomes its progress, and what was counted, in the place of the top addresses. */
export interface Count {
  /** For the toolbar. */
  readonly tool: HTMLElement;
  readonly element: HTMLElement;
  readonly set: (count: PanelCount) => void;
}

export function makeCount(words: PanelWords, locale: string, post: (message: FromPanel) => void): Count {
  const number = new Intl.NumberFormat(locale);
  const end = (): void => post({ type: 'action', action: 'endCount' });
  const start = iconButton('symbol-numeric', words.countWholeFile, () => post({ type: 'action', action: 'countWholeFile' }));
  start.classList.add('labelled');
  start.append(el('span', 'l', words.countWholeFile));
  const text = el('span');
  const bar = el('progress');
  bar.setAttribute('aria-label', words.countWholeFile);
  const progress = el('span', 'counting', icon('loading', 'spin'), text, bar, iconButton('close', words.stopCounting, end));
  progress.hidden = true;
  const tool = el('div', 'count', start, progress);

  const summary = el('span', 'dim');
  const body = el('div', 'counted');
  body.tabIndex = 0;
  const close = iconButton('close', words.close, end);
  const element = el('section', '', el('div', 'cap', el('h2', '', words.wholeFile), summary, el('span', 'sp'), close), body);
  element.setAttribute('aria-label', words.wholeFile);
  element.hidden = true;
  const draw = (counted: Counted): void => {
    setText(summary, `${fill(words.lines, number.format(counted.all.lines))} · ${counted.size}`);
    const { parts, whole } = counted;
    body.replaceChildren(
      classTable(counted, words, number),
      ...(parts === undefined ? [] : [el('p', 'dim', fill(words.countParts, parts.moment))]),
      ...(whole === undefined ? [] : [el('p', 'dim', whole)]),
      topList(counted.top, words, number),
    );
  };
  return {
    tool,
    element,
    set: (count) => {
      start.hidden = count.state === 'counting';
      progress.hidden = count.state !== 'counting';
      element.hidden = count.state !== 'counted';
      if (count.state === 'counting') {
        setText(text, count.text);
        bar.value = count.done;
      } else if (count.state === 'counted') draw(count);
    },
  };
}

/** A row for each class that there is: lines before and since the module, or all of them; the addresses are told beside its name. */
function classTable({ all, parts }: Counted, words: PanelWords, number: Intl.NumberFormat): HTMLElement {
  const columns = parts === undefined ? [all] : [parts.before, parts.since];
  const heads = parts === undefined ? [words.allLines] : [words.before, words.since];
  const row = (name: AddressClass): HTMLElement => {
    const head = el('th', `c-${name}`, icon(CLASS_ICONS[name]), words.classes[name]);
    head.scope = 'row';
    if (name !== 'unparsed') head.title = fill(words.addresses, number.format(all.distinct[name]));
    return el('tr', '', head, ...columns.map((one) => el('td', '', number.format(one.classes[name]))));
  };
  const headRow = el('tr', '', el('td'));
  for (const text of heads) {
    const head = el('th', '', text);
    head.scope = 'col';
    headRow.append(head);
  }
  const names = ADDRESS_CLASSES.filter((name) => all.classes[name] > 0);
  return el('table', '', el('thead', '', headRow), el('tbody', '', ...names.map(row)));
}

function topList(top: Counted['top'], words: PanelWords, number: Intl.NumberFormat): HTMLElement {
  const items = top.map(({ address, addressClass, count }) => {
    const item = el(
      'li',
      `c-${addressClass} wide`,
      icon(CLASS_ICONS[addressClass]),
      el('span', '', ...shown(address)),
      el('span', 'num', number.format(count)),
    );
    item.title = words.classes[addressClass];
    return item;
  });
  const list = el('ul', 'addr', ...items);
  list.setAttribute('aria-label', words.topAddresses);
  return list;
}
