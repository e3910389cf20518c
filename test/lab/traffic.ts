import { request } from 'node:http';

/** Loopback networks that stand for others; preload/toa.c shows them to a host's programs as what they stand for. */
export const networks = {
  /** The scrubbing centre. A connection carries visitor 203.0.113.(1 + source port % 254). */
  scrubbingCentre: { from: '127.77.0.', shown: '198.51.100.', cidr: '198.51.100.0/24' },
  healthCheck: { from: '127.78.0.', shown: '10.0.8.', cidr: '10.0.8.0/24' },
  /** People and scanners who come directly to the origin. */
  direct: { from: '127.79.0.', shown: '192.0.2.', cidr: '192.0.2.0/24' },
} as const;

/** The address that a host with a working module logs for a connection of the scrubbing centre. */
export function visitorOf(sourcePort: number): string {
  return `203.0.113.${1 + (sourcePort % 254)}`;
}

export interface Target {
  readonly address: string;
  readonly httpPort: number;
}

/** One request; resolves with the source port, rejects if the host does not answer. */
export function visit(
  target: Target,
  from: string,
  options: { readonly path?: string; readonly headers?: Record<string, string> } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: target.address,
        port: target.httpPort,
        localAddress: from,
        path: options.path ?? '/',
        agent: false,
        timeout: 5000,
        headers: options.headers,
      },
      (response) => {
        const port = response.socket.localPort ?? 0;
        response.resume();
        response.once('close', () => resolve(port));
      },
    );
    sent.once('timeout', () => sent.destroy(new Error('timeout')));
    sent.once('error', reject);
    sent.end();
  });
}

const paths = ['/', '/index.html', '/shop/basket', '/api/v1/items?page=2', '/img/logo.svg', '/login', '/search?q=shoes'];
const agents = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0', 'Mozilla/5.0 (iPhone) Safari/604.1', 'curl/8.5.0'];

/** Keeps about ten requests a second coming to each target, most of them through the scrubbing centre. Returns the stop. */
export function startTraffic(targets: readonly Target[]): () => void {
  let ended = false;
  const timers = new Set<NodeJS.Timeout>();
  const next = (target: Target) => {
    if (ended) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        const turn = Math.random();
        const network = turn < 0.85 ? networks.scrubbingCentre : turn < 0.95 ? networks.healthCheck : networks.direct;
        const from = network.from + String(1 + Math.floor(Math.random() * (network === networks.healthCheck ? 2 : 30)));
        const headers = network === networks.healthCheck ? { 'user-agent': 'health-check' } : { 'user-agent': pick(agents) };
        visit(target, from, { path: network === networks.healthCheck ? '/health' : pick(paths), headers }).catch(() => undefined); // down: keep trying
        next(target);
      },
      40 + Math.random() * 120,
    );
    timer.unref();
    timers.add(timer);
  };
  targets.forEach(next);
  return () => {
    ended = true;
    timers.forEach(clearTimeout);
  };
}

function pick(list: readonly string[]): string {
  return list[Math.floor(Math.random() * list.length)] ?? '/';
}
