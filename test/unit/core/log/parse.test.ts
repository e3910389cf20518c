import { describe, expect, it } from 'vitest';
import { readFileSync, readdirSync } from 'node:fs';
import { addressOf, detectFormat, epochOf, parseLine } from '../../../../src/core/log/parse';
import type { LogFormat, OwnFormat } from '../../../../src/shared/logEntry';

interface Fixture {
  readonly format: LogFormat;
  /** Formats that the server's configuration has. */
  readonly own?: readonly OwnFormat[];
  /** `epoch`: the line's time in ms since the epoch. */
  readonly lines: readonly { readonly line: string; readonly fields?: Record<string, unknown>; readonly epoch?: number }[];
}

const folder = new URL('../../../fixtures/log/', import.meta.url);
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(fixtures)('%s', (name) => {
  const { format, own, lines } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture;

  it(`is recognised as ${format}`, () => {
    expect(
      detectFormat(
        lines.map(({ line }) => line),
        own,
      ),
    ).toBe(format);
  });

  it.each(lines)('$line', ({ line, fields, epoch }) => {
    expect(parseLine(line, format)).toEqual(fields);
    if (fields !== undefined) expect(addressOf(line, format)).toBe(fields.address);
    if (epoch !== undefined) expect(epochOf(parseLine(line, format)?.time ?? '')).toBe(epoch);
  });
});

describe('detectFormat', () => {
  it('goes by the majority, so that a visitor cannot choose how the log is read', () => {
    const common = '192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1" 200 1';
    const forged = '{"remote_addr":"203.0.113.5"}';
    expect(detectFormat([common, forged, common])).toBe('common');
    expect(parseLine(forged, 'common')).toBeUndefined();
  });

  it('goes by the lines where the server’s own formats do not fit them, or say nothing', () => {
    const common = '192.0.2.1 - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1" 200 1';
    expect(detectFormat([common], ['nginx $msec $remote_addr', 'nginx static', 'httpd %h%u'])).toBe('common');
  });

  it('knows nothing of nothing', () => {
    expect(detectFormat([])).toBe('unknown');
    expect(detectFormat(['hello', 'world'])).toBe('unknown');
  });
});

describe('a hostile line', () => {
  it.each([
    ' '.repeat(200_000),
    '"'.repeat(200_000),
    `1.2.3.4 - - [x] "${'\\'.repeat(200_000)}`,
    `{${'['.repeat(200_000)}`,
    `1.1.1.1 ${'- '.repeat(100_000)}[`,
  ])('is read in linear time', (line) => {
    const own = 'nginx $host "$http_user_agent" [$time_iso8601] $remote_addr "$request" $status';
    for (const format of ['common', 'vhost', 'json', 'haproxy', own] as const) expect(parseLine(line, format)).toBeUndefined();
  });
});

describe('epochOf', () => {
  it('reads the times of the common format and of ISO 8601', () => {
    expect(epochOf('14/May/2024:14:05:23 +0200')).toBe(Date.UTC(2024, 4, 14, 12, 5, 23));
    expect(epochOf('2024-05-14T14:05:23.5Z')).toBe(Date.UTC(2024, 4, 14, 14, 5, 23, 500));
    expect(epochOf('06/Feb/2009:12:14:14.655')).toBe(Date.UTC(2009, 1, 6, 12, 14, 14, 655));
    // Where a time tells no zone it is the host's.
    expect(epochOf('06/Feb/2009:12:14:14.655', 480)).toBe(Date.UTC(2009, 1, 6, 4, 14, 14, 655));
    expect(epochOf('2024-05-14 14:05:23', -330)).toBe(Date.UTC(2024, 4, 14, 19, 35, 23));
    expect(epochOf('14/May/2024:14:05:23 +0200', 480)).toBe(Date.UTC(2024, 4, 14, 12, 5, 23));
    expect(epochOf('1715695523.250', 480)).toBe(1_715_695_523_250);
  });

  it.each(['', 'now', '14/Foo/2024:14:05:23 +0000', '99/May/2024:14:05:23 +0000'])('%j is no time', (time) => {
    expect(epochOf(time)).toBeUndefined();
  });
});
