// Text from a host may hold control characters, bidirectional overrides and Markdown; these functions take its teeth.

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** `[words](command:…)`: a link wherever the editor shows a message, a prompt or a progress, and commands run from it. */
const LINK = /\](?=\()/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * One line of text for messages, labels and tooltips: control, line-breaking and direction-changing characters become
 * visible escapes, what the editor would make a link of is broken up, and at most `limit` characters are kept.
 */
export function plain(text: string, limit = 300): string {
  const safe = text
    .replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? ' ' : escaped(character)))
    .replace(LINK, '] ');
  return safe.length > limit ? `${safe.slice(0, limit)}…` : safe;
}

/** Text of several lines for documents and the output channel: as `plain`, but newlines and tabs stay. */
export function plainLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : escaped(character)));
}

/** `plain`, with everything that Markdown or HTML would read as markup escaped. */
export function markdownText(text: string, limit?: number): string {
  return plain(text, limit)
    .replace(/[\\`*_{}[\]()#+\-.!|~>:@$^=]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;');
}

/**
 * `plain` for a Markdown document that is read as plain text: escapes only what could begin markup in the middle of our
 * own line, so that kernel names keep their dots, dashes and inner underscores, and arrows their heads: only a word that
 * begins with `>` could begin a line.
 */
export function documentText(text: string, limit?: number): string {
  return plain(text, limit).replace(/[\\`*[\]<&|]|(?<!\S)>|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&');
}

/** Markdown code in a line; its delimiter is longer than any run of backticks inside. Empty text becomes an em dash. */
export function markdownCode(text: string, limit?: number): string {
  const safe = plain(text, limit).replace(/\|/g, '\\|');
  if (safe === '') return '—';
  const ticks = '`'.repeat(longestRun(safe, '`') + 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${safe}${pad}${ticks}`;
}

/** A fenced Markdown block whose fence is longer than any in `text`, so that the text cannot end it. */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1));
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const one of text) {
    run = one === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
