import { join } from 'node:path';
import { readConfig } from './files';
import { homeDirectory } from './types';

/** A host that a person can choose by name, and where it stands. */
export interface ConfigHost {
  readonly name: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * The hosts of an ssh configuration (default: `~/.ssh/config`) with everything it includes, each name once, in the order they
 * stand. Patterns, negations and `Match` blocks name nobody. A missing file has no hosts; lines that cannot be read are passed over.
 */
export async function listConfigHosts(path: string = join(homeDirectory(), '.ssh', 'config')): Promise<ConfigHost[]> {
  const lines = await readConfig(path, homeDirectory());
  const found = new Map<string, ConfigHost>();
  for (const { keyword, args, file, line } of lines) {
    if (keyword !== 'host') continue;
    for (const name of args) {
      if (name === '' || /[*?!]/.test(name) || found.has(name)) continue;
      found.set(name, { name, file, line });
    }
  }
  return [...found.values()];
}
