import { describe, expect, it } from 'vitest';
import { logBuffer } from '../../../src/engine/logBuffer';
import { logMerge, type MergeSource } from '../../../src/engine/logMerge';
import { timeReader } from '../../../src/engine/logTime';
import { parseCidrs } from '../../../src/shared/address';
import { fill, line } from './logLines';

const at = (second: number): string => `14/May/2024:14:05:${String(second).padStart(2, '0')} +0000`;

/** Some logs and their merge; `starting` are those whose first lines are awaited. */
function merged(count: number, limit = 1000) {
  const starting = new Set<number>();
  const logs = Array.from({ length: count }, () =>
    logBuffer(parseCidrs([]).ranges, { now: () => 0, zone: () => 0 }, { lines: limit, bytes: 1e9, addresses: 10 }),
  );
  const sources = logs.map(({ store }, of): MergeSource => {
    const read = timeReader(() => 0);
    return { store, timeOf: (bytes) => read(bytes, 'common'), starting: () => starting.has(of) };
  });
  const merge = logMerge(sources, limit);
  const write = (of: number, path: string, second?: number): void =>
    fill(logs[of]!, [second === undefined ? path : line('10.0.0.1', path, at(second))]);
  const shown = (): string =>
    Array.from({ length: merge.end - merge.first }, (_, i) => merge.get(merge.first + i)!)
      .map(({ bytes, source, late }) => `${source}${/GET (\S+)/.exec(bytes.toString())?.[1] ?? bytes.toString()}${late ? '!' : ''}`)
      .join(' ');
  return { merge, write, shown, starting, logs };
}

describe('logMerge', () => {
  it('orders by time what is there, each log in its own order', () => {
    const { merge, write, shown } = merged(2);
    for (const [of, path, second] of [[0, '/a', 1], [0, '/c', 3], [1, '/b', 2], [1, '/d', 4], [0, '/e', 9]] as const) write(of, path, second); // prettier-ignore
    merge.take(0);
    // /e waits: log 1 may have something earlier under way.
    expect(shown()).toBe('0/a 1/b 0/c 1/d');
    merge.take(999);
    expect(merge.end).toBe(4);
    merge.take(1000);
    expect(shown()).toBe('0/a 1/b 0/c 1/d 0/e');
  });

  it('does not move what a person reads: what comes late stands at the end, marked', () => {
    const { merge, write, shown } = merged(2);
    write(0, '/a', 10);
    merge.take(0);
    merge.take(1000);
    write(1, '/late', 5);
    write(1, '/near', 9);
    merge.take(1100);
    merge.take(2200);
    expect(shown()).toBe('0/a 1/late! 1/near');
  });

  it('does not wait for a host that brings nothing', () => {
    const { merge, write, shown } = merged(3);
    write(0, '/a', 1);
    write(1, '/b', 0);
    merge.take(0);
    expect(shown()).toBe('');
    merge.take(1000);
    expect(shown()).toBe('1/b 0/a');
  });

  it('gives hosts time to connect, and not for ever', () => {
    const { merge, write, shown, starting } = merged(2);
    starting.add(1);
    write(0, '/a', 5);
    merge.take(0);
    merge.take(3000);
    expect(shown()).toBe('');
    write(1, '/b', 4);
    starting.delete(1);
    merge.take(3100);
    expect(shown()).toBe('1/b 0/a');
    const other = merged(2);
    other.starting.add(1);
    other.write(0, '/a', 5);
    other.merge.take(0);
    other.merge.take(6000);
    expect(other.shown()).toBe('0/a');
  });

  it('puts a line without a time behind the one before it', () => {
    const { merge, write, shown } = merged(2);
    write(0, '/a', 5);
    write(0, 'junk');
    write(1, '/b', 6);
    write(1, '/c', 7);
    merge.take(0);
    merge.take(1000);
    expect(shown()).toBe('0/a 0junk 1/b 1/c');
  });

  it('drops the oldest at its limit, keeps its numbers and leaves no hole', () => {
    const { merge, write, logs } = merged(2, 3000);
    for (let i = 0; i < 20_000; i++) {
      write(i % 10 === 0 ? 1 : 0, `/${i}`, Math.floor(i / 400));
      if (i % 100 === 0) merge.take(i);
    }
    merge.take(1e6);
    merge.take(2e6);
    expect(merge.end).toBe(20_000);
    expect(merge.end - merge.first).toBeLessThanOrEqual(3000);
    expect(merge.end - merge.first).toBeGreaterThan(1500);
    for (let row = merge.first; row < merge.end; row++) expect(merge.get(row)).toBeDefined();
    expect(merge.get(merge.first - 1)).toBeUndefined();
    expect(merge.dropped).toBe(merge.first);
    logs[0]!.clear();
    merge.take(1e6);
    for (let row = merge.first; row < merge.end; row++) expect(merge.get(row)).toMatchObject({ source: 1 });
  });
});
