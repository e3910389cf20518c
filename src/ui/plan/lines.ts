/** `Now       text` rows of an indented block, labels padded to one width; lines of a text stay inside the block. */
export function labelled(rows: readonly (readonly [label: string, text: string])[]): string {
  const wide = Math.max(...rows.map(([label]) => width(label))) + 3;
  return rows.map(([label, text]) => `    ${label}${' '.repeat(wide - width(label))}${text.replace(/\n/g, ' ')}`).join('\n');
}

/** Words of `text` in lines of at most `limit` columns; later lines begin with `indent`. */
export function wrapped(text: string, indent = '', limit = LINE): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/**
 * A table as an indented block, which reads the same raw and rendered: columns padded to their widest cell, the last one
 * broken between words where a line would be too long.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const last = head.length - 1;
  const widths = head.slice(0, last).map((_, column) => Math.max(...[head, ...rows].map((row) => width(row[column] ?? ''))) + 3);
  const indent = ' '.repeat(4 + widths.reduce((sum, wide) => sum + wide, 0));
  const line = (cells: readonly string[]): string => {
    const start = widths.map((wide, column) => pad(cells[column] ?? '', wide)).join('');
    return `    ${start}${wrapped(cells[last] ?? '', indent, LINE - indent.length)}`.trimEnd();
  };
  return [head, ...rows].map(line).join('\n');
}

/** Columns that fit an editor beside the tree. */
const LINE = 92;

const pad = (text: string, wide: number): string => text + ' '.repeat(Math.max(0, wide - width(text)));

/** Columns of a text in a fixed-width font: CJK and full-width forms take two. */
const width = (text: string): number => (text.match(/./gsu)?.length ?? 0) + (text.match(WIDE)?.length ?? 0);

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;
