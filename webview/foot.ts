import type { PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, fill, setText } from './dom';

/** Rate, counts and limits: what is dropped is always told. */
export function makeFoot(
  words: PanelWords,
  locale: string,
): {
  readonly element: HTMLElement;
  readonly set: (status: PanelStatus, waiting: number) => void;
} {
  const [rate, lines, waitingLines, dropped, cut, buffer, format, sudo] = Array.from({ length: 8 }, () => el('span'));
  const element = el('footer', 'foot');
  const parts = [rate, lines, waitingLines, dropped, cut, buffer, el('span', 'sp'), format, sudo].filter((part) => part !== undefined);
  element.append(...parts);
  buffer?.classList.add('hide');
  format?.classList.add('hide');
  const number = new Intl.NumberFormat(locale);
  const megabytes = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const put = (part: HTMLElement | undefined, text: string): void => {
    if (part === undefined) return;
    setText(part, text);
    part.hidden = text === '';
  };
  return {
    element,
    set: (status, waiting) => {
      put(rate, status.perSecond === undefined ? '' : fill(words.perSecond, number.format(status.perSecond)));
      put(lines, fill(words.lines, number.format(status.lines)));
      put(waitingLines, waiting === 0 ? '' : fill(words.waitingLines, number.format(waiting)));
      put(dropped, fill(words.dropped, number.format(status.dropped)));
      put(cut, status.cut === 0 ? '' : fill(words.cut, number.format(status.cut)));
      put(buffer, fill(words.buffer, number.format(status.kept), number.format(status.limit), megabytes.format(status.bytes / 1e6)));
      put(format, status.lines === 0 ? '' : status.format);
      put(sudo, status.asRoot ? words.readWithSudo : '');
    },
  };
}
