import { expect, it } from 'vitest';
import { lines } from '../../../src/engine/lines';

async function* stream(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk, 'latin1'));
}
async function read(
  source: AsyncIterable<Uint8Array>,
  options: Parameters<typeof lines>[1] = {},
): Promise<{ texts: string[]; taken: number }> {
  const texts: string[] = [];
  let taken = 0;
  for await (const text of lines(source, { ...options, onLine: (bytes) => (taken += bytes) })) texts.push(text);
  return { texts, taken };
}

it('joins lines over chunks and splits chunks into lines, UTF-8 whole', async () => {
  const bytes = Buffer.from('one\ntwö\n\nthree\n').toString('latin1');
  for (let at = 0; at <= bytes.length; at++) {
    expect(await read(stream(bytes.slice(0, at), bytes.slice(at)))).toEqual({ texts: ['one', 'twö', '', 'three'], taken: bytes.length });
  }
});

it('counts only whole lines as taken, so that a broken stream is gone on with at the right byte', async () => {
  expect(await read(stream('one\ntw'))).toEqual({ texts: ['one'], taken: 4 });
  expect(await read(stream('one\ntw'), { partial: true })).toEqual({ texts: ['one', 'tw'], taken: 4 });
});

it('cuts a line that is too long, and counts all of it', async () => {
  expect(await read(stream('a'.repeat(50), 'b'.repeat(50), '\nnext\n'), { maxBytes: 10 })).toEqual({
    texts: ['a'.repeat(10), 'next'],
    taken: 106,
  });
});
