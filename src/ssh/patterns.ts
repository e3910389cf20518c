/** ssh's pattern lists (`ssh_config(5)`, PATTERNS): `*`, `?`, and `!` which refuses the whole list. */
export function matchesPatterns(patterns: readonly string[], name: string): boolean {
  if (patterns.some((pattern) => pattern.startsWith('!') && wildcard(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && wildcard(pattern, name));
}

/** ssh's lists with commas (match.c, match_pattern_list). One pattern that is longer than its buffer, and nothing matches. */
export function matchesList(list: string, name: string): boolean {
  const patterns = list.split(',');
  return !patterns.some((pattern) => Buffer.byteLength(pattern.replace(/^!/, '')) > LONGEST) && matchesPatterns(patterns, name);
}

const LONGEST = 1022;

/** Linear in both lengths, unlike a regular expression made from a hostile pattern. */
function wildcard(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let p = 0;
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = at;
    } else if (pattern[p] === '?' || (pattern[p] !== undefined && pattern[p] === text[at])) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
