import { displayText } from '../src/shared/display';
import type { FromPanel, PanelHead, PanelStatus, PanelWords } from '../src/shared/protocol';
import { el, icon, setText, shown } from './dom';

/** What is looked at, and whether it is live. */
export function makeHead(
  head: PanelHead,
  words: PanelWords,
  post: (message: FromPanel) => void,
): {
  readonly element: HTMLElement;
  /** `held`: a person paused or scrolled back; undefined: the host's own state is shown. */
  readonly set: (live: PanelStatus['live'], held: string | undefined) => void;
} {
  const host = el(
    'button',
    'pick',
    icon('server'),
    el('span', '', ...shown(head.host), el('span', 'dim', ...shown(head.group === '' ? '' : ` ${head.group}`))),
    icon('chevron-down'),
  );
  host.title = words.chooseHosts;
  host.addEventListener('click', () => post({ type: 'action', action: 'pickHosts' }));
  const log = el('button', 'pick', icon('output'), el('span', '', ...shown(head.path)), icon('chevron-down'));
  log.title = `${words.chooseLog}: ${displayText(head.path)}`;
  log.addEventListener('click', () => post({ type: 'action', action: 'pickLog' }));
  const sign = el('span', 'codicon');
  sign.setAttribute('aria-hidden', 'true');
  const text = el('span');
  const live = el('span', 'live', sign, text);
  return {
    element: el('header', 'head', host, log, live),
    set: (state, held) => {
      const name = held !== undefined && state.tone === 'neutral' ? 'debug-pause' : state.icon;
      sign.className = `codicon codicon-${name}${name === 'loading' || name === 'sync' ? ' spin' : ''}`;
      live.className = `live t-${state.tone}`;
      setText(text, held !== undefined && state.tone === 'neutral' ? held : state.text);
    },
  };
}
