import type { FromPanel, PanelStatus, PanelText, PanelWords } from '../src/shared/protocol';
import { el, fill, iconButton, setText } from './dom';
import { makeField } from './field';

/** The search over the rows, as an editor has it: it marks, counts and leads from match to match, and hides nothing. */
export interface Find {
  readonly element: HTMLElement;
  readonly open: () => void;
  readonly isOpen: () => boolean;
  readonly close: () => void;
  /** To the next match, or the previous one. */
  readonly seek: (forward: boolean) => void;
  readonly set: (status: PanelStatus) => void;
}

/** `from`: the line that the next match is sought from; `onClose`: the focus has to go somewhere. */
export function makeFind(
  words: PanelWords,
  locale: string,
  first: PanelText,
  post: (message: FromPanel) => void,
  { from, onClose, say }: { readonly from: () => number | undefined; readonly onClose: () => void; readonly say: (text: string) => void },
): Find {
  const number = new Intl.NumberFormat(locale);
  const count = el('span', 'n');
  let told: number | undefined;
  const seek = (forward: boolean): void => {
    const line = from();
    told = undefined;
    post({ type: 'seek', forward, ...(line === undefined ? {} : { from: line }) });
  };
  const previous = iconButton('arrow-up', words.findPrevious, () => seek(false));
  const next = iconButton('arrow-down', words.findNext, () => seek(true));
  const field = makeField({ icon: 'search', label: words.find, hint: words.find, words, more: [count, previous, next] }, first, (value) =>
    post({ type: 'find', ...value }),
  );
  const close = (): void => {
    element.hidden = true;
    post({ type: 'find', text: '', regex: field.value().regex });
    onClose();
  };
  const element = el('div', 'findbar', field.element, iconButton('close', words.close, close));
  element.setAttribute('role', 'search');
  element.hidden = first.text === '';
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' || event.key === 'F3') seek(!event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    element,
    open: () => {
      if (element.hidden && field.value().text !== '') post({ type: 'find', ...field.value() });
      element.hidden = false;
      field.focus();
    },
    isOpen: () => !element.hidden,
    close,
    seek,
    set: ({ find }) => {
      field.setProblem(find.problem);
      const empty = field.value().text === '' || find.problem !== undefined;
      const text = empty
        ? ''
        : find.count === 0 && find.left === 0
          ? words.findNone
          : fill(words.findCount, find.at === undefined ? '?' : number.format(find.at), number.format(find.count));
      setText(count, text);
      for (const button of [previous, next]) button.disabled = find.count === 0;
      if (find.at === undefined || find.at === told) return;
      if (told === undefined) say(text);
      told = find.at;
    },
  };
}
