import type { FilterText } from './filter';
import { compilePattern } from './pattern';
import { textTest, type FilterProblem } from './terms';

/** The pieces of a text that a search finds, each once. */
export type Hits = (text: string) => readonly string[];

/** More different pieces than these are not marked in one line. */
const MOST_HITS = 8;

/** Reads a search: one text, spaces and all, or one regular expression. `holds` undefined: nothing is searched for. */
export function findHits({
  text,
  regex,
}: FilterText): { readonly hits: Hits; readonly holds: ((text: string) => boolean) | undefined } | { readonly problem: FilterProblem } {
  if (text === '') return { hits: () => [], holds: undefined };
  const holds = textTest(text, regex);
  if (typeof holds !== 'function') return { problem: holds };
  if (!regex) return { hits: (line) => (holds(line) ? [text] : []), holds };
  const pattern = compilePattern(text);
  return { hits: 'problem' in pattern ? () => [] : (line) => pattern.all(line, MOST_HITS), holds };
}
