import type { PanelText, PanelWords } from '../src/shared/protocol';
import { el, icon, iconButton, setPressed, setText } from './dom';

/** Typing is not answered before it pauses this long. */
const TYPING_MS = 150;
const LONGEST = 1000;

/** A line of text with a switch to regular expressions, and a place to say what is wrong with it. */
export interface Field {
  readonly element: HTMLElement;
  readonly value: () => PanelText;
  readonly set: (value: PanelText) => void;
  readonly setProblem: (problem: string | undefined) => void;
  readonly focus: () => void;
}

/** Makes a field. `more`: what stands behind the text, before the switch. */
export function makeField(
  options: {
    readonly icon: string;
    readonly label: string;
    readonly hint: string;
    readonly words: PanelWords;
    readonly more?: readonly HTMLElement[];
  },
  first: PanelText,
  onChange: (value: PanelText) => void,
): Field {
  const input = el('input');
  input.type = 'text';
  input.spellcheck = false;
  input.maxLength = LONGEST;
  input.placeholder = options.hint;
  input.title = options.hint;
  input.setAttribute('aria-label', options.label);
  let regex = first.regex;
  let typing: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(typing);
    onChange({ text: input.value, regex });
  };
  input.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(changed, TYPING_MS);
  });
  const toggle = iconButton('regex', options.words.regex, () => {
    regex = !regex;
    setPressed(toggle, regex);
    changed();
  });
  const problem = el('div', 'wrong');
  problem.setAttribute('role', 'alert');
  problem.hidden = true;
  const element = el('div', 'field', icon(options.icon), input, ...(options.more ?? []), toggle, problem);
  const set = (value: PanelText): void => {
    clearTimeout(typing);
    input.value = value.text;
    regex = value.regex;
    setPressed(toggle, regex);
  };
  set(first);
  return {
    element,
    value: () => ({ text: input.value, regex }),
    set,
    setProblem: (text) => {
      problem.hidden = text === undefined;
      setText(problem, text ?? '');
      element.classList.toggle('bad', text !== undefined);
      input.setAttribute('aria-invalid', String(text !== undefined));
    },
    focus: () => {
      input.focus();
      input.select();
    },
  };
}
