import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../../src/engine/ports';
import { uploadFile, type LocalFile } from '../../../src/engine/uploadFile';
import { host, never, problem, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';

const MIB = 1024 * 1024;
const work = workDirectory();
let sshd: Sshd;
let client: TestTransport;
let session: Session;
let local: LocalFile;

beforeAll(async () => {
  const hostKey = await makeKey(work.path, 'hostkey');
  const key = await makeKey(work.path, 'key');
  sshd = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: [publicKey(key)] });
  const known = work.file('known', `[127.0.0.1]:${sshd.port} ${publicKey(hostKey)}\n`);
  const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${me}`, `IdentityFile ${key}`, `UserKnownHostsFile ${known}`];
  client = transport(work.file('config', `Host *\n ${lines.join('\n ')}\n`));
  session = await client.connect(host('web'), { signal: never });
  const content = randomBytes(24 * MIB + 12_345);
  local = { path: `${work.path}/local`, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  writeFileSync(local.path, content);
});
afterAll(async () => {
  client.dispose();
  await sshd.stop();
  work.remove();
});

const same = (remote: string): boolean => readFileSync(remote).equals(readFileSync(local.path));

/** Whether the first block is on record as whole: what the next try can go on from. */
const beginsOnRecord = (remote: string): boolean =>
  existsSync(`${remote}.part.done`) && /^0 [1-9]/m.test(readFileSync(`${remote}.part.done`, 'utf8'));

/** Uploads and gives the first and last progress seen. */
async function upload(remote: string): Promise<[number | undefined, number | undefined]> {
  const seen: number[] = [];
  await uploadFile(session, local, remote, { signal: never, onProgress: (done) => seen.push(done) });
  return [seen[0], seen.at(-1)];
}

test('a file arrives whole, under a hostile name, in a directory that is nobody else’s', async () => {
  const remote = `${work.path}/new/it's $(touch pwned); "x"/kernel.rpm`;
  expect(await upload(remote)).toEqual([0, local.bytes]);
  expect(same(remote)).toBe(true);
  expect([existsSync(`${remote}.part`), existsSync(`${remote}.part.done`)]).toEqual([false, false]);
  expect(statSync(remote).mode & 0o777).toBe(0o600);
  expect(statSync(`${work.path}/new`).mode & 0o777).toBe(0o700);
});

test('a file that is there already is not sent again', async () => {
  const remote = `${work.path}/twice`;
  await upload(remote);
  const before = statSync(remote).ino;
  expect(await upload(remote)).toEqual([local.bytes, local.bytes]);
  expect(statSync(remote).ino).toBe(before);
});

test('a cancelled upload leaves a part, and the next one goes on from it', async () => {
  const remote = `${work.path}/resumed`;
  const stop = new AbortController();
  const onProgress = (): void => {
    if (beginsOnRecord(remote)) stop.abort();
  };
  expect(await problem(uploadFile(session, local, remote, { signal: stop.signal, onProgress }))).toEqual({ code: 'cancelled' });
  expect(existsSync(remote)).toBe(false);
  const [from, to] = await upload(remote);
  expect(from).toBeGreaterThanOrEqual(2 * MIB);
  expect(to).toBe(local.bytes);
  expect(same(remote)).toBe(true);
});

test('a part goes on from a whole MiB: its torn end is sent again', async () => {
  const remote = `${work.path}/torn`;
  writeFileSync(`${remote}.part`, Buffer.concat([readFileSync(local.path).subarray(0, 2 * MIB), Buffer.alloc(1000, 'garbage')]));
  expect((await upload(remote))[0]).toBe(2 * MIB);
  expect(same(remote)).toBe(true);
});

test('of a part with gaps what counts is what is whole from its beginning', async () => {
  const remote = `${work.path}/gaps`;
  const content = readFileSync(local.path);
  writeFileSync(`${remote}.part`, Buffer.concat([content.subarray(0, 4 * MIB), Buffer.alloc(2 * MIB), content.subarray(6 * MIB, 8 * MIB)]));
  writeFileSync(`${remote}.part.done`, '0 2\n6 2\n2 2\n');
  expect(await upload(remote)).toEqual([4 * MIB, local.bytes]);
  expect(same(remote)).toBe(true);
  expect(existsSync(`${remote}.part.done`)).toBe(false);
});

test('a part that proves wrong is thrown away, once', async () => {
  const remote = `${work.path}/wrong`;
  writeFileSync(`${remote}.part`, Buffer.alloc(2 * MIB, 'wrong'));
  expect((await upload(remote))[1]).toBe(local.bytes);
  expect(same(remote)).toBe(true);
});

test('a part that is longer than the file, or a link, is not used', async () => {
  const long = `${work.path}/long`;
  writeFileSync(`${long}.part`, '');
  truncateSync(`${long}.part`, 64 * MIB);
  expect((await upload(long))[0]).toBe(0);
  const linked = `${work.path}/linked`;
  const target = work.file('target', 'untouched');
  symlinkSync(target, `${linked}.part`);
  await upload(linked);
  expect(readFileSync(target, 'utf8')).toBe('untouched');
  expect([same(long), same(linked)]).toEqual([true, true]);
});

test('content that is not what was hashed is refused, and nothing is left', async () => {
  const remote = `${work.path}/corrupt`;
  const changed = { ...local, sha256: 'a'.repeat(64) };
  expect(await problem(uploadFile(session, changed, remote, { signal: never }))).toEqual({
    code: 'uploadCorrupt',
    file: local.path,
    expected: changed.sha256,
    actual: local.sha256,
  });
  expect([existsSync(remote), existsSync(`${remote}.part`)]).toEqual([false, false]);
});

test('a local file that grew is sent as it was hashed; one that is gone says so', async () => {
  const grown = { ...local, path: `${work.path}/grown` };
  writeFileSync(grown.path, readFileSync(local.path));
  appendFileSync(grown.path, 'more');
  await uploadFile(session, grown, `${work.path}/grown.there`, { signal: never });
  expect(same(`${work.path}/grown.there`)).toBe(true);
  const gone = { ...local, path: `${work.path}/gone` };
  expect(await problem(uploadFile(session, gone, `${work.path}/gone.there`, { signal: never }))).toMatchObject({ code: 'unexpected' });
});

test('a place that cannot be written to is an error with the host’s own words', async () => {
  mkdirSync(`${work.path}/blocked`);
  writeFileSync(`${work.path}/blocked/file`, '');
  const failure = await problem(uploadFile(session, local, `${work.path}/blocked/file/below/kernel.rpm`, { signal: never }));
  expect(failure).toMatchObject({ code: 'stepFailed', step: 'upload', exit: 73 });
  const occupied = await problem(uploadFile(session, local, `${work.path}/blocked`, { signal: never }));
  expect(occupied).toMatchObject({ code: 'stepFailed', step: 'upload', exit: 73 });
  expect(existsSync(`${work.path}/blocked.part`)).toBe(false);
});
