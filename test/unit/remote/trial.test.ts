import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../../src/remote/${name}.sh`, import.meta.url), 'utf8');
const words = ['home', 'words', 'default', 'once', 'trial'].map(read).join('\n');
const work = mkdtempSync(join(tmpdir(), 'toa-trial-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Runs a script in the words of a trial, in a directory of its own. */
function run(shell: readonly string[], script: string): { output: string; dir: string } {
  const dir = mkdtempSync(join(work, 'case-'));
  const [program = '', ...args] = shell;
  const text = `toa_mark=M\n${words}\ntrial=${dir}\nsync() { :; }\n${script}\n`;
  const done = spawnSync(program, [...args, '-s'], { cwd: dir, input: text, encoding: 'utf8' });
  return { output: done.stdout + done.stderr, dir };
}

describe.each([['dash'], ['bash', '--posix'], ['busybox', 'sh']])('%s %s', (...shell) => {
  it('a state is changed also where the disk takes no new file', () => {
    // A directory in its place: nothing can be written there, as on a full disk.
    const script = `put_state armed\nmkdir state.new\nput_state returning unconfirmed\nput_state kept\necho "$(trial_state)."`;
    expect(run(shell, script).output).toMatch(/^kept\.$/m);
  });

  it('GRUB legacy’s fallback goes in and out of grub.conf, which is then what it was; a host’s own line stays', () => {
    const conf = '# generated\\ndefault=1\\ntimeout=5\\ntitle A\\n\\tkernel /vmlinuz-a ro\\ntitle B\\n\\tkernel /vmlinuz-b ro\\n';
    const here = (text: string): string => text.replaceAll('/boot/grub/', './');
    const functions = here(read('once')).replace(/^.*?(?=\nfallback_mark=)/s, '');
    const script = `${functions}\nprintf '${conf}' >grub.conf\ncp grub.conf before\nset_fallback 1 && set_fallback 1 && cat grub.conf\nclear_fallback && cmp before grub.conf && echo same
      printf 'default=0\\nfallback=2\\n' >grub.conf; cp grub.conf before; set_fallback 1 && cmp before grub.conf && echo theirs
      printf 'timeout=5\\n' >grub.conf; set_fallback 1 || echo refused`;
    const { output } = run(shell, script);
    expect(output).toContain('default=1\n# TOA Hosts: for the time of a trial\nfallback=1\ntimeout=5\n');
    expect(output.match(/^fallback=1$/gm)).toHaveLength(1);
    expect(output).toMatch(/same\ntheirs\nrefused\n$/);
  });
});
