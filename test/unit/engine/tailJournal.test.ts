import { describe, expect, it } from 'vitest';
import { tailJournal } from '../../../src/engine/tailJournal';
import type { LogMark } from '../../../src/shared/logMark';

const WORD = '\u001eword';
const heard = { seconds: () => 7, alive: () => undefined };

function entry(cursor: string, message: string, fields = ''): string {
  return `__CURSOR=${cursor}\nMESSAGE=${message}\n${fields}\n`;
}

function follow() {
  const lines: string[] = [];
  const marks: LogMark[] = [];
  const source = tailJournal(
    {
      path: 'journal:shop.service',
      back: 10,
      host: 'web',
      onLines: (bytes, ends) => ends.forEach((end, i) => lines.push(bytes.toString('utf8', i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end))),
      onMark: (mark) => marks.push(mark),
    },
    'shop.service',
  );
  const connect = () => {
    const script = source.script(WORD);
    const feed = source.reader(WORD, heard);
    return { script: script.slice(0, script.indexOf('\n')), feed: (text: string) => feed(Buffer.from(text)) };
  };
  return { source, lines, marks, connect };
}

describe('a unit’s entries', () => {
  it('are lines; one of several lines is several', () => {
    const { connect, lines, source } = follow();
    const { script, feed } = connect();
    expect(script).toContain("toa_from=''");
    expect(source.resumable()).toBe(false);
    feed(`${WORD} alive\n`);
    feed(entry('i=1', 'one') + entry('i=2', 'two'));
    feed(`__CURSOR=i=3\nMESSAGE\n\u0009\0\0\0\0\0\0\0three\n3.1\n\n`);
    expect(lines).toEqual(['one', 'two', 'three', '3.1']);
    expect(source.resumable()).toBe(true);
  });

  it('go on behind the latest after a lost connection, which comes again and is not taken twice', () => {
    const { connect, lines, marks } = follow();
    connect().feed(entry('i=1', 'one') + entry('i=2', 'two') + '__CURSOR=i=3\nMESS');
    const { script, feed } = connect();
    expect(script).toContain("toa_from='i=2'");
    feed(entry('i=2', 'two') + entry('i=3', 'three'));
    expect([lines, marks]).toEqual([['one', 'two', 'three'], []]);
  });

  it('have a gap where the journal no longer holds the latest', () => {
    const { connect, lines, marks } = follow();
    connect().feed(entry('i=1', 'one'));
    connect().feed(entry('i=9', 'nine'));
    expect(lines).toEqual(['one', 'nine']);
    expect(marks).toEqual([{ kind: 'gap', why: 'dropped', seconds: 7 }]);
  });
});

describe('journald’s word about messages that it dropped', () => {
  const driver = '_TRANSPORT=driver\n';
  it.each([
    ['Suppressed 27 messages from shop.service', driver, { kind: 'gap', why: 'suppressed', lines: 27 }],
    ['Suppressed 27 messages from /system.slice/shop.service', driver, { kind: 'gap', why: 'suppressed', lines: 27 }],
    ['In another tongue', `${driver}OBJECT_SYSTEMD_UNIT=shop.service\n`, { kind: 'gap', why: 'suppressed' }],
    ['Suppressed 27 messages from other.service', driver, undefined],
    ['Suppressed 27 messages from web-shop.service', driver, undefined],
  ] as const)('%s', (message, fields, mark) => {
    const { connect, lines, marks } = follow();
    connect().feed(entry('i=1', 'before') + entry('i=2', message, fields) + entry('i=3', 'after'));
    expect(lines).toEqual(['before', 'after']);
    expect(marks).toEqual(mark === undefined ? [] : [mark]);
  });

  it('is only believed of journald itself', () => {
    const { connect, lines, marks } = follow();
    connect().feed(entry('i=2', 'Suppressed 27 messages from shop.service', '_TRANSPORT=stdout\n'));
    expect(marks).toEqual([]);
    expect(lines).toHaveLength(1);
  });
});

it.each([
  ['permission', { code: 'logUnreadable', path: 'journal:shop.service', reason: 'permission' }],
  ['noJournal', { code: 'logUnreadable', path: 'journal:shop.service', reason: 'noJournal' }],
  ['ended', { code: 'connectionLost', reason: 'follower ended' }],
])('the host’s end says %s', (why, problem) => {
  const { feed } = follow().connect();
  expect(() => feed(`${WORD} end ${why}\n`)).toThrow(expect.objectContaining({ problem }) as Error);
});
