import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../../src/core/shell';

test('any text comes back from sh as it went in', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        { minLength: 1, maxLength: 20 },
      ),
      (words) => {
        const script = words.map((word) => `printf '%s\\0' ${quote(word)}`).join('\n');
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 30 },
  );
});

test('a NUL is no word', () => {
  expect(() => quote('a\0b')).toThrow(RangeError);
});
