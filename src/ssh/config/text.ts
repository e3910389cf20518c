/** One line of an ssh configuration that says something. */
export interface ConfigLine {
  /** In lower case; empty where `trouble` is set. */
  readonly keyword: string;
  readonly args: readonly string[];
  /** Everything behind the keyword as it stands, for options that hold a command. */
  readonly rest: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The line as it stands, where ssh would refuse it, or might read it in another way than this reader. */
  readonly trouble?: string;
}

/**
 * The lines of a file, read as `ssh_config(5)` says: keyword, then blanks or one `=`, then arguments, which quotes keep together;
 * `#` begins a comment. Not read by ssh-config's parser: that neither keeps line numbers nor tells `\"`, `'…'` and `\ ` apart from
 * what ssh makes of them.
 */
export function parseConfig(text: string, file: string): ConfigLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const place = { file, line: index + 1 };
    // ssh leaves the first character where it is.
    const trimmed = (raw.slice(0, 1) + raw.slice(1).replace(/[ \t\r\f]+$/, '')).replace(/^[ \t\r]+/, '');
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const match = /^([A-Za-z][A-Za-z0-9]*)(?:[ \t\r]*=[ \t\r]*|[ \t\r]+)(.+)$/.exec(trimmed);
    const [, keyword = '', rest = ''] = match ?? [];
    const args = splitArguments(rest);
    if (!match || args === undefined || args.length === 0 || args.includes('') || /[\0\f\v]/.test(trimmed)) {
      return [{ ...place, keyword: '', args: [], rest: '', trouble: trimmed.slice(0, 80) }];
    }
    return [{ ...place, keyword: keyword.toLowerCase(), args, rest }];
  });
}

/**
 * OpenSSH's argv_split (misc.c): single and double quotes, backslash before a quote, itself or (outside quotes) a blank, a comment
 * at a word's start. Undefined: a quote is not closed.
 */
function splitArguments(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const next = text.charAt(i + 1);
    if (char === '\\' && (next === '"' || next === "'" || next === '\\' || (next === ' ' && quoted === ''))) {
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
  if (quoted !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
