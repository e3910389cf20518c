import { describe, expect, it } from 'vitest';
import { logBuffer } from '../../../src/engine/logBuffer';
import { logView, type LogFilter } from '../../../src/engine/logBufferView';
import { linesOf } from '../../../src/engine/logLines';
import { parseCidrs } from '../../../src/shared/address';
import { fill, line } from './logLines';

const { ranges } = parseCidrs(['192.0.2.0/24']);
const lines = [line('192.0.2.1', '/a'), line('10.0.0.1', '/B'), 'junk', line('192.0.2.2', '/b')];
const shown = (view: ReturnType<typeof logView>): (number | undefined)[] =>
  Array.from({ length: view.end - view.base }, (_, i) => view.line(view.base + i));
const made = (lines = 100_000) =>
  logBuffer(ranges, { now: () => Date.UTC(2024, 4, 14, 14, 5, 30), zone: () => 0 }, { lines, bytes: 1e9, addresses: 10 });
const holding = (text: string): LogFilter => ({
  hidden: new Set(),
  passes: ({ bytes }) => bytes.toString().toLowerCase().includes(text),
});
const LONG = 60_000;

describe('logView', () => {
  it('filters by class and by text, marks always in', () => {
    const buffer = made();
    fill(buffer, lines);
    buffer.mark({ kind: 'rotated' });
    const origin = logView(linesOf(buffer.store), { hidden: new Set([0, 2, 3, 4]) });
    origin.update(LONG);
    expect(shown(origin)).toEqual([0, 3, 4]);
    const text = logView(linesOf(buffer.store), holding('/b'));
    text.update(LONG);
    expect(shown(text)).toEqual([1, 3]);
    fill(buffer, lines);
    text.update(LONG);
    expect(shown(text)).toEqual([1, 3, 6, 8]);
    expect([0, 1, 2, 6, 7, 99].map((one) => text.row(one))).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it('keeps row numbers while lines are dropped', () => {
    const buffer = made(2048);
    const view = logView(linesOf(buffer.store), { hidden: new Set([1]) });
    for (let i = 0; i < 40_000; i++) {
      fill(buffer, [line(i % 2 === 0 ? '192.0.2.1' : '10.0.0.1', `/${i}`)]);
      if (i % 777 === 0) view.update(LONG);
    }
    view.update(LONG);
    expect(view.end).toBe(20_000);
    expect(view.line(view.base - 1)).toBeUndefined();
    expect(view.line(view.end - 1)).toBe(39_999);
    const first = view.line(view.base) ?? 0;
    expect(first).toBe(view.base * 2 + 1);
    expect(view.row(first)).toBe(view.base);
    expect(view.row(0)).toBe(view.base);
    expect(buffer.store.get(first)).toBeDefined();
    buffer.clear();
    view.update(LONG);
    expect(view.base).toBe(view.end);
  });

  it('gives way after its budget, tells what is left, and goes on', () => {
    const buffer = made();
    fill(
      buffer,
      Array.from({ length: 20_000 }, (_, i) => line('10.0.0.1', `/${i}`)),
    );
    const view = logView(linesOf(buffer.store), holding('get'));
    view.update(0);
    expect(view.left).toBeGreaterThan(19_000);
    let steps = 1;
    while (view.left > 0) {
      view.update(0);
      steps++;
    }
    expect(steps).toBeGreaterThan(100);
    expect(view.end).toBe(20_000);
  });
});
