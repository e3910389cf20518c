import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { problemOf, type Problem } from '../../../../src/core/problem';
import { VENDOR_PACKAGES } from '../../../../src/core/vendor';
import { fetchPackage } from '../../../../src/engine/packages/fetchPackage';
import { preparePackages, type PackageSource, type PrepareOptions } from '../../../../src/engine/packages/preparePackages';
import { smallRpm } from './rpm';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const RPM = smallRpm('kernel', '3.10.0', '957.21.3.el7.toa', 'x86_64');
const FILE = VENDOR_PACKAGES.el7[0]!.file;
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const whole: Answer = (response) => response.end(RPM);
const problem = (promise: Promise<unknown>): Promise<Problem> => promise.then(() => expect.fail('did not fail'), problemOf);

const servers: Server[] = [];
const work = mkdtempSync(join(tmpdir(), 'toa-packages-'));
let cache: string;
beforeEach(() => (cache = mkdtempSync(join(work, 'cache-'))));
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});
afterAll(() => rmSync(work, { recursive: true }));

/** A web server of this machine with one answer per path; `asked` is what it was asked for. */
async function serve(
  answers: Readonly<Record<string, Answer>>,
): Promise<{ readonly url: (path: string) => string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answers[request.url ?? '']?.(response, request);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, url: (path) => `http://127.0.0.1:${port}${path}` };
}

const options = (more: Partial<PrepareOptions> = {}): Omit<PrepareOptions, 'sources'> => ({
  cacheDirectory: cache,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  confirm: () => Promise.resolve(true),
  host: 'web-01',
  ...more,
});
const get = (source: PackageSource, limits?: Parameters<typeof fetchPackage>[4], more?: Partial<PrepareOptions>): Promise<string> =>
  fetchPackage(source, FILE, 'toa.packages.el7.url', options(more), limits);
const prepare = (el7: PackageSource, more?: Partial<PrepareOptions>): ReturnType<typeof preparePackages> =>
  preparePackages('el7', { ...options(more), sources: { el7, el6Firmware: el7, el6Kernel: el7 } });
/** Nothing half-downloaded may stay behind. */
const left = (): string[] =>
  readdirSync(cache, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : []));

describe('a download', () => {
  it('follows redirects and tells how far it is', async () => {
    const { url } = await serve({
      '/a': (response) => response.writeHead(302, { location: '/b' }).end(),
      '/b': (response) => response.writeHead(301, { location: '/c' }).end(),
      '/c': (response) => response.writeHead(200, { 'content-length': RPM.length }).end(RPM),
    });
    const seen: unknown[] = [];
    const path = await get({ url: url('/a') }, undefined, { onProgress: (...progress) => seen.push(progress) });
    expect(readFileSync(path).equals(RPM)).toBe(true);
    expect(seen.at(-1)).toEqual([FILE, RPM.length, RPM.length]);
  });

  it.each([
    ['redirects without end', (response) => response.writeHead(302, { location: '/x' }).end(), /redirect/],
    ['an error page', (response) => response.writeHead(404).end('no'), /^HTTP 404 Not Found$/],
    ['a stall', (response) => response.writeHead(200, { 'content-length': 2000 }).write('x'), /^nothing came for 0.2 s$/],
    ['no answer at all', () => undefined, /^nothing came for 0.2 s$/],
    [
      'a connection cut off',
      (response) => response.writeHead(200, { 'content-length': 2000 }).write('x', () => setTimeout(() => response.destroy(), 20)),
      /terminated/,
    ],
    ['a cut off answer of unknown length', (response) => response.write('x', () => setTimeout(() => response.destroy(), 20)), /terminated/],
    [
      'less than was announced',
      (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort`),
      /terminated/,
    ],
  ] satisfies [string, Answer, RegExp][])('%s is a failure, and nothing is left', async (_name, answer, reason) => {
    const { url } = await serve({ '/x': answer });
    // Short only where waiting is the point: a busy machine must not look like a stall.
    const limits = { idleSeconds: reason.source.includes('nothing came') ? 0.2 : 30, mostBytes: 10_000 };
    const failed = await problem(get({ url: url('/x') }, limits));
    expect(failed).toEqual({
      code: 'downloadFailed',
      url: url('/x'),
      setting: 'toa.packages.el7.url',
      reason: expect.any(String) as string,
    });
    expect(failed.code === 'downloadFailed' && failed.reason).toMatch(reason);
    expect(left()).toEqual([]);
  });

  it('of more than any package has is not begun', async () => {
    const { url } = await serve({ '/x': (response) => response.writeHead(200, { 'content-length': 513 * 1024 * 1024 }).write('x') });
    expect(await problem(get({ url: url('/x') }))).toMatchObject({
      code: 'downloadFailed',
      reason: '537919488 bytes, more than 536870912',
    });
    expect(left()).toEqual([]);
  });

  it('that does not end by itself is ended, and the server sees it', async () => {
    let ended = false;
    const { url } = await serve({
      '/x': (response) => {
        const more = (): void => {
          if (!response.destroyed) response.write(Buffer.alloc(1000), () => setImmediate(more));
        };
        response.once('close', () => (ended = true));
        more();
      },
    });
    const limits = { idleSeconds: 30, mostBytes: 100_000 };
    expect(await problem(get({ url: url('/x') }, limits))).toMatchObject({ code: 'downloadFailed', reason: 'more than 100000 bytes' });
    expect(left()).toEqual([]);
    await expect.poll(() => ended, { timeout: 20_000 }).toBe(true);
  });

  it('of a slow server goes on as long as something comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const parts = [0, 1, 2, 3, 4, 5].map((n) => RPM.subarray((n * RPM.length) / 6, ((n + 1) * RPM.length) / 6));
    let next: () => void = () => undefined;
    const { url } = await serve({
      '/x': (response) => {
        next = () => (parts.length === 0 ? response.end() : response.write(parts.shift()));
        next();
      },
    });
    // Each part comes only after nearly all the patience for it has passed.
    const onProgress = (): void => {
      vi.advanceTimersByTime(900);
      next();
    };
    const path = await get({ url: url('/x') }, { idleSeconds: 1, mostBytes: 10_000 }, { onProgress });
    expect(readFileSync(path).equals(RPM)).toBe(true);
  });

  it('that is cancelled is no failed download', async () => {
    const stop = new AbortController();
    const { url } = await serve({ '/x': (response) => void response.write('x', () => stop.abort()) });
    expect(await problem(get({ url: url('/x') }, undefined, { signal: stop.signal }))).toEqual({ code: 'cancelled' });
    expect(left()).toEqual([]);
  });

  it('is taken from the cache only with the pinned hash', async () => {
    const { url, asked } = await serve({ '/x': whole });
    const path = await get({ url: url('/x') });
    await get({ url: url('/x') });
    expect(asked).toHaveLength(2);
    await get({ url: url('/x'), sha256: sha256(RPM).toUpperCase() });
    expect(asked).toHaveLength(2);
    writeFileSync(path, 'something else');
    expect(readFileSync(await get({ url: url('/x'), sha256: sha256(RPM) })).equals(RPM)).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('of two hosts at once is two downloads that do not meet', async () => {
    const { url } = await serve({
      '/x': (response) => void response.write(RPM.subarray(0, 500), () => setTimeout(() => response.end(RPM.subarray(500)), 50)),
    });
    const paths = await Promise.all([get({ url: url('/x') }), get({ url: url('/x') })]);
    for (const path of paths) expect(readFileSync(path).equals(RPM)).toBe(true);
    expect(left()).toEqual([FILE]);
  });
});

describe('a prepared package', () => {
  it('is proven: named, whole, and of the pinned hash', async () => {
    const { url } = await serve({ '/x': whole });
    expect(await prepare({ url: url('/x'), sha256: sha256(RPM) }, { confirm: () => expect.fail('asked') })).toMatchObject([
      { file: FILE, bytes: RPM.length, sha256: sha256(RPM), from: url('/x'), pin: 'setting' },
    ]);
  });

  it('without a pin is shown, and not taken unless the person confirms', async () => {
    const { url } = await serve({ '/x': whole });
    const shown: unknown[] = [];
    const answer = (yes: boolean) => (found: unknown) => {
      shown.push(found);
      return Promise.resolve(yes);
    };
    expect(await problem(prepare({ url: url('/x') }, { confirm: answer(false) }))).toEqual({ code: 'cancelled' });
    expect(await prepare({ url: url('/x') }, { confirm: answer(true) })).toMatchObject([{ pin: 'confirmed' }]);
    expect(shown).toMatchObject([{ sha256: sha256(RPM), bytes: RPM.length, from: url('/x') }, { sha256: sha256(RPM) }]);
  });

  const html = Buffer.from('\n<!DOCTYPE html><html><body>Sign in to this network</body></html>');
  const other = smallRpm('kernel', '3.10.0', '1160.el7', 'x86_64');
  const cases: readonly (readonly [string, Buffer, object])[] = [
    ['an HTML page', html, { code: 'notAnRpm', looksLike: 'html' }],
    ['an empty answer', Buffer.alloc(0), { code: 'notAnRpm', looksLike: 'empty' }],
    ['half a package', RPM.subarray(0, RPM.length - 500), { code: 'notAnRpm', looksLike: 'truncated' }],
    ['half a header', RPM.subarray(0, 150), { code: 'notAnRpm', looksLike: 'truncated' }],
    ['noise', Buffer.from('noise'), { code: 'notAnRpm', looksLike: 'other' }],
    ['another package', other, { code: 'packageUnexpected', actual: 'kernel-3.10.0-1160.el7.x86_64' }],
  ];
  it.each(cases)('is never %s, even with its hash pinned', async (_name, body, expected) => {
    const { url } = await serve({ '/x': (response) => response.end(body) });
    expect(await problem(prepare({ url: url('/x'), sha256: sha256(body) }))).toMatchObject(expected);
  });

  it('of another hash than the pin is refused', async () => {
    const { url } = await serve({ '/x': whole });
    const pin = 'a'.repeat(64);
    expect(await problem(prepare({ url: url('/x'), sha256: pin }))).toMatchObject({
      code: 'hashMismatch',
      expected: pin,
      actual: sha256(RPM),
    });
  });

  it('may be a file of this machine, by path or file address; a missing one or a folder says so', async () => {
    const path = join(cache, 'local file.rpm');
    writeFileSync(path, RPM);
    for (const url of [path, `file://${path.replace(' ', '%20')}`]) expect(await prepare({ url })).toMatchObject([{ path, from: url }]);
    for (const url of [`${path}.gone`, cache]) expect(await problem(prepare({ url }))).toMatchObject({ code: 'fileUnreadable', path: url });
  });
});
