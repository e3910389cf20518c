import { addressOf, parseLine } from '../core/log/parse';
import type { Candidate } from '../core/log/filter/filter';
import { ADDRESS_CLASSES } from '../shared/address';
import type { LogFields, LogFormat } from '../shared/logEntry';
import { MARK } from './logBuffer';
import type { LineStore } from './logBufferStore';
import { lineText } from './logBufferText';

/** A line as it is kept. `bytes` is a view: copy what is to be kept longer. */
export interface KeptLine {
  readonly bytes: Buffer;
  /** The class's place in ADDRESS_CLASSES, or MARK. */
  readonly code: number;
  /** Which of a panel's logs it is of, from 0. */
  readonly source: number;
  /** It came after later lines of other logs had been shown. */
  readonly late: boolean;
}

/** The lines that a panel shows, of one log or of several merged; numbers never change, the oldest are dropped. */
export interface LogLines {
  readonly first: number;
  readonly end: number;
  /** undefined: dropped, or not there yet. */
  get(line: number): KeptLine | undefined;
}

/** The lines of a single log. */
export const linesOf = (store: LineStore): LogLines => ({
  get first() {
    return store.first;
  },
  get end() {
    return store.end;
  },
  get: (line) => {
    const found = store.get(line);
    return found === undefined ? undefined : { ...found, source: 0, late: false };
  },
});

/** What a filter needs to know of a kept line, read only as far as it asks; undefined: a mark, which no filter hides. */
export function candidateOf({ bytes, code }: KeptLine, format: LogFormat, host: string): Candidate | undefined {
  if (code === MARK) return undefined;
  let text: string | undefined;
  let fields: LogFields | undefined | null = null;
  const read = (): string => (text ??= lineText(bytes));
  return {
    addressClass: ADDRESS_CLASSES[code] ?? 'unparsed',
    host,
    text: read,
    fields: () => (fields === null ? (fields = parseLine(read(), format)) : fields),
    address: () => addressOf(read(), format),
  };
}
