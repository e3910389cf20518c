/**
 * One word of POSIX sh, whatever the text holds: inside single quotes nothing but the quote itself is special
 * (POSIX.1-2017, Shell Command Language 2.2.2). A NUL cannot be in any word and throws RangeError.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('NUL in a shell word');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
