/** One line of an ssh configuration that says something. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly args: readonly string[];
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * The lines of a file, read as `ssh_config(5)` says: keyword, then blanks or one `=`, then arguments, which double quotes keep
 * together; `#` begins a comment. Lines that cannot be read are passed over.
 */
export function parseConfig(text: string, file: string): ConfigLine[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const match = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*)$/.exec(raw);
    if (!match) return [];
    return [{ keyword: (match[1] ?? '').toLowerCase(), args: splitArguments(match[2] ?? ''), file, line: index + 1 }];
  });
}

/** OpenSSH's argv_split (misc.c): single and double quotes, backslash before a quote or itself, a comment at a word's start. */
function splitArguments(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const next = text.charAt(i + 1);
    if (char === '\\' && (next === '"' || next === "'" || next === '\\')) {
      word = (word ?? '') + next;
      i++;
    } else if (quoted !== '') {
      if (char === quoted) quoted = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quoted = char;
      word ??= '';
    } else if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '#' && word === undefined) break;
    else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}
