/** `Now       text` rows of an indented block, labels padded to one width; lines of a text stay inside the block. */
export function labelled(rows: readonly (readonly [label: string, text: string])[]): string {
  const wide = Math.max(...rows.map(([label]) => width(label))) + 3;
  return rows.map(([label, text]) => `    ${label}${' '.repeat(wide - width(label))}${text.replace(/\n/g, ' ')}`).join('\n');
}

/** Words of `text` in lines of at most `limit` columns; later lines begin with `indent`. */
export function wrapped(text: string, indent = '', limit = 100): string {
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
 * A Markdown table with padded columns, so that it reads as plain text too; the last one is ragged, so that one long cell
 * does not make all rows wrap. Cells are `documentText` already: a `|` in them is escaped.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const last = head.length - 1;
  const widths = head.map((_, column) => (column === last ? 0 : Math.max(...[head, ...rows].map((row) => width(row[column] ?? '')))));
  const line = (cells: readonly string[]): string => `| ${widths.map((wide, i) => pad(cells[i] ?? '', wide)).join(' | ')} |`;
  const rule = `|${widths.map((wide, i) => '-'.repeat((i === last ? width(head[i] ?? '') : wide) + 2)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const pad = (text: string, wide: number): string => text + ' '.repeat(Math.max(0, wide - width(text)));

/** Columns of a text in a fixed-width font: CJK and full-width forms take two. */
const width = (text: string): number => (text.match(/./gsu)?.length ?? 0) + (text.match(WIDE)?.length ?? 0);

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;
