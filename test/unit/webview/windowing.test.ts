import { describe, expect, it } from 'vitest';
import { modeAfterScroll, ROW, rowAfterKey, topAfterDrop, topOfWindow, windowAt } from '../../../webview/windowing';

describe('windowAt', () => {
  it('asks for what is seen with a margin, and for nothing that is not there', () => {
    expect(windowAt(0, 440, 0, 1000)).toEqual({ from: 0, count: 60 });
    expect(windowAt(500 * ROW, 440, 0, 1000)).toEqual({ from: 480, count: 60 });
    expect(windowAt(990 * ROW, 440, 0, 1000)).toEqual({ from: 970, count: 30 });
    expect(windowAt(0, 440, 700, 1000)).toEqual({ from: 700, count: 60 });
    expect(windowAt(0, 440, 0, 0)).toEqual({ from: 0, count: 0 });
    expect(windowAt(1e9, 440, 0, 10)).toEqual({ from: 10, count: 0 });
    expect(windowAt(-50, 0, 0, 10)).toEqual({ from: 0, count: 10 });
  });
});

describe('topOfWindow', () => {
  it('comes back to the rows that were in sight', () => {
    for (const top of [0, 100 * ROW, 900 * ROW]) expect(topOfWindow(windowAt(top, 440, 700, 2000).from, 700)).toBe(top);
    expect(topOfWindow(3, 700)).toBe(0);
  });
});

describe('the mode', () => {
  it('follows again at the bottom, but not while a person paused', () => {
    expect(modeAfterScroll('following', false)).toBe('scrolled');
    expect(modeAfterScroll('scrolled', true)).toBe('following');
    expect(modeAfterScroll('paused', true)).toBe('paused');
  });
});

describe('topAfterDrop', () => {
  it('keeps the same rows in sight while the oldest are dropped', () => {
    expect(topAfterDrop(100 * ROW, 0, 40)).toBe(60 * ROW);
    expect(topAfterDrop(10 * ROW, 0, 40)).toBe(0);
  });
});

describe('rowAfterKey', () => {
  it.each([
    ['ArrowUp', 50, 49],
    ['ArrowDown', 50, 51],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 10, 10],
    ['PageUp', 50, 30],
    ['PageDown', 90, 99],
    ['Home', 50, 10],
    ['End', 50, 99],
    ['ArrowUp', undefined, 99],
    ['a', 50, undefined],
  ])('%s from %s is %s', (key, row, expected) => {
    expect(rowAfterKey(key, row, 10, 100, 20)).toBe(expected);
  });

  it('moves nowhere in an empty log', () => {
    expect(rowAfterKey('Home', undefined, 5, 5, 10)).toBeUndefined();
  });
});
