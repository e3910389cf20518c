import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const trial = readFileSync(new URL('../../../src/remote/trial.sh', import.meta.url), 'utf8');
let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-'));
  image = join(folder, 'initramfs-toa.img');
  writeFileSync(image, 'image');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The functions with /boot and the trial's directory in a temporary one. */
const run = (script: string): void => {
  const text = trial.replaceAll('/boot/initramfs-', `${folder}/initramfs-`);
  const before = `set -eu\ncd '${folder}'\nput_file() { cp "$1" "$2"; }\n`;
  execFileSync('sh', ['-s'], { input: `${before}${text}\ntrial='${folder}'\nneeds_hook() { :; }\n${script}`, stdio: 'pipe' });
};

it('the hook goes from the initramfs to the last byte', () => {
  run('add_hook toa');
  expect(readFileSync(image).length).toBeGreaterThan(100);
  run('remove_hook toa; remove_hook toa');
  expect(readFileSync(image, 'utf8')).toBe('image');
});

it('an initramfs that was built anew during the trial stays whole', () => {
  run('add_hook toa');
  const anew = 'a longer image than before'.repeat(100);
  writeFileSync(image, anew);
  run('remove_hook toa');
  expect(readFileSync(image, 'utf8')).toBe(anew);
});
