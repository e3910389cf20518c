import { describe, expect, it } from 'vitest';
import { displayParts, displayText } from '../../../src/shared/display';
import { FIRST_LOOK, panelState } from '../../../src/shared/panelLook';
import { fromPanel } from '../../../src/shared/protocol';

describe('fromPanel', () => {
  it.each([
    { type: 'ready' },
    { type: 'clear' },
    { type: 'window', from: 0, count: 500, follow: true },
    { type: 'filter', hidden: ['visitor', 'unparsed'], text: '/api', regex: false },
    { type: 'filter', hidden: [], text: '^a', regex: true, near: 7 },
    { type: 'find', text: 'x y', regex: false },
    { type: 'seek', forward: true, from: 3 },
    { type: 'seek', forward: false },
    { type: 'detail', line: 0 },
    { type: 'copy', what: 'lines', from: 12, to: 14 },
    { type: 'look', ...FIRST_LOOK },
    { type: 'look', without: ['time'], wrap: true, range: 'days', folded: ['chart'], table: true },
    { type: 'action', action: 'setRanges' },
    { type: 'action', action: 'retry', of: 2 },
  ])('takes %j', (message) => {
    expect(fromPanel(message)).toEqual(message);
  });

  it.each([
    undefined,
    null,
    'ready',
    {},
    { type: 'constructor' },
    { type: 'window', from: -1, count: 1, follow: true },
    { type: 'window', from: 0, count: 501, follow: true },
    { type: 'window', from: 0.5, count: 1, follow: true },
    { type: 'window', from: 0, count: 1, follow: 1 },
    { type: 'filter', hidden: ['other'], text: '', regex: false },
    { type: 'filter', hidden: 'visitor', text: '', regex: false },
    { type: 'filter', hidden: [], text: '' },
    { type: 'filter', hidden: [], text: 'x'.repeat(1001), regex: false },
    { type: 'find', text: 1, regex: false },
    { type: 'seek', forward: 1 },
    { type: 'seek', forward: true, from: -1 },
    { type: 'detail', line: NaN },
    { type: 'copy', what: 'html', from: 1, to: 2 },
    { type: 'look', ...FIRST_LOOK, range: 'year' },
    { type: 'look', ...FIRST_LOOK, wrap: 1 },
    { type: 'action', action: 'workbench.action.quit' },
  ])('drops %j', (message) => {
    expect(fromPanel(message)).toBeUndefined();
  });

  it('takes nothing along that it does not know', () => {
    expect(fromPanel({ type: 'ready', html: '<b>' })).toEqual({ type: 'ready' });
  });
});

describe('panelState', () => {
  it('takes logs and how they were looked at, nothing else', () => {
    const logs = [{ hostId: 'settings:a', path: '/l' }];
    const filter = { hidden: ['private'], text: 'x', regex: false };
    expect(panelState({ logs, more: 1 })).toEqual({ logs });
    expect(panelState({ logs, filter, paused: '14/May' })).toEqual({ logs, filter, paused: '14/May' });
    expect(panelState({ logs, filter: { hidden: ['x'] }, paused: 3 })).toEqual({ logs });
    expect(panelState({ logs: [{ hostId: 1, path: '/l' }] })).toBeUndefined();
    expect(panelState({ logs: [] })).toBeUndefined();
    expect(panelState({ logs: Array.from({ length: 33 }, () => logs[0]) })).toBeUndefined();
    expect(panelState(null)).toBeUndefined();
  });
});

describe('displayParts', () => {
  it('names what could hide, move or colour text', () => {
    expect(displayText('a\u001b[31mb\u202ec\u0000\u200bd\ufeff\u00ad\u{e0041}')).toBe(
      'a\\x1b[31mb\\u202ec\\x00\\u200bd\\ufeff\\xad\\ue0041',
    );
    expect(displayText('\udcff\ud800')).toBe('\\xff\\ud800');
  });

  it('leaves ordinary text alone, in any script', () => {
    for (const text of ['GET /<b>?q=ä', '日本語', 'سلام', '😀', 'a b']) expect(displayParts(text)).toEqual([{ text, escape: false }]);
    expect(displayParts('')).toEqual([]);
  });

  it('tells an escape from text that looks like one', () => {
    expect(displayParts('\\x1b\u001b')).toEqual([
      { text: '\\x1b', escape: false },
      { text: '\\x1b', escape: true },
    ]);
  });
});
