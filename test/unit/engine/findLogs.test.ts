import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLogs } from '../../../src/engine/findLogs';
import { localSession } from './localSession';
import { shells } from './shells';

const signal = new AbortController().signal;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toa-find-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Written `age` seconds ago. */
function write(name: string, age = 0, text = 'x'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, Date.now() / 1000 - age, Date.now() / 1000 - age);
  return path;
}

describe.each(shells)('a log that a person names, under %s', (shell) => {
  const find = (path: string) => findLogs(localSession(shell), path, { sudo: 'root', signal });
  const matches = async (pattern: string): Promise<readonly string[]> =>
    (await find(pattern)).filter(({ found }) => found === 'matched').map(({ path }) => path);

  it('is found with its size, whatever its name holds', async () => {
    const path = write("it's $(a) `log` ; &.log", 60, 'abc');
    expect(await find(path)).toEqual([
      { path, server: 'other', readable: 'yes', bytes: 3, written: expect.any(Number) as number, found: 'configured' },
    ]);
  });

  it('is refused by name where it is not there, or is no file', async () => {
    const missing = join(folder, 'nothing.log');
    await expect(find(missing)).rejects.toMatchObject({ problem: { code: 'logUnreadable', path: missing, reason: 'missing' } });
    await expect(find(folder)).rejects.toMatchObject({ problem: { code: 'logUnreadable', reason: 'notAFile' } });
    await expect(find(`${folder}/*.log`)).rejects.toMatchObject({ problem: { code: 'logUnreadable', reason: 'missing' } });
  });

  it('is the newest of a pattern, before each that it matches; rotated, compressed and older days are left out', async () => {
    const [shop, blog] = [write('shop.access.log', 5, 'shop'), write('blog access.log', 50)];
    write('shop.access.log.1', 90);
    write('shop.access.log.2.gz', 91);
    write('api-2024-05-13.access.log', 200);
    const today = write('api-2024-05-14.access.log', 100);
    symlinkSync('shop.access.log', join(folder, 'link.access.log'));
    mkdirSync(join(folder, 'folder.access.log'));
    const pattern = `${folder}/*access.log*`;
    const [newest, ...rest] = await find(pattern);
    expect(newest).toMatchObject({ path: pattern, found: 'configured', readable: 'yes', bytes: 4 });
    expect(rest.map(({ path }) => path).sort()).toEqual([blog, join(folder, 'link.access.log'), shop, today].sort());
    expect(rest.map(({ path }) => path).slice(2)).toEqual([blog, today]);
  });

  it('is bounded, and no name on the host can stand for another file', async () => {
    write(`a.log\nmatched other yes 1@1 `);
    mkdirSync(`${folder}/b.log\n`);
    write(`b.log\n/passwd`);
    write(`-rf $(touch x).log`);
    expect(await matches(`${folder}/*`)).toEqual([`${folder}/-rf $(touch x).log`]);
    for (let i = 0; i < 70; i++) write(`many-${i}x.log`, 100 + i);
    const found = await matches(`${folder}/many-*`);
    expect(found).toHaveLength(50);
    expect(found[0]).toBe(`${folder}/many-0x.log`);
  });

  it('is looked for in all folders of a pattern, among a thousand names too', async () => {
    for (const one of ['a b', 'c']) mkdirSync(join(folder, one));
    const paths = [write('a b/access.log', 1), write('c/access.log', 2)];
    expect(await matches(`${folder}/*/access.log`)).toEqual(paths);
    for (let i = 0; i < 1000; i++) writeFileSync(join(folder, 'c', `${i}.log`), '');
    expect(await matches(`${folder}/c/*.log`)).toHaveLength(50);
  });
});
