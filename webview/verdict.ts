import type { FromPanel, PanelFigures, PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, icon, iconButton, redrawn, setFolded, shown } from './dom';
import { hostClass } from './row';
import { button } from './toolkit';

type Verdict = PanelStatus['verdict'];
type Said = Omit<Verdict, 'kernel' | 'log' | 'ladder' | 'fleet' | 'listeners'>;
type Beside = Pick<Verdict, 'kernel' | 'log' | 'fleet'>;

/** The verdict, its evidence ladder and the figures beside it. Only its words are announced: the figures move all the time. */
export function makeVerdict(
  words: PanelWords,
  post: (message: FromPanel) => void,
  onFold: () => void,
): {
  readonly element: HTMLElement;
  readonly set: (verdict: Verdict) => void;
  readonly setFolded: (folded: boolean) => void;
} {
  const said = redrawn((verdict: Said) => say(verdict, post));
  const beside = redrawn((one: Beside) => (one.fleet === undefined ? figures(one) : hosts(one.fleet, words)));
  const listening = redrawn((one: Verdict['listeners']) => listeners(one));
  const rungs = redrawn((all: Verdict['ladder']) => ladder(all, words));
  said.element.setAttribute('role', 'status');
  const fold = iconButton('chevron-down', words.foldVerdict, onFold);
  fold.classList.add('fold');
  const element = el('section', 'verdict', el('div', 'v-top', said.element, beside.element), rungs.element, listening.element, fold);
  element.setAttribute('aria-label', words.verdict);
  let folded = false;
  return {
    element,
    setFolded: (next) => {
      folded = next;
      element.classList.toggle('folded', folded);
      setFolded(fold, folded);
    },
    set: ({ kernel, log, fleet, ladder: all, listeners: ports, ...rest }) => {
      element.className = `verdict t-${rest.tone}${folded ? ' folded' : ''}`;
      said.set(rest);
      beside.set({ kernel, log, ...(fleet === undefined ? {} : { fleet }) });
      rungs.set(all);
      listening.set(ports);
    },
  };
}

function say(verdict: Said, post: (message: FromPanel) => void): HTMLElement {
  const parts: HTMLElement[] = [el('h1', '', verdict.heading), el('span', 'v-level', verdict.level)];
  if (verdict.text !== '') parts.push(el('p', '', ...shown(verdict.text)));
  if (verdict.why.length > 0) {
    parts.push(el('dl', 'why', ...verdict.why.flatMap(([label, text]) => [el('dt', '', label), el('dd', '', ...shown(text))])));
  }
  if (verdict.buttons.length > 0) {
    const made = verdict.buttons.map(({ action, label, of }, i) => {
      const { element, set } = button({
        primary: i === 0,
        onClick: () => post({ type: 'action', action, ...(of === undefined ? {} : { of }) }),
      });
      set(undefined, label);
      return element;
    });
    parts.push(el('div', 'v-act', ...made));
  }
  return el('div', 'v-say', icon(verdict.icon), el('div', '', ...parts));
}

function figures({ kernel, log }: Beside): HTMLElement {
  return el('div', 'deltas', table(kernel, true), table(log, false));
}

function listeners(ports: Verdict['listeners']): HTMLElement {
  if (ports === undefined) return el('div');
  const items = ports.all.map(({ text, attention }) =>
    attention ? el('li', 'flat', icon('warning'), ...shown(text)) : el('li', '', ...shown(text)),
  );
  return el('div', 'listeners', el('span', 'dim', ports.caption), el('ul', '', ...items));
}

/** Several hosts: each with its colour, its state and what its log shows. */
function hosts(fleet: NonNullable<Verdict['fleet']>, words: PanelWords): HTMLElement {
  const rows = fleet.map(({ source, name, tone, icon: sign, text, share }) => {
    const head = el('th', hostClass(source), el('i', 'hostbar'), ...shown(name));
    head.scope = 'row';
    return el('tr', `t-${tone}`, head, el('td', 'state', icon(sign), ...shown(text)), el('td', 'num', share));
  });
  const made = el('table', 'fleet', el('tbody', '', ...rows));
  made.setAttribute('aria-label', words.hosts);
  return el('div', 'fleet-box', made);
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

function ladder(rungs: Verdict['ladder'], words: PanelWords): HTMLElement {
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
