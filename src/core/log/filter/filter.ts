import type { LogFields } from '../../../shared/logEntry';
import type { AddressClass } from '../../../shared/address';
import { readTerms, type FilterProblem } from './terms';

export type { FilterProblem } from './terms';

/** A line as a filter looks at it; what costs something is a function, called only where a term needs it. */
export interface Candidate {
  readonly addressClass: AddressClass;
  /** Name of the host that wrote it. */
  readonly host: string;
  readonly text: () => string;
  /** undefined: the line could not be parsed. */
  readonly fields: () => LogFields | undefined;
  readonly address: () => string | undefined;
}

export type LineTest = (line: Candidate) => boolean;

/** What a person typed. With `regex`, free text and `path:` are regular expressions, else they are to be held by the line. */
export interface FilterText {
  readonly text: string;
  readonly regex: boolean;
}

/** Either a test, which may be "everything" (undefined), or what is wrong with the text. */
export type ParsedFilter = { readonly test: LineTest | undefined } | { readonly problem: FilterProblem };

/**
 * Reads a filter: terms with spaces between them, all of which must hold; `-` before one turns it round.
 * `class:visitor` `address:203.0.113.0/24` `status:404,5xx,301-303` `method:POST` `path:/api` `host:web-01`; anything else is text of
 * the line, whatever its case; "quotes" keep spaces together. Never throws.
 */
export function parseFilter({ text, regex }: FilterText): ParsedFilter {
  const read = readTerms(text, regex);
  if ('problem' in read) return read;
  const { tests } = read;
  if (tests.length === 0) return { test: undefined };
  return { test: (line) => tests.every((test) => test(line)) };
}
