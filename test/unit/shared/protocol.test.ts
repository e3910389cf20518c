import { describe, expect, it } from 'vitest';
import { displayParts, displayText } from '../../../src/shared/display';
import { fromPanel, panelState } from '../../../src/shared/protocol';

describe('fromPanel', () => {
  it.each([
    { type: 'ready' },
    { type: 'clear' },
    { type: 'window', from: 0, count: 500, follow: true },
    { type: 'filter', hidden: ['visitor', 'unparsed'], text: '/api' },
    { type: 'copy', line: 12 },
    { type: 'action', action: 'setRanges' },
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
    { type: 'filter', hidden: ['other'], text: '' },
    { type: 'filter', hidden: 'visitor', text: '' },
    { type: 'filter', hidden: [], text: 'x'.repeat(1001) },
    { type: 'copy', line: NaN },
    { type: 'action', action: 'workbench.action.quit' },
  ])('drops %j', (message) => {
    expect(fromPanel(message)).toBeUndefined();
  });

  it('takes nothing along that it does not know', () => {
    expect(fromPanel({ type: 'ready', html: '<b>' })).toEqual({ type: 'ready' });
  });
});

describe('panelState', () => {
  it('takes a host and a path, nothing else', () => {
    expect(panelState({ hostId: 'settings:a', path: '/l', more: 1 })).toEqual({ hostId: 'settings:a', path: '/l' });
    expect(panelState({ hostId: 1, path: '/l' })).toBeUndefined();
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
