/** A piece of hostile text: shown as it is, or a character that could move, hide or colour text, as an escape. */
export interface DisplayPart {
  readonly text: string;
  readonly escape: boolean;
}

/** Control characters, bidirectional overrides, invisible and line-breaking characters, bytes that were no UTF-8, tag characters. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Splits text into pieces that are safe to show as text; what is not is named: `\x1b`, `\u202e`. */
export function displayParts(text: string): DisplayPart[] {
  const parts: DisplayPart[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSAFE)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), escape: false });
    parts.push({ text: escapeOf(match[0].codePointAt(0) ?? 0), escape: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), escape: false });
  return parts;
}

/** The same as one string, for titles, labels and the clipboard of a terminal. */
export const displayText = (text: string): string =>
  displayParts(text)
    .map((part) => part.text)
    .join('');

/** A byte that is no UTF-8 travels as U+DC80 + byte - 0x80 (as in Python's surrogateescape) and is shown as that byte. */
export const BYTE_BASE = 0xdc00;

function escapeOf(code: number): string {
  if (code >= BYTE_BASE + 0x80 && code <= BYTE_BASE + 0xff) return hex('\\x', code - BYTE_BASE, 2);
  return code < 0x100 ? hex('\\x', code, 2) : hex('\\u', code, 4);
}

const hex = (prefix: string, code: number, width: number): string => prefix + code.toString(16).padStart(width, '0');
