import { describe, expect, it } from 'vitest';
import { journalReader } from '../../../src/engine/journalReader';

const text = (name: string, value: string): Buffer => Buffer.from(`${name}=${value}\n`);
const binary = (name: string, value: Buffer): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')]);
};
const entry = (...fields: readonly Buffer[]): Buffer => Buffer.concat([...fields, Buffer.from('\n')]);

/** What is read of the bytes, cut into pieces of `size`. */
function read(bytes: Buffer, size = bytes.length): readonly (readonly [cursor: string, message: string, cut: boolean])[] {
  const found: (readonly [string, string, boolean])[] = [];
  const feed = journalReader(({ cursor, message }, cut) => found.push([cursor, message.toString('utf8'), cut]));
  for (let at = 0; at < bytes.length; at += size) feed(bytes.subarray(at, at + size));
  return found;
}

const nasty = Buffer.from('a\n=b\n\n__CURSOR=x\n\u001b[31m日本\0', 'utf8');
const stream = Buffer.concat([
  entry(text('__CURSOR', 's=1;i=a'), text('_TRANSPORT', 'stdout'), text('MESSAGE', 'one=1 =')),
  entry(text('__CURSOR', 's=1;i=b'), binary('MESSAGE', nasty), binary('OTHER', Buffer.from('__CURSOR=y\n\n')), text('PRIORITY', '6')),
  entry(text('__CURSOR', 's=1;i=c'), text('MESSAGE', '')),
  entry(text('__CURSOR', 's=1;i=d'), text('NOTHING', 'said')),
]);
const entries = [
  ['s=1;i=a', 'one=1 =', false],
  ['s=1;i=b', nasty.toString('utf8'), false],
  ['s=1;i=c', '', false],
  ['s=1;i=d', '', false],
];

it.each([1, 2, 3, 7, 64, 4096])('entries are the same in pieces of %i bytes, whatever their values hold', (size) => {
  expect(read(stream, size)).toEqual(entries);
});

it('an entry whose end has not come is none yet', () => {
  expect(read(stream.subarray(0, -1))).toEqual(entries.slice(0, -1));
});

describe.each([1000, 65_536, 400_000])('in pieces of %i bytes', (size) => {
  const lengths = (bytes: Buffer) => read(bytes, size).map(([cursor, message, cut]) => [cursor, message.length, cut]);
  const next = entry(text('__CURSOR', 'i=2'), text('MESSAGE', 'next'));

  it.each([
    [64 * 1024, false],
    [64 * 1024 + 1, true],
    [1024 * 1024, true],
  ])('of a message of %i bytes 64 KiB are kept, and what follows it is read', (length, cut) => {
    const long = 'x'.repeat(length);
    const expected = [
      ['i=1', 64 * 1024, cut],
      ['i=2', 4, false],
    ];
    expect(lengths(Buffer.concat([entry(text('__CURSOR', 'i=1'), text('MESSAGE', long)), next]))).toEqual(expected);
    expect(lengths(Buffer.concat([entry(text('__CURSOR', 'i=1'), binary('MESSAGE', Buffer.from(long))), next]))).toEqual(expected);
  });
});

it('a cursor that is none is not taken: it would become an argument', () => {
  expect(read(entry(text('__CURSOR', 'i=1 --directory=/'), text('MESSAGE', 'x')))).toEqual([]);
});
