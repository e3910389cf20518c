import type { LogCandidate, LogServer } from '../facts';
import { withoutOlder } from '../log/rotation';
import { given, linesOf, numberOf, type Sections } from './sections';

interface LogLine {
  readonly path: string;
  readonly server: LogServer;
  readonly found: LogCandidate['found'];
  readonly access: 'yes' | 'no' | 'hidden' | 'missing' | 'notAFile';
  readonly bytes: number | undefined;
  /** Seconds since the epoch. */
  readonly written: number | undefined;
}

const MOST_LOGS = 80;
const MOST_MATCHED = 50;
const RANK = { configured: 0, matched: 1, open: 2, usual: 3 } as const;
const SERVERS: Readonly<Record<string, LogServer>> = {
  nginx: 'nginx',
  httpd: 'httpd',
  apache2: 'httpd',
  haproxy: 'haproxy',
  caddy: 'caddy',
  java: 'tomcat',
  tomcat: 'tomcat',
};

/**
 * Access logs, those that a running server holds open first. What the connection's user and root see of one path are
 * joined: root knows what exists, the user's own view tells whether root is needed.
 */
export function parseLogs(sections: Sections): readonly LogCandidate[] {
  const asRoot = sections.has('root.end');
  const own = logLines(sections, 'logs');
  const root = [...logLines(sections, 'root.open'), ...logLines(sections, 'root.logs')];
  const paths = [...new Set([...root, ...own].map((line) => line.path))];
  const logs = paths.flatMap((path): LogCandidate[] => {
    const mine = own.find((line) => line.path === path);
    const theirs = root.filter((line) => line.path === path);
    const seen = [...theirs, ...(mine === undefined ? [] : [mine])];
    const configured = seen.some((line) => line.found === 'configured');
    // A usual place that root cannot find either is no candidate; one that a person named stays.
    if (asRoot && !configured && theirs.length === 0 && mine?.access !== 'yes') return [];
    const bytes = seen.find((line) => line.bytes !== undefined)?.bytes;
    const written = seen.find((line) => line.written !== undefined)?.written;
    return [
      {
        path,
        server: (theirs[0] ?? mine)?.server ?? 'other',
        readable: readable(mine, theirs),
        found: seen.map(({ found }) => found).reduce((best, one) => (RANK[one] < RANK[best] ? one : best)),
        ...given({ bytes, written: written === undefined ? undefined : written * 1000 }),
      },
    ];
  });
  const matched = logs.filter(({ found }) => found === 'matched').sort((a, b) => (b.written ?? 0) - (a.written ?? 0));
  const kept = new Set(withoutOlder(matched.map(({ path }) => path)).slice(0, MOST_MATCHED));
  const rest = logs.filter(({ found }) => found !== 'matched');
  return [...rest, ...matched.filter(({ path }) => kept.has(path))].sort((a, b) => RANK[a.found] - RANK[b.found]).slice(0, MOST_LOGS);
}

/** Why the log that a person named cannot be one, by what root sees, else the user; undefined: it can, or nobody knows. */
export function namedLogFault(sections: Sections): 'missing' | 'notAFile' | undefined {
  const seen = logLines(sections, sections.has('root.logs') ? 'root.logs' : 'logs').map(({ access }) => access);
  if (seen.some((access) => access === 'yes' || access === 'no' || access === 'hidden')) return undefined;
  return seen.includes('notAFile') ? 'notAFile' : 'missing';
}

function readable(mine: LogLine | undefined, theirs: readonly LogLine[]): LogCandidate['readable'] {
  if (mine?.access === 'yes') return 'yes';
  if (theirs.some((line) => line.access === 'yes')) return 'root';
  return mine?.access === 'no' ? 'root' : 'unknown';
}

function logLines(sections: Sections, name: string): readonly LogLine[] {
  return linesOf(sections, name).flatMap((line) => {
    const match =
      /^(open|usual|configured|matched) (\S+) (yes|no|hidden|missing|notAFile) (\d{1,15}|-)(?:@(\d{1,12}))? (\/.*|journal:[\w:.\\@-]{1,255})$/.exec(
        line,
      );
    if (match === null) return [];
    const [, found, server = '', access, bytes, written, path = ''] = match;
    return [
      {
        path,
        server: SERVERS[server] ?? serverOf(path),
        found: found as LogLine['found'],
        access: access as LogLine['access'],
        bytes: numberOf(bytes),
        written: numberOf(written),
      },
    ];
  });
}

const serverOf = (path: string): LogServer =>
  /nginx/.test(path)
    ? 'nginx'
    : /httpd|apache/.test(path)
      ? 'httpd'
      : /tomcat/.test(path)
        ? 'tomcat'
        : /haproxy/.test(path)
          ? 'haproxy'
          : /caddy/.test(path)
            ? 'caddy'
            : 'other';
