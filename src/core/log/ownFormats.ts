import type { OwnFormat } from '../../shared/logEntry';

/** What one log directive says. `same`: the host knows its path for the log that is asked about. */
interface LogDirective {
  readonly server: 'nginx' | 'httpd';
  readonly same: boolean;
  readonly path: string;
  readonly format: OwnFormat;
}

/** Predefined, and used where a directive names no format: ngx_http_log_module's, and mod_log_config's DEFAULT_LOG_FORMAT. */
const COMBINED = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
const COMMON = '%h %l %u %t "%r" %>s %b';

const US = '\x1f';

/**
 * Reads the output of `formats.sh`: the formats in which the log at `path` is written, by the directives that name it; where none
 * does, those of all logs, since lines tell which one fits. Empty: the output did not come to its end, or nothing is known.
 */
export function parseOwnFormats(text: string, path: string): readonly OwnFormat[] {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') return [];
  const directives = directivesOf(lines.map((line) => line.split(US)));
  const named = [directives.filter(({ same }) => same), directives.filter((one) => leadsTo(one.path, path))].find(
    ({ length }) => length > 0,
  );
  return [...new Set((named ?? directives).map(({ format }) => format))];
}

function directivesOf(rows: readonly (readonly string[])[]): readonly LogDirective[] {
  const nginx = new Map([['combined', COMBINED]]);
  const httpd = new Map<string, string>();
  let latest = COMMON;
  for (const [server, name, first = '', ...rest] of rows) {
    if (server === 'nginx' && name === 'log_format') nginx.set(first, rest.filter((word) => !word.startsWith('escape=')).join(''));
    if (server === 'httpd' && name === 'logformat') {
      const [nickname] = rest;
      if (nickname === undefined) latest = first;
      else httpd.set(nickname, first);
    }
  }
  return rows.flatMap(([server, name, which, path = '', word]): LogDirective[] => {
    const same = which === 'same';
    if (server === 'nginx' && name === 'access_log' && path !== 'off') {
      const format = nginx.get(word === undefined || word.includes('=') ? 'combined' : word);
      return format === undefined ? [] : [{ server, same, path, format: `nginx ${format}` }];
    }
    if (server === 'httpd' && (name === 'customlog' || name === 'globallog' || name === 'transferlog')) {
      const own = name === 'transferlog' || word === undefined ? latest : (httpd.get(word) ?? word);
      return [{ server, same, path, format: `httpd ${own.replaceAll('\\t', '\t')}` }];
    }
    return [];
  });
}

/**
 * True if a directive's path may be the log's: a path below a prefix or a variable that only the server knows, a pipe to
 * `rotatelogs` whose file's name goes on with a time, or Tomcat-like names.
 */
function leadsTo(said: string, path: string): boolean {
  if (said.startsWith('|')) {
    return said
      .slice(1)
      .split(/["'\s]+/)
      .some((word) => word.startsWith('/') && path.startsWith(word.replace(/%.*$/, '')) && word.length > 1);
  }
  const parts = said.split(/%[A-Za-z]|\$\{\w+\}|\$\w+/);
  const [head = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length > 1) return path.endsWith(last) && path.startsWith(head) && head.length + last.length > 1;
  return said.startsWith('/') ? said === path : path.endsWith(`/${said}`);
}
