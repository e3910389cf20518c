import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packages } from '../../../scripts/setup/apt.mjs';

/** Debian packages that a bare system lacks, by the programs of theirs that tests start. */
const PROVIDERS: Readonly<Record<string, string>> = {
  busybox: 'busybox',
  dash: 'dash',
  gcc: 'gcc',
  mksh: 'mksh',
  openssl: 'openssl',
  posh: 'posh',
  rpm: 'rpm',
  rpmbuild: 'rpm',
  shellcheck: 'shellcheck',
  ssh: 'openssh-client',
  'ssh-agent': 'openssh-client',
  'ssh-keygen': 'openssh-client',
  '/usr/sbin/sshd': 'openssh-server',
};

/** Packages of the programs that the sources below these folders name as a word of their own: in quotes, or where a command begins. */
function used(folders: readonly string[]): readonly string[] {
  const sources = folders.flatMap((folder) =>
    readdirSync(join('test', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|sh)$/.test(name) && !name.startsWith('vm/') && name !== 'scripts/apt.test.ts')
      .map((name) => readFileSync(join('test', folder, name), 'utf8')),
  );
  const starts = (program: string): boolean =>
    sources.some((text) => new RegExp(`(['"]${program}['" ]|^\\s*${program} |\\$\\(${program} )`, 'm').test(text));
  return [...new Set(Object.entries(PROVIDERS).flatMap(([program, name]) => (starts(program) ? [name] : [])))].sort();
}

it.each([
  ['unit', ['unit'], packages.unit],
  ['lab', ['hosts', 'lab'], packages.lab],
] as const)('a bare Debian gets all that the tests of `%s` start', (_need, folders, installed) => {
  const programs = used(folders);
  expect(programs).toContain('openssh-client');
  expect(programs.filter((name) => !installed.includes(name))).toEqual([]);
});
