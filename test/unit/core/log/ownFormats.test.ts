import { describe, expect, it } from 'vitest';
import { detectFormat, parseLine } from '../../../../src/core/log/parse';
import { parseOwnFormats } from '../../../../src/core/log/ownFormats';

const said = (...rows: readonly (readonly string[])[]): string => [...rows.map((row) => row.join('\x1f')), '', 'end', ''].join('\n');
const MAIN = [
  'nginx',
  'log_format',
  'main',
  'escape=default',
  '$http_x_forwarded_for - $remote_user [$time_local] ',
  '"$request" $status $body_bytes_sent "$remote_addr"',
];
const LOG = '/var/log/nginx/access.log';

describe('the formats of a log', () => {
  it('are those of the directives that name it, by its path or by another name of the same file', () => {
    const other = ['nginx', 'log_format', 'other', '$msec $remote_addr'];
    const format = `nginx ${MAIN.slice(4).join('')}`;
    expect(
      parseOwnFormats(
        said(MAIN, other, ['nginx', 'access_log', 'other', LOG, 'main', 'buffer=4k'], ['nginx', 'access_log', 'other', '/x', 'other']),
        LOG,
      ),
    ).toEqual([format]);
    expect(
      parseOwnFormats(
        said(MAIN, other, ['nginx', 'access_log', 'same', 'logs/a', 'other'], ['nginx', 'access_log', 'other', LOG, 'main']),
        LOG,
      ),
    ).toEqual(['nginx $msec $remote_addr']);
    // What begins with X-Forwarded-For looks just like the common format.
    const line = '203.0.113.9 - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1" 200 1 "192.0.2.1"';
    expect(parseLine(line, detectFormat([line]))?.address).toBe('203.0.113.9');
    expect(
      parseLine(line, detectFormat([line], parseOwnFormats(said(MAIN, ['nginx', 'access_log', 'same', LOG, 'main']), LOG))),
    ).toMatchObject({ address: '192.0.2.1', forwardedFor: '203.0.113.9' });
  });

  it('are the server’s own default where the directive names none', () => {
    expect(parseOwnFormats(said(['nginx', 'access_log', 'same', LOG], ['nginx', 'access_log', 'same', LOG, 'if=$x']), LOG)).toEqual([
      expect.stringContaining('nginx $remote_addr - $remote_user'),
    ]);
    expect(parseOwnFormats(said(['httpd', 'transferlog', 'same', 'logs/a']), '/a')).toEqual(['httpd %h %l %u %t "%r" %>s %b']);
  });

  it.each([
    ['logs/access_log', '/var/log/httpd/logs/access_log'],
    ['${APACHE_LOG_DIR}/shop.log', '/var/log/apache2/shop.log'],
    ['/var/log/$host/access.log', '/var/log/example.com/access.log'],
    ['|/usr/sbin/rotatelogs /var/log/httpd/a.%Y-%m-%d.log 86400', '/var/log/httpd/a.2024-05-14.log'],
    ['|"/usr/sbin/rotatelogs" -l "/var/log/httpd/a.%Y" 86400', '/var/log/httpd/a.2024'],
  ])('are found by %s', (directive, path) => {
    const rows = [
      ['httpd', 'logformat', '%h %{X}i\\t%t', 'mine'],
      ['httpd', 'customlog', 'other', directive, 'mine', 'env=!x'],
      ['httpd', 'customlog', 'other', '/other', '%a %t'],
    ];
    expect(parseOwnFormats(said(...rows), path)).toEqual(['httpd %h %{X}i\t%t']);
  });

  it('are those of all logs where none names this one, and none where the answer is cut', () => {
    const rows = [
      MAIN,
      ['nginx', 'access_log', 'other', '/a', 'main'],
      ['nginx', 'access_log', 'other', 'off'],
      ['httpd', 'customlog', 'other', '/b', '%a %t'],
    ];
    expect(parseOwnFormats(said(...rows), '/var/log/web.log')).toHaveLength(2);
    expect(parseOwnFormats(said(...rows).replace('\nend\n', '\n'), LOG)).toEqual([]);
    expect(parseOwnFormats('', LOG)).toEqual([]);
  });
});
