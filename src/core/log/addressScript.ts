import type { LogFormat } from '../../shared/logEntry';
import { JSON_ADDRESSES } from './json';
import { beforeField } from './layout';

/**
 * Statements of POSIX awk that set `a` to the client's address field of the line in `$0`, as `addressOf` would find it;
 * undefined: the format has no such place. For counting on the host, where lines are too many to be sent.
 */
export function addressScript(format: LogFormat): string | undefined {
  switch (format) {
    case 'common':
      return 'a = substr($0, 1, index($0, " ") - 1)';
    case 'vhost':
      return 'a = substr($0, index($0, " ") + 1, 80); a = substr(a, 1, index(a, " ") - 1)';
    case 'haproxy':
      return 'a = substr($0, index($0, "]: ") ? index($0, "]: ") + 3 : 1, 80); a = substr(a, 1, index(a, " ") - 1); sub(/:[0-9]+$/, "", a)';
    case 'json':
      // A quote inside a value is always escaped, so that no visitor can write a key.
      return `a = ""${JSON_ADDRESSES.map(
        (key) =>
          `; if (a == "" && (i = index($0, "\\"${key}\\":"))) { a = substr($0, i + ${key.length + 3}, 80); sub(/^ *"/, "", a); a = substr(a, 1, index(a, "\\"") - 1) }`,
      ).join('')}`;
    case 'unknown':
      return undefined;
    default: {
      const before = beforeField(format, 'address');
      if (before === undefined) return undefined;
      const pattern = before.replace(/[\\"]/g, '\\$&');
      return `a = ""; if (match($0, "${pattern}")) { a = substr($0, RLENGTH + 1, 80); sub(/[ ",\t].*/, "", a) }`;
    }
  }
}
