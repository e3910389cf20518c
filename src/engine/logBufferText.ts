import { BYTE_BASE } from '../shared/display';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a line's bytes. What is no UTF-8 is kept as U+DC80 and up, one unit a byte, so that it can be shown as the
 * byte that it is; the carriage return of a CRLF line is left out.
 */
export function lineText(bytes: Uint8Array): string {
  const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
  try {
    return utf8.decode(line);
  } catch {
    let text = '';
    for (const byte of line) text += String.fromCharCode(byte < 0x80 ? byte : BYTE_BASE + byte);
    return text;
  }
}
