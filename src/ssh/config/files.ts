import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { matchesPatterns } from '../knownHosts';
import { parseConfig, type ConfigLine } from './text';

/** Includes within includes, as ssh limits them (readconf.c, READCONF_MAX_DEPTH). */
const DEEPEST = 16;
const LARGEST = 4 * 1024 * 1024;
/** Files that include each other would be read exponentially often. */
const MOST_FILES = 1000;

/**
 * All lines of a configuration with its Includes in place. An Include inside a block only counts where the block does, so each
 * line carries the heads it stands under. A missing or unreadable file is empty; a loop ends at the depth ssh allows.
 */
export async function readConfig(file: string, home: string): Promise<ScopedLine[]> {
  return await read(
    file,
    { home, base: file.startsWith('/etc/ssh/') ? '/etc/ssh' : join(home, '.ssh'), budget: { files: MOST_FILES } },
    [],
    0,
  );
}

export interface ScopedLine extends ConfigLine {
  /** The `Host` and `Match` lines this one stands under, outermost first. */
  readonly under: readonly ConfigLine[];
}

/** Changes when one of the files, or a file they include, changes. */
export async function configFingerprint(files: readonly string[], home: string): Promise<string> {
  const lines = await Promise.all(files.map((file) => readConfig(file, home)));
  const all = [...new Set([...files, ...lines.flat().map((line) => line.file)])];
  const stats = await Promise.all(all.map((file) => stat(file).catch(() => undefined)));
  return stats.map((info, index) => `${all[index] ?? ''}:${info?.mtimeMs ?? 0}:${info?.size ?? 0}`).join('\n');
}

interface Where {
  readonly home: string;
  /** Where relative Includes start (`ssh_config(5)`): by whose file it is, not by where it lies. */
  readonly base: string;
  readonly budget: { files: number };
}

async function read(file: string, where: Where, outer: readonly ConfigLine[], depth: number): Promise<ScopedLine[]> {
  if (depth > DEEPEST || where.budget.files-- <= 0) return [];
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile() || info.size > LARGEST) return [];
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines: ScopedLine[] = [];
  let under = outer;
  for (const line of parseConfig(text, file)) {
    if (line.keyword === 'host' || line.keyword === 'match') under = [...outer, line];
    lines.push({ ...line, under });
    if (line.keyword !== 'include') continue;
    for (const pattern of line.args) {
      for (const included of await expandGlob(absolute(pattern, where))) lines.push(...(await read(included, where, under, depth + 1)));
    }
  }
  return lines;
}

function absolute(pattern: string, { home, base }: Where): string {
  if (pattern.startsWith('~/')) return join(home, pattern.slice(2));
  return isAbsolute(pattern) ? pattern : join(base, pattern);
}

/** `glob(7)` with `*` and `?` in any part of the path; files that begin with a dot need a dot in the pattern. Sorted as glob does. */
async function expandGlob(pattern: string): Promise<string[]> {
  const parts = pattern.split(/[\\/]/);
  let found = [parts[0] === '' ? sep : (parts[0] ?? '')];
  for (const part of parts.slice(1)) {
    if (!/[*?]/.test(part)) {
      found = found.map((path) => join(path, part));
      continue;
    }
    const lists = await Promise.all(
      found.map(async (path) => {
        const names = await readdir(path).catch(() => []);
        const fitting = names.filter((name) => matchesPatterns([part], name) && (part.startsWith('.') || !name.startsWith('.')));
        return fitting.sort().map((name) => join(path, name));
      }),
    );
    found = lists.flat();
  }
  return found;
}
