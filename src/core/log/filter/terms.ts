import { ADDRESS_CLASSES, parseCidrs, inRanges } from '../../../shared/address';
import type { LineTest } from './filter';
import { compilePattern } from './pattern';

/** Why a filter cannot be used: the term's key, and what stands in it. */
export interface FilterProblem {
  readonly code: 'quote' | 'empty' | 'class' | 'address' | 'status' | 'regex';
  readonly value: string;
  /** Of a regular expression: the library's own words. */
  readonly detail?: string;
}

type Made = LineTest | FilterProblem;

/** The words before a colon that a filter knows; `text` stands for none. */
const KEYS = ['class', 'address', 'status', 'method', 'path', 'host'] as const;
type Key = (typeof KEYS)[number] | 'text';

/** A term: an optional minus, an optional key, and a quoted or a plain value. */
const TERM = /\s*(-)?(?:(class|address|status|method|path|host):)?("(?:[^"\\]|\\.)*"|[^\s"]\S*|"?)/y;

/** All terms of a filter as tests, or the first problem. */
export function readTerms(text: string, regex: boolean): { readonly tests: readonly LineTest[] } | { readonly problem: FilterProblem } {
  const tests: LineTest[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const [, minus, key, raw = ''] = TERM.exec(text) ?? [];
    if (raw === '"') return { problem: { code: 'quote', value: text } };
    if (raw === '' && key === undefined) {
      // A minus alone is text that is still being typed, and so are spaces at the end.
      if (TERM.lastIndex === 0) break;
      continue;
    }
    const value = raw.startsWith('"') ? unquoted(raw.slice(1, -1), regex) : raw;
    const made =
      value === '' ? ({ code: 'empty', value: key ?? '' } as const) : term(KEYS.find((name) => name === key) ?? 'text', value, regex);
    if (typeof made !== 'function') return { problem: made };
    tests.push(minus === undefined ? made : (line) => !made(line));
  }
  return { tests };
}

/** In a regular expression only the quote is unescaped: its backslashes are its own. */
const unquoted = (text: string, regex: boolean): string => text.replace(regex ? /\\(")/g : /\\(["\\])/g, '$1');

function term(key: Key, value: string, regex: boolean): Made {
  switch (key) {
    case 'class':
      return classTerm(value.toLowerCase().split(','));
    case 'address':
      return addressTerm(value);
    case 'status':
      return statusTerm(value);
    case 'method': {
      const wanted = value.toUpperCase().split(',');
      return (line) => wanted.includes(line.fields()?.method ?? '');
    }
    case 'path': {
      const holds = textTest(value, regex);
      return typeof holds === 'function' ? (line) => holds(line.fields()?.path ?? '') : holds;
    }
    case 'host': {
      const wanted = value.toLowerCase().split(',');
      return (line) => wanted.includes(line.host.toLowerCase());
    }
    case 'text': {
      const holds = textTest(value, regex);
      return typeof holds === 'function' ? (line) => holds(line.text()) : holds;
    }
  }
}

/** A test of a text: holds a piece of it, or matches a regular expression; whatever the case. */
export function textTest(value: string, regex: boolean): ((text: string) => boolean) | FilterProblem {
  if (!regex) {
    const wanted = value.toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  const pattern = compilePattern(value);
  return 'problem' in pattern ? { code: 'regex', value, detail: pattern.problem } : pattern.test;
}

/** `back-to-origin` is what the panel calls it, `origin` what the code does. */
function classTerm(names: readonly string[]): Made {
  const wanted = names.map((name) => (name === 'back-to-origin' ? 'origin' : name.replace(/s$/, '')));
  const unknown = wanted.find((name) => !ADDRESS_CLASSES.some((known) => known === name));
  return unknown === undefined ? (line) => wanted.includes(line.addressClass) : { code: 'class', value: unknown };
}

function addressTerm(value: string): Made {
  const { ranges, invalid } = parseCidrs(value.split(','));
  const [bad] = invalid;
  if (bad !== undefined) return { code: 'address', value: bad };
  return (line) => {
    const address = line.address();
    return address !== undefined && inRanges(address, ranges);
  };
}

function statusTerm(value: string): Made {
  const spans: [number, number][] = [];
  for (const part of value.split(',')) {
    const [, from, to, hundreds] = /^(?:([1-9]\d\d)(?:-([1-9]\d\d))?|([1-9])xx)$/i.exec(part) ?? [];
    if (hundreds !== undefined) spans.push([Number(hundreds) * 100, Number(hundreds) * 100 + 99]);
    else if (from !== undefined) spans.push([Number(from), Number(to ?? from)]);
    else return { code: 'status', value: part };
  }
  return (line) => {
    const status = line.fields()?.status ?? 0;
    return spans.some(([from, to]) => status >= from && status <= to);
  };
}
