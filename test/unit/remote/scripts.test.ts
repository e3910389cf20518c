import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eraTable, type Era, type EraTool } from '../../lab/era';
import { commandsOf, type Command } from './commands';
import { refusal } from './refusal';

const folder = fileURLToPath(new URL('../../../src/remote/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.sh'));
const read = (file: string): string => readFileSync(`${folder}${file}`, 'utf8');

/** POSIX special and regular built-in commands that our shells have. */
const BUILTINS = new Set(
  ': . [ break cd command continue echo eval exec exit export false kill printf pwd read return set shift test trap true umask unset wait'.split(
    ' ',
  ),
);

/** Tools of every EL host that the era tables say nothing about, with the options that we may use; from their old manuals. */
const OTHERS: Readonly<Record<string, EraTool>> = {
  awk: { short: 'F:v:', stops: true },
  bash: { short: 'c:', stops: true },
  cksum: { short: '' },
  cpio: { short: 'oH:' },
  grubby: { long: ['default-kernel', 'set-default=', 'info=', 'update-kernel=', 'args=', 'remove-args='] },
  gzip: { short: 'dc' },
  ionice: { short: 'c:p:' },
  ip: { short: 'o' },
  'iptables-save': { short: '' },
  logger: { short: 't:' },
  ls: { short: 'lLRdiatrn1' },
  modprobe: { short: 'S:R' },
  'new-kernel-pkg': { long: ['package=', 'install', 'mkinitrd', 'dracut', 'depmod', 'update', 'rpmposttrans'] },
  mount: { short: 'o:' },
  reboot: { short: 'f' },
  renice: { short: 'n:p:' },
  restorecon: { short: 'F' },
  rmdir: { short: '' },
  rpm: { short: 'qfpViae', long: ['qf=', 'version', 'queryformat=', 'nodeps'] },
  sh: { short: 'sc:', stops: true },
  shutdown: { short: 'rhk' },
  sleep: { short: '' },
  sudo: { short: 'knSp:', stops: true },
  who: { short: '' },
};
/** Newer tools that a script may use where it has looked for them first, and the text by which it looks. */
const GUARDED: Readonly<Record<string, string>> = {
  systemctl: '/run/systemd/system',
  'systemd-run': 'command -v systemd-run',
  'systemd-detect-virt': 'command -v systemd-detect-virt',
  fsfreeze: 'command -v fsfreeze',
  lsinitrd: 'command -v lsinitrd',
  'grub2-editenv': '[ -d /boot/grub2 ]',
  'grub2-probe': '[ -d /boot/grub2 ]',
  'grub2-reboot': '[ -d /boot/grub2 ]',
  grub: 'command -v grub',
  yumdb: 'command -v yumdb',
  nft: 'command -v nft',
  initctl: 'if [ -d /run/systemd/system ]',
  journalctl: 'command -v journalctl',
};
/** Words in front of a command, ours and the system's, with how many words of their own. */
const PREFIXES: Readonly<Record<string, number>> = { limit: 1, timeout: 1, with_deadline: 1, exec: 0, nohup: 0, setsid: 0, sudo: 0 };

const parsed = files.map((file) => ({ file, ...commandsOf(read(file), file) }));
const functions = new Set(parsed.flatMap((one) => one.functions));

/** A command and those that it is given to run; a name that only the running script knows is left out. */
function* unwrapped(words: readonly string[]): Generator<readonly string[]> {
  const name = words[0] ?? '';
  if (name === '' || name.includes('\0')) return;
  yield words;
  const skip = PREFIXES[name];
  if (skip === undefined) return;
  const rest = words.slice(1 + skip);
  const at = rest.findIndex((word) => !word.startsWith('-'));
  if (at >= 0) yield* unwrapped(rest.slice(at));
}

function complaint(era: Era, text: string, command: Command): string | undefined {
  const table = eraTable(era);
  for (const [name = '', ...args] of unwrapped(command.words)) {
    const bare = name.split('/').at(-1) ?? '';
    if (BUILTINS.has(bare) || functions.has(bare)) continue;
    const guard = GUARDED[bare];
    if (guard !== undefined && text.includes(guard)) continue;
    if (table.absent.includes(bare)) return `${command.line}: ${bare} is not there`;
    const tool = table.tools[bare] ?? OTHERS[bare];
    if (tool === undefined) return `${command.line}: ${bare} is not listed`;
    const refused = refusal(tool, args);
    if (refused !== undefined) return `${command.line}: ${bare} ${refused}`;
  }
  return undefined;
}

describe.each(['el6', 'el7'] as const)('tools of %s', (era) => {
  it.each(parsed.map((one) => [one.file, one] as const))('%s uses no more than they accept', (file, { commands }) => {
    const text = read(file);
    expect(commands.map((command) => complaint(era, text, command)).filter((one) => one !== undefined)).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    'realpath x',
    'dd if=a of=b oflag=seek_bytes',
    'dd status=none',
    'stat -c %m /',
    'limit 5 df --output=avail /',
    'x=$(timeout -k 1 5 true)',
    'if :; then head --zero-terminated x; fi',
    'fsfreeze -f /boot',
    'python3 -c 1',
    'a | { b=1 sha256sum --strict -c; }',
  ])('refuses on el6: %s', (text) => {
    expect(commandsOf(text, 'x').commands.some((command) => complaint('el6', text, command) !== undefined)).toBe(true);
  });
});

describe.each(files)('%s', (file) => {
  it('is clean for shellcheck', () => {
    const result = spawnSync('shellcheck', ['-s', 'sh', `${folder}${file}`], { encoding: 'utf8' });
    expect(result.stdout + result.stderr).toBe('');
  });
  it.each(['dash', 'bash --posix', 'busybox sh', 'mksh', 'posh'])('is sh to %s', (shell) => {
    const [name = '', ...options] = shell.split(' ');
    expect(() => execFileSync(name, [...options, '-n', `${folder}${file}`], { stdio: 'pipe' })).not.toThrow();
  });
  it('has LF endings', () => {
    expect(read(file)).not.toContain('\r');
  });
});
