import type { FromPanel, PanelFigures, PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, icon, shown } from './dom';
import { button } from './toolkit';

type Verdict = PanelStatus['verdict'];

/** The verdict, its evidence ladder and the figures beside it. It is drawn anew only when it changed. */
export function makeVerdict(
  words: PanelWords,
  post: (message: FromPanel) => void,
): {
  readonly element: HTMLElement;
  readonly set: (verdict: Verdict) => void;
} {
  const element = el('section', 'verdict');
  element.setAttribute('role', 'status');
  element.setAttribute('aria-label', words.verdict);
  let last = '';
  return {
    element,
    set: (verdict) => {
      const now = JSON.stringify(verdict);
      if (now === last) return;
      last = now;
      element.className = `verdict t-${verdict.tone}`;
      element.replaceChildren(el('div', 'v-top', say(verdict, post), figures(verdict)), ladder(verdict, words));
    },
  };
}

function say(verdict: Verdict, post: (message: FromPanel) => void): HTMLElement {
  const parts: HTMLElement[] = [el('h1', '', verdict.heading), el('span', 'v-level', verdict.level)];
  if (verdict.text !== '') parts.push(el('p', '', ...shown(verdict.text)));
  if (verdict.why.length > 0) {
    parts.push(el('dl', 'why', ...verdict.why.flatMap(([label, text]) => [el('dt', '', label), el('dd', '', ...shown(text))])));
  }
  if (verdict.buttons.length > 0) {
    const made = verdict.buttons.map(({ action, label }, i) => {
      const { element, set } = button({ primary: i === 0, onClick: () => post({ type: 'action', action }) });
      set(undefined, label);
      return element;
    });
    parts.push(el('div', 'v-act', ...made));
  }
  return el('div', 'v-say', icon(verdict.icon), el('div', '', ...parts));
}

function figures({ kernel, log }: Verdict): HTMLElement {
  return el('div', 'deltas', table(kernel, true), table(log, false));
}

function table(figures: PanelFigures, mono: boolean): HTMLElement {
  const rows = figures.rows.map(({ name, value, note, flat }) => {
    const head = el('th', mono ? 'mono' : '', name);
    head.scope = 'row';
    const sign = note === '' ? [] : [el('span', flat ? 'flat' : 'dim', icon(flat ? 'dash' : 'arrow-up'), note)];
    return el(
      'tr',
      '',
      head,
      el('td', '', el('b', '', value)),
      el('td', '', ...(value === '0' && !flat ? [el('span', 'dim', note)] : sign)),
    );
  });
  return el('table', 'delta', el('caption', '', ...shown(figures.caption)), el('tbody', '', ...rows));
}

function ladder({ ladder: rungs }: Verdict, words: PanelWords): HTMLElement {
  const list = el(
    'ol',
    'ladder',
    ...rungs.map(({ label, small, look, top }, i) => {
      const name = look === 'done' ? 'pass-filled' : look === 'stop' ? 'warning' : 'circle-large';
      const next = rungs[i + 1]?.look === 'done' ? '' : 'next';
      const text = el('small', '', ...shown(small));
      text.title = text.textContent;
      return el('li', `${look} ${top ? 'top' : ''} ${next}`, icon(name), el('b', '', label), text);
    }),
  );
  list.setAttribute('aria-label', words.evidence);
  return list;
}
