import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eraTable, gateRules } from './era';
import { removeNow, run, runAsRoot } from './namespace';
import { systems, type LabSystem } from './systems';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'toa-hosts');

/** What hosts are made from; built once and kept in the user's cache under a hash of its sources. */
export interface Built {
  /** The directory of the packages. */
  readonly rpms: string;
  /** ed25519, authorised for every user but `password`. */
  readonly privateKey: string;
  /** The freshly built state of a system: root/, usr/, boot/, work/. */
  readonly template: (system: LabSystem) => string;
}

/** Builds what is missing: the packages in about 3 s, each system in about 2 s. Fails with what the tools said. */
export async function build(wanted: readonly LabSystem[]): Promise<Built> {
  const rpmHash = await hashOf(['rpm']);
  const rpms = await kept(`lab-rpms-${rpmHash}`, (to) => must('bash', [join(here, 'rpm/build.sh'), to]));
  const systemHash = await hashOf(['rpm', 'era', 'machine', 'preload', 'usr', 'era.ts'], String(process.getuid?.()));
  const parts = await kept(`lab-parts-${systemHash}`, buildParts);
  await Promise.all(
    [...new Set(wanted)].map((system) =>
      kept(`lab-${system}-${systemHash}`, (to) =>
        runAsRoot([join(here, 'machine/build.sh'), to, parts, rpms], { SYSTEM: system, ERA: systems[system].era ?? '' }),
      ),
    ),
  );
  return { rpms, privateKey: join(parts, 'key'), template: (system) => join(cache, `lab-${system}-${systemHash}`) };
}

async function buildParts(to: string): Promise<void> {
  const sources = (await readdir(join(here, 'preload'))).filter((name) => name.endsWith('.c'));
  await must('gcc', [
    '-O1',
    '-shared',
    '-fPIC',
    '-o',
    join(to, 'libelhost.so'),
    ...sources.map((name) => join(here, 'preload', name)),
    '-ldl',
  ]);
  await must('gcc', ['-O1', '-o', join(to, 'gate'), join(here, 'era/gate.c')]);
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', join(to, 'key')]);
  for (const era of ['el6', 'el7'] as const) {
    const table = eraTable(era);
    const folder = join(to, 'era', era);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'absent'), table.absent.map((name) => `${name}\n`).join(''));
    for (const [name, tool] of Object.entries(table.tools)) await writeFile(join(folder, name), gateRules(tool));
  }
}

/** Makes cache/name by `make`, unless it is there; several processes may do so at the same time. `final` is what `to` becomes. */
export async function kept(name: string, make: (to: string, final: string) => Promise<unknown>): Promise<string> {
  const final = join(cache, name);
  if (await exists(final)) return final;
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, `${name}.`));
  try {
    await make(partial, final);
    await rename(partial, final);
  } catch (error) {
    removeNow(partial);
    if (!(await exists(final))) throw error;
  }
  return final;
}

/** Is cache/name there? */
export const isKept = (name: string): Promise<boolean> => exists(join(cache, name));

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Runs a program to its end; rejects with what it said on stderr if it fails. */
export async function must(program: string, args: readonly string[]): Promise<void> {
  const result = await run(program, args);
  if (result.code !== 0) throw new Error(`${basename(program)} ${args.join(' ')}: exit ${result.code}\n${result.stderr}`);
}

/** A hash of the contents of files and folders of this directory. */
export async function hashOf(paths: readonly string[], extra = ''): Promise<string> {
  const sum = createHash('sha256').update(extra);
  for (const path of paths) for (const file of await files(join(here, path))) sum.update(relative(here, file)).update(await readFile(file));
  return sum.digest('hex').slice(0, 12);
}

async function files(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
