import type { ScrubbingCentre, Visit } from './scrub';

/** One kind of visit in the mix, as often as its share of all shares. */
export interface Kind {
  readonly share: number;
  readonly visit: Visit | (() => Visit);
}

export interface TrafficOptions {
  /** Visits that begin each second. */
  readonly perSecond: number;
  /** Default: `everyday`. */
  readonly kinds?: readonly Kind[];
  /** Visits under way at a time; one that would be beyond is dropped and counted. Default 200. */
  readonly limit?: number;
}

export interface TrafficCounts {
  readonly begun: number;
  readonly answered: number;
  /** Reset, or without an answer for a minute: the origin is down. */
  readonly failed: number;
  readonly dropped: number;
}

export interface Traffic {
  counts(): TrafficCounts;
  /** No visit begins any more; resolves when none is under way. */
  stop(): Promise<void>;
}

const paths = ['/', '/index.html', '/shop/basket', '/api/v1/items?page=2', '/img/logo.svg', '/login', '/search?q=shoes'];
const agents = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0', 'Mozilla/5.0 (iPhone) Safari/604.1', 'curl/8.5.0'];
const page = (): Visit => ({ path: pick(paths), agent: pick(agents) });
const someone = (network: string, most: number) => `${network}.${1 + Math.floor(Math.random() * most)}`;

/** What an origin behind a scrubbing centre sees: mostly visitors with the option, some without, health checks, scanners. */
export const everyday: readonly Kind[] = [
  { share: 80, visit: () => ({ ...page(), visitor: someone('203.0.113', 250) }) },
  { share: 5, visit: () => ({ ...page(), on: [] }) },
  { share: 10, visit: () => ({ path: '/health', agent: 'health-check', from: someone('10.0.8', 2), on: [] }) },
  { share: 5, visit: () => ({ ...page(), from: someone('192.0.2', 8), on: [] }) },
];

/** Keeps visits coming until it is stopped, also while the origin is down. */
export function startTraffic(visit: ScrubbingCentre['visit'], options: TrafficOptions): Traffic {
  const { perSecond, kinds = everyday, limit = 200 } = options;
  const started = Date.now();
  const underWay = new Set<Promise<number>>();
  let due = 0;
  const counts = { begun: 0, answered: 0, failed: 0, dropped: 0 };
  const begin = () => {
    if (underWay.size >= limit) {
      counts.dropped++;
      return;
    }
    counts.begun++;
    const wanted = choose(kinds);
    const one = visit(typeof wanted === 'function' ? wanted() : wanted)
      .then(
        () => (counts.answered += 1),
        () => (counts.failed += 1),
      )
      .finally(() => underWay.delete(one));
    underWay.add(one);
  };
  // By the clock, not by ticks: the rate holds although a busy machine's ticks come late.
  const timer = setInterval(
    () => {
      for (const now = ((Date.now() - started) / 1000) * perSecond; due < now; due++) begin();
    },
    Math.min(1000 / perSecond, 50),
  );
  timer.unref();
  return {
    counts: () => ({ ...counts }),
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

function choose(kinds: readonly Kind[]): Kind['visit'] {
  let left = Math.random() * kinds.reduce((sum, { share }) => sum + share, 0);
  for (const { share, visit } of kinds) if ((left -= share) < 0) return visit;
  throw new Error('No kind of visit.');
}

function pick(list: readonly string[]): string {
  return list[Math.floor(Math.random() * list.length)] ?? '/';
}
