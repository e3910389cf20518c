import { parseLine } from '../../core/log/parse';
import { MARK } from '../../engine/logBuffer';
import { lineText } from '../../engine/logBufferText';
import type { KeptLine } from '../../engine/logLines';
import { ADDRESS_CLASSES, canonicalAddress, type AddressClass } from '../../shared/address';
import type { LogFields, LogFormat } from '../../shared/logEntry';
import type { LogMark } from '../../shared/logMark';
import type { PanelRow } from '../../shared/protocol';
import { markLook } from './marks';

/** What fits a row and then some; the whole line stands in its details. */
const LONGEST_TEXT = 2000;

/** A line's parts: parsed only now, when it is about to be seen. */
export interface ReadLine {
  readonly text: string;
  readonly class: AddressClass;
  readonly address?: string;
  /** undefined: it could not be parsed. */
  readonly fields?: LogFields;
}

export function readLine(kept: KeptLine, format: LogFormat): ReadLine {
  const text = lineText(kept.bytes);
  const addressClass = ADDRESS_CLASSES[kept.code] ?? 'unparsed';
  const fields = parseLine(text, format);
  const address = fields === undefined && addressClass !== 'unparsed' ? canonicalAddress(text.split(' ', 1)[0] ?? '') : fields?.address;
  return { text, class: addressClass, ...(fields === undefined ? {} : { fields }), ...(address === undefined ? {} : { address }) };
}

/** One line as a row. `hits`: what the search finds in its text. */
export function panelRow(
  line: number,
  kept: KeptLine,
  { format, host, hits }: { readonly format: LogFormat; readonly host: string; readonly hits: (text: string) => readonly string[] },
): PanelRow {
  const base = { line, source: kept.source, ...(kept.late ? ({ late: true } as const) : {}) };
  if (kept.code === MARK) return { ...base, kind: 'mark', ...markLook(JSON.parse(lineText(kept.bytes)) as LogMark, host) };
  const { text, class: addressClass, address, fields } = readLine(kept, format);
  const found = hits(text);
  const all = { ...base, class: addressClass, ...(found.length === 0 ? {} : { hits: found }) };
  if (fields === undefined) {
    return { ...all, kind: 'raw', text: text.slice(0, LONGEST_TEXT), ...(address === undefined ? {} : { address }) };
  }
  const path = fields.path?.slice(0, LONGEST_TEXT);
  return { ...all, kind: 'line', fields: path === undefined ? fields : { ...fields, path } };
}
