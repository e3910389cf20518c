import { l10n } from 'vscode';
import { canonicalAddress, ADDRESS_CLASSES } from '../../shared/address';
import { parseLine } from '../../core/log/parse';
import { MARK, type LogBuffer } from '../../engine/logBuffer';
import { lineText } from '../../engine/logBufferText';
import type { LogMark } from '../../shared/logMark';
import type { PanelRow } from '../../shared/protocol';

/** What fits a row and then some; the whole line can be copied. */
const LONGEST_TEXT = 2000;

/** One line of the buffer as a row: parsed only now, when it is about to be seen. */
export function panelRow(buffer: LogBuffer, line: number, host: string): PanelRow | undefined {
  const found = buffer.store.get(line);
  if (found === undefined) return undefined;
  const text = lineText(found.bytes);
  if (found.code === MARK) return markRow(line, JSON.parse(text) as LogMark, host);
  const addressClass = ADDRESS_CLASSES[found.code] ?? 'unparsed';
  const fields = parseLine(text, buffer.format);
  if (fields === undefined) {
    const address = addressClass === 'unparsed' ? undefined : canonicalAddress(text.split(' ', 1)[0] ?? '');
    return { kind: 'raw', line, class: addressClass, text: text.slice(0, LONGEST_TEXT), ...(address === undefined ? {} : { address }) };
  }
  const path = fields.path?.slice(0, LONGEST_TEXT);
  return { kind: 'line', line, class: addressClass, fields: path === undefined ? fields : { ...fields, path } };
}

function markRow(line: number, mark: LogMark, host: string): PanelRow {
  switch (mark.kind) {
    case 'rotated':
      return {
        kind: 'mark',
        line,
        gap: false,
        icon: 'files',
        text: l10n.t('The log was rotated: a new file begins here, no line is lost'),
      };
    case 'resumed':
      return {
        kind: 'mark',
        line,
        gap: false,
        icon: 'debug-disconnect',
        text: l10n.t('No connection to {0} for {1} s. Resumed by inode and offset', host, mark.seconds),
      };
    case 'gap':
      return { kind: 'mark', line, gap: true, icon: 'warning', text: gapText(mark.why) };
  }
}

function gapText(why: Extract<LogMark, { kind: 'gap' }>['why']): string {
  switch (why) {
    case 'truncated':
      return l10n.t('Log gap: the file was truncated, and what was written just before may be missing');
    case 'lost':
      return l10n.t('Log gap: the file was replaced while there was no connection, and its last lines may be missing');
    case 'between':
      return l10n.t('Log gap: the log was rotated more than once while there was no connection, and whole files may be missing');
  }
}
