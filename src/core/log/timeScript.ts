import type { LogFormat } from '../../shared/logEntry';
import { JSON_TIMES } from './json';
import { beforeField } from './layout';

/**
 * Statements of POSIX awk that set `t` to text that begins with the time of the line in `$0` (as `epochOf` would read it);
 * undefined: the format tells none. For counting on the host, beside `addressScript`.
 */
export function timeScript(format: LogFormat): string | undefined {
  switch (format) {
    case 'common':
    case 'vhost':
      return 't = (i = index($0, "[")) ? substr($0, i + 1, 26) : ""';
    case 'haproxy':
      // Behind the brackets of syslog's header, which hold the process's number.
      return String.raw`t = match($0, /\[[0-9][0-9]\/[A-Z][a-z][a-z]\//) ? substr($0, RSTART + 1, 26) : ""`;
    case 'json':
      return `t = ""${JSON_TIMES.map(
        (key) =>
          `; if (t == "" && (i = index($0, "\\"${key}\\":"))) { t = substr($0, i + ${key.length + 3}, 40); sub(/^ *"?/, "", t); sub(/[",}].*/, "", t) }`,
      ).join('')}`;
    case 'unknown':
      return undefined;
    default: {
      const before = beforeField(format, 'time');
      return before === undefined ? undefined : `t = match($0, "${before.replace(/[\\"]/g, '\\$&')}") ? substr($0, RLENGTH + 1, 40) : ""`;
    }
  }
}
