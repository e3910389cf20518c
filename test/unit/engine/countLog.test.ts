import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLog, type CountOptions } from '../../../src/engine/countLog';
import { parseCidrs } from '../../../src/shared/address';
import { localSession } from './localSession';
import { shells } from './shells';

const { ranges } = parseCidrs(['192.0.2.0/24']);
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'count-'));
  log = join(folder, 'access.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (address: string): string => `${address} - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1" 200 1`;
const count = (shell: string, options: Partial<CountOptions> = {}, path = log) =>
  countLog(localSession(shell), path, { as: 'user', format: 'common', ranges, signal: new AbortController().signal, ...options });

describe.each(shells)('counting a whole log under %s', (shell) => {
  it('counts each address once, by class', async () => {
    const many = Array.from({ length: 500 }, (_, i) => line(`203.0.113.${i % 250}`));
    const rest = ['192.0.2.1', '192.0.2.1', '10.0.0.1', '::ffff:192.0.2.1', '2001:db8::5', 'crawler.example.com'].map(line);
    writeFileSync(log, [...many, ...rest, 'junk', '\x16\x03\x01 bin\0ary', '', 'x'.repeat(1_000_000)].join('\n'));
    const progress: number[][] = [];
    const found = await count(shell, { top: 2, onProgress: (...one) => progress.push(one) });
    expect(found).toMatchObject({
      lines: 510,
      classes: { visitor: 501, origin: 3, private: 1, public: 0, unparsed: 5 },
      distinct: { visitor: 251, origin: 2, private: 1, public: 0, unparsed: 0 },
      names: 1,
      skipped: [],
    });
    expect(found.top.map((one) => one.count)).toEqual([2, 2]);
    expect(found.files).toEqual([expect.objectContaining({ path: log })]);
    expect(progress.every(([read = 0, total = 0]) => read <= total)).toBe(true);
  });

  it('counts more addresses than it holds at a time', async () => {
    const lines = Array.from({ length: 20_500 }, (_, i) => line(`20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
    writeFileSync(log, `${[...lines, ...lines.slice(0, 500)].join('\n')}\n`);
    const found = await count(shell, { top: 1 });
    expect(found).toMatchObject({ lines: 21_000, distinct: { visitor: 20_500 }, top: [{ count: 2 }] });
  });

  it('takes in the files before it, in order, and tells which it cannot read', async () => {
    writeFileSync(log, `${line('192.0.2.1')}\n`);
    writeFileSync(`${log}.1`, line('192.0.2.2'));
    writeFileSync(`${log}.2.gz`, gzipSync(`${line('192.0.2.3')}\n${line('192.0.2.3')}\n`));
    writeFileSync(`${log}.3.xz`, 'xz');
    writeFileSync(`${log}.swp`, line('192.0.2.9'));
    writeFileSync(`${log}-$(touch x).1`, line('192.0.2.9'));
    utimesSync(`${log}.1`, 2000, 2000);
    utimesSync(`${log}.2.gz`, 1000, 1000);
    const found = await count(shell, { rotated: true });
    expect(found).toMatchObject({ lines: 4, distinct: { origin: 3 }, skipped: [`${log}.3.xz`] });
    expect(found.files.map(({ path, time }) => [path, time]).slice(0, 2)).toEqual([
      [`${log}.2.gz`, 1_000_000],
      [`${log}.1`, 2_000_000],
    ]);
    expect((await count(shell)).lines).toBe(1);
  });

  it('counts only from one offset to another', async () => {
    const text = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => `${line(address)}\n`);
    writeFileSync(log, text.join(''));
    const first = line('192.0.2.1').length + 1;
    expect((await count(shell, { from: first, to: 2 * first })).top.map(({ address }) => address)).toEqual(['192.0.2.2']);
    expect((await count(shell, { to: first })).top.map(({ address }) => address)).toEqual(['192.0.2.1']);
  });

  const boot = Date.parse('2024-05-14T14:05:23.400Z');
  const at = (time: string, address = '192.0.2.1'): string => `${address} - - [${time}] "GET / HTTP/1.1" 200 1`;

  it('tells lines from before a moment by their own times', async () => {
    const early = [at('14/May/2024:14:05:22 +0000'), at('14/May/2024:16:05:23 +0200'), 'junk', at('14/May/2024:05:35:00 -0830')];
    const late = [at('14/May/2024:14:05:24 +0000'), 'junk', at('01/Jan/2025:00:00:00 +1400', '203.0.113.9')];
    writeFileSync(log, [...early, ...late, at('29/Feb/2024:23:59:59 +0000', '10.0.0.1'), ''].join('\n'));
    const found = await count(shell, { moment: boot });
    expect(found).toMatchObject({ lines: 8, distinct: { origin: 1, visitor: 1, private: 1 } });
    expect(found.parts).toMatchObject({
      before: { lines: 5, classes: { origin: 3, private: 1, unparsed: 1 }, distinct: { origin: 1, visitor: 0 } },
      since: { lines: 3, classes: { origin: 1, visitor: 1, unparsed: 1 }, distinct: { origin: 1, visitor: 1 } },
    });
    expect((await count(shell)).parts).toBeUndefined();
    expect((await count(shell, { moment: boot, format: 'unknown' })).parts).toBeUndefined();
  });

  it.each([
    ['common', (time: string) => at(time), '14/May/2024:14:05:2%d +0000'],
    ['json', (time: string) => `{"remote_ip":"192.0.2.1","ts":${time}.25}`, '171569552%d'],
    ['json', (time: string) => `{"time":"${time}.123+02:00","remote_addr":"192.0.2.1"}`, '2024-05-14T16:05:2%d'],
    ['json', (time: string) => `{"time":"${time}Z","remote_addr":"192.0.2.1"}`, '2024-05-14T14:05:2%d'],
    [
      'haproxy',
      (time: string) => `May 14 14:05:25 lb haproxy[14387]: 192.0.2.1:35014 [${time}.443] fnt bck/srv1 0/0/5007 212 --`,
      '14/May/2024:14:05:2%d',
    ],
    ['nginx $msec $remote_addr', (time: string) => `${time}.001 192.0.2.1`, '171569552%d'],
    ['nginx "$request" $remote_addr $time_iso8601', (time: string) => `"GET /[x HTTP/1.1" 192.0.2.1 ${time}+00:00`, '2024-05-14T14:05:2%d'],
  ] as const)('reads the times of %s', async (format, text, time) => {
    writeFileSync(log, [2, 3, 4, 5, 6].map((second) => `${text(time.replace('%d', String(second)))}\n`).join(''));
    expect((await count(shell, { format, moment: boot })).parts).toMatchObject({ before: { lines: 2 }, since: { lines: 3 } });
  });

  it.each([
    ['vhost', `shop.example.com:443 ${line('192.0.2.1')}`],
    ['json', '{"time":"x","ua":"\\"remote_addr\\":\\"9.9.9.9\\"","remote_addr": "192.0.2.1"}'],
    ['json', '{"request":{"remote_ip":"192.0.2.1","headers":{"Remote_addr":["9.9.9.9"]}}}'],
    ['json', '{"request":{"remote_ip":"192.0.2.1","client_ip":"203.0.113.9"}}'],
    ['json', '{"c_ip":"192.0.2.1"}'],
    ['nginx $remote_addr [$time_local] $realip_remote_addr', '203.0.113.9 [14/May/2024:14:05:23 +0000] 192.0.2.1'],
    ['haproxy', 'Feb  6 12:12:56 localhost haproxy[14387]: 192.0.2.1:35014 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 --'],
  ] as const)('finds the address of %s', async (format, text) => {
    writeFileSync(log, `${text}\n`);
    expect((await count(shell, { format })).top.map(({ address }) => address)).toEqual(['192.0.2.1']);
  });

  it('names a log that cannot be read, with the reason', async () => {
    await expect(count(shell)).rejects.toMatchObject({ problem: { code: 'logUnreadable', path: log, reason: 'missing' } });
    await expect(count(shell, {}, folder)).rejects.toMatchObject({ problem: { code: 'logUnreadable', reason: 'notAFile' } });
  });

  it('ends on the host when it is cancelled', async () => {
    writeFileSync(log, `${line('192.0.2.1')}\n`.repeat(500_000));
    const stop = new AbortController();
    const session = localSession(shell);
    const { signal } = stop;
    const counting = countLog(session, log, { as: 'user', format: 'common', ranges, signal, onProgress: () => stop.abort() });
    await expect(counting).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await expect.poll(() => session.pids(), { timeout: 20_000 }).toEqual([]);
  });
});
