import { expect, it, vi } from 'vitest';
import { gapMark, lossMark, markLook } from '../../../../src/ui/logPanel/marks';

vi.mock('vscode', () => import('../vscode'));

it('a gap is told with how much is missing, as far as that is known', () => {
  const text = (mark: Parameters<typeof lossMark>[1]): string => markLook(mark, 'web').text;
  expect(text({ kind: 'gap', why: 'truncated' })).toMatch(/^Log gap: [^·]+$/);
  expect(text({ kind: 'gap', why: 'between', bytes: 2048, seconds: 61 })).toMatch(/^Log gap: .* · at least 2.*B · within 61 s$/);
  expect(text({ kind: 'gap', why: 'suppressed', lines: 1234 })).toMatch(/ · 1,234 lines$/);
  expect(markLook({ kind: 'gap', why: 'dropped' }, 'web').gap).toBe(true);
});

it('a lost connection and lines that are missing are two things in the chart, each as long as it was', () => {
  expect(gapMark(100_000, 40)).toEqual({ kind: 'gap', at: 60_000, until: 100_000, text: 'no connection for 40 s' });
  expect(lossMark(100_000, { kind: 'gap', why: 'lost', seconds: 40 })).toMatchObject({ kind: 'gap', at: 60_000, until: 100_000 });
  expect(lossMark(100_000, { kind: 'gap', why: 'suppressed', lines: 7 })).toEqual({
    kind: 'gap',
    at: 100_000,
    until: 100_000,
    text: 'lines missing · 7 lines',
  });
});

it.each([
  ['offset', /inode and offset/],
  ['cursor', /cursor/],
] as const)('what is followed by its %s says so when it goes on', (by, words) => {
  expect(markLook({ kind: 'resumed', seconds: 4, by }, 'web')).toMatchObject({ gap: false, text: expect.stringMatching(words) as string });
});
