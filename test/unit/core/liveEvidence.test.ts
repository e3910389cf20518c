import { expect, it } from 'vitest';
import { RECEIVED } from '../../../src/core/evidence';
import { factsNow, readingOf, riseIn, windowOf, withReading, type EvidenceReading } from '../../../src/core/liveEvidence';
import { facts as factsOf } from './build';

const reading = (at: number, received: number, more: Partial<EvidenceReading> = {}): EvidenceReading => ({
  at,
  bootId: 'one',
  module: { loaded: true, lookalikes: [], countersReadable: 'yes', counters: { [RECEIVED]: received, getname_toa_ok: received } },
  listeners: [],
  ...more,
});
const all = (...readings: EvidenceReading[]): readonly EvidenceReading[] =>
  readings.reduce<readonly EvidenceReading[]>((kept, next) => withReading(kept, next), []);

it('a window holds as much as is needed, and no more readings than that needs', () => {
  const kept = all(...Array.from({ length: 100 }, (_, i) => reading(i * 5000, i)));
  expect(kept).toHaveLength(11);
  const window = windowOf(kept, 99 * 5000)!;
  expect([window.last.at - window.first.at, riseIn(window, RECEIVED), riseIn(window, 'other')]).toEqual([50_000, 10, undefined]);
});

it.each([
  ['another boot', reading(5000, 3, { bootId: 'two' })],
  ['a module that was loaded anew', reading(5000, 1)],
  ['a pause', reading(30_000, 3)],
])('begins anew after %s', (_, next) => {
  expect(all(reading(0, 2), next)).toEqual([next]);
});

it('says nothing before the second reading, nor long after the last', () => {
  expect(windowOf(all(reading(0, 1)), 0)).toBeUndefined();
  expect(windowOf(all(reading(0, 1), reading(5000, 2)), 60_000)).toBeUndefined();
});

it('makes facts of the same boot only', () => {
  const facts = factsOf({ bootId: 'one' });
  const now = factsNow(facts, windowOf(all(reading(0, 1), reading(5000, 2)), 5000)!);
  expect(now).toMatchObject({ takenAt: 5000, module: { loaded: true, counters: { [RECEIVED]: 2 } }, kernel: facts.kernel });
  expect(factsNow({ ...facts, bootId: 'two' }, windowOf(all(reading(0, 1), reading(5000, 2)), 5000)!)).toBeUndefined();
});

it('reads listeners of the ports asked for, dual-stack ones and their connections', () => {
  const lines = ['6 00000000000000000000000000000000:0050 7', 'mapped 0050', '4 00000000:1F99 8', 'connections 0050 12', 'connections x 1'];
  const sections = new Map([
    ['boot', 'one\n'],
    ['loaded', 'toa\nvtoa\n'],
    ['stats', `present\n CPU0 CPU1\n${RECEIVED} : 1 2\n`],
    ['listeners', lines.join('\n')],
  ]);
  expect(readingOf(sections, 1, new Set([0x1f99]))).toEqual({
    at: 1,
    bootId: 'one',
    module: { loaded: true, lookalikes: ['vtoa'], countersReadable: 'yes', counters: { [RECEIVED]: 3 } },
    listeners: [
      { port: 80, address: '::', family: 'dual', provenDual: true, connections: 12 },
      { port: 8089, address: '0.0.0.0', family: 'ipv4', provenDual: false, connections: 0 },
    ],
  });
  expect(readingOf(new Map(), 1, new Set())).toBeUndefined();
});
