import type { AddressClass } from '../../shared/address';
import type { LogFields } from '../../shared/logEntry';

/** A line with all that is known of it. */
export interface ExportedLine extends LogFields {
  readonly host: string;
  readonly class: AddressClass;
  /** As it is in the log. */
  readonly line: string;
}

const COLUMNS = ['host', 'time', 'class', 'address', 'method', 'path', 'status', 'bytes', 'forwardedFor', 'line'] as const;

export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** A row by RFC 4180. What a spreadsheet would take for a formula begins with an apostrophe: a visitor writes part of every line. */
export const csvLine = (line: ExportedLine): string => `${COLUMNS.map((name) => csvField(line[name])).join(',')}\r\n`;

function csvField(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  // https://owasp.org/www-community/attacks/CSV_Injection; also behind blanks, which spreadsheets skip.
  const safe = /^[\s\u0000]*[=+\-@\t\r|%]/.test(value) ? `'${value}` : value;
  return /[",\r\n\u0000]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One JSON object; bytes that are no UTF-8 stand as escaped lone surrogates (U+DC80 and up). */
export const jsonLine = (line: ExportedLine): string =>
  `${JSON.stringify(Object.fromEntries(COLUMNS.flatMap((name) => (line[name] === undefined ? [] : [[name, line[name]]]))))}\n`;
