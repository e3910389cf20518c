import type { FromPanel, PanelStatus } from '../src/shared/protocol';
import { el, icon, shown } from './dom';
import { button } from './toolkit';

/** What keeps the log from being read, with what a person can do about it, above the rows that were read before. */
export function makeProblem(post: (message: FromPanel) => void): {
  readonly element: HTMLElement;
  readonly set: (problem: PanelStatus['problem']) => void;
} {
  const element = el('div', 'problem');
  element.setAttribute('role', 'alert');
  element.hidden = true;
  let last = '';
  return {
    element,
    set: (problem) => {
      const now = JSON.stringify(problem ?? null);
      if (now === last) return;
      last = now;
      element.hidden = problem === undefined;
      if (problem === undefined) return;
      const buttons = problem.buttons.map(({ action, label, of }, i) => {
        const { element: made, set } = button({
          primary: i === 0,
          onClick: () => post({ type: 'action', action, ...(of === undefined ? {} : { of }) }),
        });
        set(undefined, label);
        return made;
      });
      element.replaceChildren(icon('error'), el('div', '', el('p', '', ...shown(problem.text)), el('div', 'v-act', ...buttons)));
    },
  };
}
