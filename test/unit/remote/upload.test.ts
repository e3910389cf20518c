import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { problemOf } from '../../../src/core/problem';
import { uploadFile } from '../../../src/engine/uploadFile';
import { localSession } from '../engine/localSession';

const work = mkdtempSync(join(tmpdir(), 'toa-upload-'));
afterAll(() => rmSync(work, { recursive: true }));
const content = 'a package';
const local = { path: join(work, 'local'), bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
writeFileSync(local.path, content);
const signal = new AbortController().signal;
const isRoot = process.getuid!() === 0;
/** nobody's number on Debian; any but ours and root's does. */
const STRANGER = 65534;

describe.each(['dash', 'bash --posix', 'busybox sh', 'mksh'])('uploads under %s', (shell) => {
  const fresh = (): string => mkdtempSync(join(work, 'case-'));
  const upload = (remote: string): Promise<void> => uploadFile(localSession(shell), local, remote, { signal });
  const refused = async (remote: string): Promise<void> => {
    const problem = await upload(remote).then(() => 'uploaded', problemOf);
    expect(problem).toMatchObject({ code: 'stepFailed', step: 'upload', exit: 73 });
  };

  it('arrive in a directory of the user alone, made with those above it', async () => {
    const place = join(fresh(), 'lib/toa-hosts/uploads');
    await upload(join(place, 'x.rpm'));
    expect(readFileSync(join(place, 'x.rpm'), 'utf8')).toBe(content);
    expect(statSync(place).mode & 0o7777).toBe(0o700);
    expect(readdirSync(place)).toEqual(['x.rpm']);
  });

  it('never go through a link that stands for the directory', async () => {
    const place = fresh();
    mkdirSync(join(place, 'mine'), 0o700);
    symlinkSync(join(place, 'mine'), join(place, 'linked'));
    await refused(join(place, 'linked/x.rpm'));
    expect(readdirSync(join(place, 'mine'))).toEqual([]);
  });

  it('never go into a directory that others can enter', async () => {
    const place = join(fresh(), 'open');
    mkdirSync(place);
    chmodSync(place, 0o755);
    await refused(join(place, 'x.rpm'));
    expect(readdirSync(place)).toEqual([]);
  });

  it.runIf(isRoot)('never go into a directory of someone else', async () => {
    const place = join(fresh(), 'theirs');
    mkdirSync(place, 0o700);
    chownSync(place, STRANGER, STRANGER);
    await refused(join(place, 'x.rpm'));
    expect(readdirSync(place)).toEqual([]);
  });

  it('never go below a directory in which others can rename ours, unless it is sticky', async () => {
    const place = fresh();
    chmodSync(place, 0o777);
    await refused(join(place, 'mine/x.rpm'));
    chmodSync(place, 0o775);
    await refused(join(place, 'mine/x.rpm'));
    chmodSync(place, 0o1777);
    await upload(join(place, 'mine/x.rpm'));
    expect(existsSync(join(place, 'mine/x.rpm'))).toBe(true);
  });

  it.runIf(isRoot)('never go below a directory of someone else', async () => {
    const place = fresh();
    chownSync(place, STRANGER, STRANGER);
    await refused(join(place, 'mine/x.rpm'));
  });

  it('never append to what a link named like the part leads to', async () => {
    const place = fresh();
    const target = join(place, 'target');
    writeFileSync(target, 'x'.repeat(5));
    symlinkSync(target, join(place, 'x.rpm.part'));
    await upload(join(place, 'x.rpm'));
    expect(readFileSync(target, 'utf8')).toBe('xxxxx');
    expect(readFileSync(join(place, 'x.rpm'), 'utf8')).toBe(content);
  });
});
