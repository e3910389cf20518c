/** The bodies of a probe's answer by name, exactly as the host sent them. */
export type Sections = ReadonlyMap<string, string>;

/**
 * Cuts a probe's answer at its header lines `==<nonce> <name>`. What stands before the first one (a login shell's noise)
 * and after `end` is left out. undefined: there is no `end`, so the answer was cut.
 */
export function splitSections(text: string, nonce: string): Sections | undefined {
  const sections = new Map<string, string>();
  const mark = `\n==${nonce} `;
  const parts = `\n${text}`.split(mark).slice(1);
  for (const part of parts) {
    const lineEnd = part.indexOf('\n');
    const name = lineEnd < 0 ? part : part.slice(0, lineEnd);
    if (name === 'end') return sections;
    // The line feed before each header is the header's own, so a body keeps its last byte.
    sections.set(name, lineEnd < 0 ? '' : part.slice(lineEnd + 1));
  }
  return undefined;
}

/** Text from a host that is a name or a value: no control or direction characters, one line, bounded. */
export const clean = (text: string, length = 200): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/g, '').slice(0, length);

/** Non-empty cleaned lines of a section, at most `count`. */
export const linesOf = (sections: Sections, name: string, count = 1000): readonly string[] =>
  (sections.get(name) ?? '')
    .split('\n', count + 1)
    .slice(0, count)
    .map((line) => clean(line, 1024).trim())
    .filter((line) => line !== '');

/** The first non-empty cleaned line of a section. */
export const lineOf = (sections: Sections, name: string): string | undefined => linesOf(sections, name)[0];

/** A decimal number of at most fifteen digits; anything else is undefined. */
export const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;

/** An object without its undefined members, as optional properties want it. */
export const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
