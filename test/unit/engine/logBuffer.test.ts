import { describe, expect, it } from 'vitest';
import { logBuffer, MARK } from '../../../src/engine/logBuffer';
import { lineText } from '../../../src/engine/logBufferText';
import { lineAssembler, LONGEST_LINE } from '../../../src/engine/tailLogLines';
import { followReader, type FollowMark } from '../../../src/engine/tailLogMarks';
import { sampleOf } from '../../../src/engine/sampleLog';
import { parseCidrs } from '../../../src/shared/address';

const NOW = Date.UTC(2024, 4, 14, 14, 5, 30);
const line = (address: string, path = '/', time = '14/May/2024:14:05:23 +0000'): string =>
  `${address} - - [${time}] "GET ${path} HTTP/1.1" 200 1`;
const { ranges } = parseCidrs(['192.0.2.0/24']);
const none = parseCidrs([]).ranges;

function fill(buffer: ReturnType<typeof logBuffer>, lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
  const ends: number[] = [];
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) ends.push(end);
  buffer.append(bytes, ends, 0);
}

describe('logBuffer', () => {
  it('counts by class and by address', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 });
    fill(buffer, [line('192.0.2.1'), line('192.0.2.1'), line('203.0.113.5'), line('10.0.0.1'), 'junk', line('::ffff:203.0.113.5')]);
    expect(buffer.totals).toEqual({ visitor: 2, origin: 2, private: 1, public: 0, unparsed: 1 });
    expect(buffer.top(2)).toEqual([
      { address: '192.0.2.1', addressClass: 'origin', count: 2 },
      { address: '203.0.113.5', addressClass: 'visitor', count: 2 },
    ]);
    expect(buffer.distinct).toBe(3);
    expect(buffer.share.bars().counts.at(-2)).toEqual([2, 2, 1, 0, 1]);
  });

  it.each<[string, (clock: string) => string, number?]>([
    ['haproxy', (clock: string) => `May 14 10:00:00 lb haproxy[14387]: 192.0.2.1:350 [14/May/2024:${clock}.443] f b/s 0/0/5 212 --`],
    // Its times tell no zone: they are the host's own.
    [
      'haproxy',
      (clock: string) => `May 14 lb haproxy[1]: 192.0.2.1:350 [14/May/2024:${clock.replace('14', '22')}.443] f b/s 0/0/5 212 --`,
      480,
    ],
    ['json', (clock: string) => `{"ts":"2024-05-14T${clock}Z","request":{"remote_ip":"192.0.2.1"}}`],
    ['vhost', (clock: string) => `shop:80 ${line('192.0.2.1', '/', `14/May/2024:${clock} +0000`)}`],
  ])('puts lines of %s into the chart by their own times', (format, text, zone = 0) => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => zone });
    fill(buffer, ['14:03:40', '14:04:10', '14:04:40', '14:05:10', '14:05:11'].map(text));
    expect(buffer.format).toBe(format);
    const bars = (): number[] => buffer.share.bars().counts.map((counts) => counts.reduce((sum, one) => sum + one, 0));
    expect(bars().slice(-6)).toEqual([0, 1, 1, 1, 2, 0]);
    buffer.setRanges(none);
    expect(bars().slice(-6)).toEqual([0, 1, 1, 1, 2, 0]);
  });

  it('classes everything anew when the ranges change, dropped lines included', () => {
    const buffer = logBuffer(none, { now: () => NOW, zone: () => 0 }, { lines: 1024, bytes: 1e9, addresses: 100 });
    for (let i = 0; i < 3; i++)
      fill(
        buffer,
        Array.from({ length: 1024 }, () => line('192.0.2.1')),
      );
    fill(buffer, [line('203.0.113.5')]);
    expect(buffer.store.dropped).toBe(3072);
    expect(buffer.totals).toMatchObject({ public: 3073 });
    expect(buffer.distinctVisitors).toBe(0);
    buffer.setRanges(ranges);
    expect(buffer.distinctVisitors).toBe(1);
    expect(buffer.totals).toEqual({ visitor: 1, origin: 3072, private: 0, public: 0, unparsed: 0 });
    expect(buffer.store.get(buffer.store.end - 1)?.code).toBe(0);
  });

  it('reads its lines again when the server’s own format is known and another one', () => {
    const own = 'nginx $http_x_forwarded_for - $remote_user [$time_local] "$request" $status $body_bytes_sent "$remote_addr"';
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 }, { lines: 1024, bytes: 1e9, addresses: 100 });
    const said = Array.from({ length: 2000 }, () => `${line('203.0.113.5')} "192.0.2.1"`);
    fill(buffer, said);
    buffer.mark({ kind: 'rotated' });
    expect(buffer.totals).toMatchObject({ visitor: 2000 });
    const kept = buffer.store.end - buffer.store.first - 1;
    buffer.setOwnFormats([own]);
    expect(buffer.totals).toEqual({ visitor: 0, origin: kept, private: 0, public: 0, unparsed: 2000 - kept });
    expect(buffer.top(2)).toEqual([{ address: '192.0.2.1', addressClass: 'origin', count: kept }]);
    expect(buffer.share.bars().counts.at(-2)).toEqual([0, kept, 0, 0, 0]);
    expect(buffer.store.get(buffer.store.end - 1)?.code).toBe(MARK);
    // The same again, and what does not fit, change nothing.
    buffer.setOwnFormats([own, 'nginx $msec $remote_addr']);
    expect(buffer.format).toBe(own);
    fill(buffer, said.slice(0, 1));
    expect(buffer.totals).toMatchObject({ origin: expect.any(Number) as number, visitor: 0 });
  });

  it('keeps line numbers while it drops the oldest, and counts what it dropped', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 }, { lines: 5000, bytes: 1e9, addresses: 10 });
    for (let i = 0; i < 20_000; i++) fill(buffer, [line('10.0.0.1', `/${i}`)]);
    const { store } = buffer;
    expect(store.end).toBe(20_000);
    expect(store.end - store.first).toBeLessThanOrEqual(5000);
    expect(store.end - store.first).toBeGreaterThan(5000 - 1024);
    expect(store.dropped).toBe(store.first);
    expect(store.get(store.first - 1)).toBeUndefined();
    expect(store.get(store.end)).toBeUndefined();
    for (const n of [store.first, 17_123, 19_999]) expect(store.get(n)?.bytes.toString()).toBe(line('10.0.0.1', `/${n}`));
  });

  it('keeps each line as it came, short or long, many at a time', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 }, { lines: 3000, bytes: 1e9, addresses: 10 });
    const text = (n: number): string => line('203.0.113.5', `/${n}${n % 700 === 0 ? 'x'.repeat(200_000) : 'y'.repeat(n % 300)}`);
    for (let n = 0; n < 10_000; n += 500)
      fill(
        buffer,
        Array.from({ length: 500 }, (_, i) => text(n + i)),
      );
    const { store } = buffer;
    expect([store.end, store.dropped, store.end - store.first <= 3000]).toEqual([10_000, store.first, true]);
    const wrong = Array.from({ length: store.end - store.first }, (_, i) => store.first + i).filter(
      (n) => store.get(n)?.bytes.toString() !== text(n) || store.get(n)?.code !== 0,
    );
    expect(wrong).toEqual([]);
    buffer.setRanges(parseCidrs(['203.0.113.0/24']).ranges);
    expect([store.get(store.first)?.code, buffer.totals.origin, buffer.distinctVisitors]).toEqual([1, 10_000, 0]);
  });

  it('takes an address only with a space behind it', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 });
    fill(buffer, [
      '10.0.0.1',
      ...['10.0.0.1', '255.255.255.255', '1.2.3', '1.2.3.4.5', '1.2.3.256', '10..0.1'].map((address) => line(address)),
    ]);
    expect(buffer.totals).toEqual({ visitor: 0, origin: 0, private: 2, public: 0, unparsed: 5 });
    expect(buffer.top(3).map(({ address }) => address)).toEqual(['10.0.0.1', '255.255.255.255']);
  });

  it('is bounded in bytes and in addresses too', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 }, { lines: 1e6, bytes: 1024 * 1024, addresses: 3 });
    fill(
      buffer,
      Array.from({ length: 200 }, (_, i) => line(`10.0.0.${i}`, `/${'x'.repeat(50_000)}`)),
    );
    expect(buffer.store.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(buffer.store.dropped).toBeGreaterThan(100);
    expect(buffer.distinct).toBe(3);
    expect(buffer.totals.private).toBe(200);
  });

  it('keeps marks among the lines and forgets all when cleared, but for the numbers', () => {
    const buffer = logBuffer(ranges, { now: () => NOW, zone: () => 0 });
    fill(buffer, [line('10.0.0.1')]);
    buffer.mark({ kind: 'gap', why: 'lost' });
    expect(buffer.store.get(1)).toMatchObject({ code: MARK });
    expect(JSON.parse(buffer.store.get(1)?.bytes.toString() ?? '')).toEqual({ kind: 'gap', why: 'lost' });
    buffer.clear();
    expect([buffer.store.first, buffer.store.end, buffer.lines, buffer.distinct]).toEqual([2, 2, 0, 0]);
    fill(buffer, [line('10.0.0.1')]);
    expect(buffer.store.get(2)?.code).toBe(2);
  });
});

describe('followReader', () => {
  const nonce = 'toa-0123456789';
  const output = Buffer.from(
    `${nonce} at 1 2 0 3 4 2024-05-14T14:05:23.5\nhello\nto${nonce} gap lost\ntoa-01 ${nonce} nonsense\n${nonce} end missing\nbye`,
  );
  const read = (chunks: readonly Uint8Array[]): readonly [string, FollowMark[]] => {
    let text = '';
    const marks: FollowMark[] = [];
    const feed = followReader(
      nonce,
      (bytes) => (text += bytes.toString()),
      (mark) => marks.push(mark),
    );
    chunks.forEach(feed);
    return [text, marks];
  };

  it.each([1, 2, 3, 7, 16, 1000])('takes marks out wherever they are cut, %i bytes at a time', (size) => {
    const chunks: Uint8Array[] = [];
    for (let i = 0; i < output.length; i += size) chunks.push(output.subarray(i, i + size));
    const [text, marks] = read(chunks);
    expect(text).toBe(`hello\ntotoa-01 ${nonce} nonsense\nbye`);
    expect(marks).toEqual([
      { kind: 'at', file: '1 2', offset: 0, sign: '3 4 2024-05-14T14:05:23.5' },
      { kind: 'gap', why: 'lost' },
      { kind: 'end', why: 'missing' },
    ]);
  });
});

describe('lineAssembler', () => {
  it('cuts a line of a megabyte and goes on with the next', () => {
    const lengths: number[] = [];
    let cuts = 0;
    const lines = lineAssembler((_, ends, cut) => {
      ends.forEach((end, i) => lengths.push(end - (i === 0 ? 0 : (ends[i - 1] ?? 0) + 1)));
      cuts += cut;
    });
    const mark = (offset: number): void => lines.at({ kind: 'at', file: '1 1', offset, sign: '0 0 0' });
    mark(100);
    const long = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < long.length; i += 30_000) lines.bytes(long.subarray(i, i + 30_000));
    mark(100 + long.length);
    expect(lines.resumePoint()).toEqual({ from: '1 1 100 0 0 0', late: '' });
    lines.bytes(Buffer.from('end\nnext\nhalf'));
    mark(100 + long.length + 13);
    expect(lengths).toEqual([LONGEST_LINE, 4]);
    expect(cuts).toBe(1);
    expect(lines.resumePoint()).toEqual({ from: `1 1 ${100 + long.length + 9} 0 0 0`, late: '' });
  });

  it('drops what the follower takes back, and goes on with what it has shown true', () => {
    const seen: string[] = [];
    const lines = lineAssembler((bytes, ends) =>
      ends.forEach((end, i) => seen.push(bytes.toString('utf8', i && (ends[i - 1] ?? 0) + 1, end))),
    );
    const at = (kind: 'at' | 'old', file: string, offset: number): void => lines.at({ kind, file, offset, sign: '0 0 0' });
    at('at', '1 1', 0);
    lines.bytes(Buffer.from('a\nb'));
    at('at', '1 1', 3);
    lines.bytes(Buffer.from(' of another file\n'));
    lines.discard();
    at('old', '1 2', 3);
    lines.bytes(Buffer.from('b\n'));
    at('at', '1 1', 0);
    lines.bytes(Buffer.from('c\n'));
    at('at', '1 1', 2);
    expect(seen).toEqual(['a', 'bb', 'c']);
    expect(lines.resumePoint()).toEqual({ from: '1 1 2 0 0 0', late: '1 2 5 0 0 0' });
  });
});

describe('bytes that nobody takes back', () => {
  it('are lines as they come, and go on behind the latest whole one', () => {
    const seen: string[] = [];
    const lines = lineAssembler((bytes, ends) =>
      ends.forEach((end, i) => seen.push(bytes.toString('utf8', i && (ends[i - 1] ?? 0) + 1, end))),
    );
    const at = (offset: number): void => lines.at({ kind: 'at', file: '1 1', offset, sign: '0 0 0' });
    at(0);
    lines.sure();
    lines.bytes(Buffer.from('a\nb\nc'));
    expect(seen).toEqual(['a', 'b']);
    expect(lines.resumePoint().from).toBe('1 1 4 0 0 0');
    lines.bytes(Buffer.from('c\n'));
    expect(seen).toEqual(['a', 'b', 'cc']);
    at(7);
    lines.bytes(Buffer.from('d\n'));
    expect(seen).toEqual(['a', 'b', 'cc']);
    at(9);
    expect(seen).toEqual(['a', 'b', 'cc', 'd']);
  });
});

describe('sampleOf', () => {
  it('classes the lines and finds X-Forwarded-For', () => {
    const text = `${line('192.0.2.1')} "-" "-" "203.0.113.9"\n${line('192.0.2.1')} "-" "-" "-"\njunk\n`;
    expect(sampleOf('/log', text, ['192.0.2.0/24'])).toEqual({
      path: '/log',
      lines: 3,
      classes: { visitor: 0, origin: 2, private: 0, public: 0, unparsed: 1 },
      forwardedFor: 1,
      names: 0,
      last: text.trimEnd().split('\n'),
      top: [{ address: '192.0.2.1', addressClass: 'origin', count: 2 }],
    });
  });
});

describe('lineText', () => {
  it('keeps bytes that are no UTF-8, and drops the carriage return', () => {
    expect(lineText(Buffer.from('é\r'))).toBe('é');
    expect(lineText(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\udcffb');
  });
});
