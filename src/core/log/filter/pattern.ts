import { RE2JS, RE2JSException } from 're2js';

/** A text is matched only so far: what a person looks for stands at a line's beginning, and a hostile line can have 64 KiB. */
const LONGEST_MATCHED = 8192;

/** A pattern's own limit: a long one with nested counts makes a program of many thousand states. */
const LONGEST_PATTERN = 500;

/** A compiled regular expression. `all`: the pieces that it matches, each once, `most` at most. */
export interface Pattern {
  readonly test: (text: string) => boolean;
  readonly all: (text: string, most: number) => readonly string[];
}

/**
 * Compiles a regular expression, case-insensitive, with RE2's syntax and its promise: time linear in the text, whatever
 * the pattern, so that no pattern can freeze the extension host (https://github.com/google/re2/wiki/Syntax).
 * `problem`: the library's own words.
 */
export function compilePattern(pattern: string): Pattern | { readonly problem: string } {
  if (pattern.length > LONGEST_PATTERN) return { problem: `longer than ${LONGEST_PATTERN} characters` };
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return {
      test: (text) => compiled.test(text.slice(0, LONGEST_MATCHED)),
      all: (text, most) => {
        const found = new Set<string>();
        const matcher = compiled.matcher(text.slice(0, LONGEST_MATCHED));
        while (found.size < most && matcher.find()) {
          const piece = matcher.group();
          if (piece !== null && piece !== '') found.add(piece);
        }
        return [...found];
      },
    };
  } catch (error) {
    if (error instanceof RE2JSException) return { problem: error.message.replace(/^error parsing regexp: /, '') };
    throw error;
  }
}
