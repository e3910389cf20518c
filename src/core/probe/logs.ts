import type { LogCandidate, LogServer } from '../facts';
import { given, linesOf, numberOf, type Sections } from './sections';

interface LogLine {
  readonly path: string;
  readonly server: LogServer;
  readonly found: LogCandidate['found'];
  readonly access: 'yes' | 'no' | 'hidden' | 'missing';
  readonly bytes: number | undefined;
  /** Seconds since the epoch. */
  readonly written: number | undefined;
}

const MOST_LOGS = 30;
const SERVERS: Readonly<Record<string, LogServer>> = {
  nginx: 'nginx',
  httpd: 'httpd',
  apache2: 'httpd',
  haproxy: 'haproxy',
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
        found: configured ? 'configured' : seen.some((line) => line.found === 'open') ? 'open' : 'usual',
        ...given({ bytes, written: written === undefined ? undefined : written * 1000 }),
      },
    ];
  });
  const rank = { configured: 0, open: 1, usual: 2 } as const;
  return logs.sort((a, b) => rank[a.found] - rank[b.found]).slice(0, MOST_LOGS);
}

function readable(mine: LogLine | undefined, theirs: readonly LogLine[]): LogCandidate['readable'] {
  if (mine?.access === 'yes') return 'yes';
  if (theirs.some((line) => line.access === 'yes')) return 'root';
  return mine?.access === 'no' ? 'root' : 'unknown';
}

function logLines(sections: Sections, name: string): readonly LogLine[] {
  return linesOf(sections, name).flatMap((line) => {
    const match = /^(open|usual|configured) (\S+) (yes|no|hidden|missing) (\d{1,15}|-)(?:@(\d{1,12}))? (\/.*)$/.exec(line);
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
          : 'other';
