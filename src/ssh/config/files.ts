import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { parseConfig, type ConfigLine } from './text';
import { SYSTEM_CONFIG } from './types';

/** Includes within includes, as ssh limits them (readconf.c, READCONF_MAX_DEPTH). */
const DEEPEST = 16;
const LARGEST = 4 * 1024 * 1024;
/** Files that include each other would be read exponentially often. */
const MOST_FILES = 1000;

/**
 * All lines of a configuration with its Includes in place. An Include inside a block only counts where the block does, so each
 * line carries the heads it stands under. A missing file is empty; what cannot be read, and a loop, which ends at the depth ssh
 * allows, is a line with `trouble`.
 */
export async function readConfig(file: string, home: string): Promise<ScopedLine[]> {
  const system = file === SYSTEM_CONFIG;
  const where = { home, system, base: system ? '/etc/ssh' : join(home, '.ssh'), budget: { files: MOST_FILES } };
  return await read(file, where, [], 0, { file, line: 1 });
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
  return stats
    .map((info, index) => `${all[index] ?? ''}:${info?.ino ?? 0}:${info?.mtimeMs ?? 0}:${info?.ctimeMs ?? 0}:${info?.size ?? 0}`)
    .join('\n');
}

interface Where {
  readonly home: string;
  /** The system's configuration may not look into a home directory. */
  readonly system: boolean;
  /** Where relative Includes start (`ssh_config(5)`): by whose file it is, not by where it lies. */
  readonly base: string;
  readonly budget: { files: number };
}

interface Place {
  readonly file: string;
  readonly line: number;
}

async function read(file: string, where: Where, outer: readonly ConfigLine[], depth: number, from: Place): Promise<ScopedLine[]> {
  const trouble = (what: string, place: Place = from): ScopedLine => ({
    keyword: '',
    args: [],
    rest: '',
    file: place.file,
    line: place.line,
    under: outer,
    trouble: what,
  });
  if (depth > DEEPEST || where.budget.files-- <= 0) return [trouble(`Include ${file}`)];
  const info = await stat(file).catch(() => undefined);
  // ssh reads a directory as an empty file.
  if (!info || info.isDirectory()) return [];
  if (!info.isFile() || info.size > LARGEST || ((depth > 0 || file === join(where.home, '.ssh', 'config')) && othersMayWrite(info)))
    return [trouble(`Include ${file}`)];
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return [trouble(file)];
  const lines: ScopedLine[] = [];
  let under = outer;
  for (const line of parseConfig(text, file)) {
    if (line.keyword === 'host' || line.keyword === 'match') under = [...outer, line];
    lines.push({ ...line, under });
    if (line.keyword !== 'include') continue;
    for (const pattern of line.args) {
      const path = absolute(pattern, where);
      const included = path === undefined ? undefined : await expandGlob(path);
      if (!included) lines.push({ ...trouble(`Include ${pattern}`, line), under });
      for (const one of included ?? []) lines.push(...(await read(one, where, under, depth + 1, line)));
    }
  }
  return lines;
}

/** ssh refuses the user’s file, and any included one, whose owner or mode would let another user change it (SSHCONF_CHECKPERM). */
const othersMayWrite = ({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean =>
  process.getuid !== undefined && ((uid !== 0 && uid !== process.getuid()) || (mode & 0o022) !== 0);

/** Undefined: a path that this reader cannot follow as ssh does (another user's home, variables). */
function absolute(pattern: string, { home, base, system }: Where): string | undefined {
  if (/[$%]/.test(pattern)) return undefined;
  if (pattern.startsWith('~')) return pattern.startsWith('~/') && !system ? join(home, pattern.slice(2)) : undefined;
  return isAbsolute(pattern) ? pattern : join(base, pattern);
}

/**
 * `glob(7)` with `*`, `?` and `[…]` in any part of the path; files that begin with a dot need a dot in the pattern. Sorted as
 * glob does. Undefined: a pattern with more than that.
 */
async function expandGlob(pattern: string): Promise<string[] | undefined> {
  const parts = pattern.split(process.platform === 'win32' ? /[\\/]/ : '/');
  let found = [parts[0] === '' ? sep : (parts[0] ?? '')];
  for (const part of parts.slice(1)) {
    if (!/[*?[\\]/.test(part)) {
      found = found.map((path) => join(path, part));
      continue;
    }
    const fits = fileNames(part);
    if (!fits) return undefined;
    const lists = await Promise.all(
      found.map(async (path) => {
        const names = await readdir(path).catch(() => []);
        const fitting = names.filter((name) => fits.test(name) && (part.startsWith('.') || !name.startsWith('.')));
        return fitting.sort().map((name) => join(path, name));
      }),
    );
    found = lists.flat();
  }
  return found;
}

/** File names are short, and runs of `*` are one: the expression cannot become slow. */
function fileNames(part: string): RegExp | undefined {
  if (part.includes('\\') || (part.match(/\*+/g) ?? []).length > 8) return undefined;
  let source = '';
  for (const [piece] of part.matchAll(/\*+|\[!?[A-Za-z0-9_.-]+\]|[\s\S]/g)) {
    if (piece.startsWith('*')) source += '.*';
    else if (piece === '?') source += '.';
    else if (piece === '[') return undefined;
    else if (piece.startsWith('[')) source += piece.replace('[!', '[^');
    else source += piece.replace(/[.+^$(){}|\]]/, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}
