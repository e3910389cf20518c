import type { Exposure } from './exposure';
import type { HostFacts } from './facts';
import { DELIVERED, RECEIVED } from './evidence';
import type { Rewrites } from './log/rewrites';
import type { LogSample } from './log/sample';

/** Why visitors' addresses may not arrive, with the values it was seen in. The words (seen, cause, to do) are the interface's. */
export type Diagnosis =
  /** Nothing moves, and a web port listens on `::` for both families: the module hooks IPv4 sockets only. */
  | { readonly code: 'dualStack'; readonly port: number; readonly address: string; readonly proven: boolean; readonly traffic: boolean }
  /** Connections come, none with the option: not by port forwarding, or another option kind. */
  | { readonly code: 'otherTraffic'; readonly noToa: number }
  /** The kernel received addresses, the application never asked for a peer. */
  | { readonly code: 'notAsked'; readonly received: number }
  /** Somebody else uses the socket's hooks. */
  | { readonly code: 'hooksTaken'; readonly mismatch: number; readonly bypass: number; readonly lookalikes: readonly string[] }
  /** Visitors connect to the origin itself, past the scrubbing centre. */
  | { readonly code: 'directVisitors'; readonly peers: readonly string[]; readonly count: number }
  /** The log takes X-Forwarded-For: website service, where TOA is the wrong tool. */
  | { readonly code: 'forwardedFor'; readonly lines: number; readonly of: number }
  /** Requests are logged, and no connection was opened meanwhile: those of before the module was loaded carry no address. */
  | { readonly code: 'oldConnections' }
  /** The log holds names in place of addresses: httpd's HostnameLookups. */
  | { readonly code: 'hostNames'; readonly lines: number; readonly of: number }
  /** The web server may log an address that a header has brought. */
  | { readonly code: 'realip'; readonly directives: readonly string[] }
  /** By the host's own rules others than the scrubbing centre reach these ports, and can forge a visitor's address. */
  | { readonly code: 'exposed'; readonly ports: readonly number[]; readonly sources: readonly string[] }
  /** Without the back-to-origin ranges nothing can be told apart. */
  | { readonly code: 'rangesNotSet' };

/** What was read beside the two readings. */
export interface DiagnosisInput {
  readonly sample?: LogSample;
  /** Raw TCP peers of the web ports that are public and outside the back-to-origin ranges. */
  readonly direct?: readonly string[];
  readonly rewrites?: Rewrites;
  readonly exposure?: readonly Exposure[];
  /** A log is known to have grown; undefined: the sizes of the logs tell. */
  readonly traffic?: boolean;
}

/** Our own ssh connection and a monitor's count as no_toa: fewer than this many are normal. */
const FEW = 3;

/**
 * What two readings of one boot, a log sample and the raw peers say is wrong. Normal things are no finding:
 * `getname_toa_empty` rising, a few `no_toa` (ssh itself), less than all connections with the option.
 */
export function diagnose(before: HostFacts, after: HostFacts, input: DiagnosisInput = {}): readonly Diagnosis[] {
  const { sample, direct = [], rewrites, exposure, traffic = logsGrew(before, after) } = input;
  return [
    ...(after.module.loaded && before.bootId === after.bootId ? fromCounters(before, after, traffic) : []),
    ...(sample === undefined ? [] : fromSample(sample)),
    ...(rewrites === undefined || rewrites.directives.length === 0 ? [] : [{ code: 'realip', directives: rewrites.directives } as const]),
    ...(direct.length === 0 ? [] : [{ code: 'directVisitors', peers: direct.slice(0, 10), count: direct.length } as const]),
    ...(exposure === undefined ? [] : fromExposure(exposure)),
  ];
}

function fromExposure(exposure: readonly Exposure[]): readonly Diagnosis[] {
  const reachable = exposure.filter(({ admits, foreign }) => admits === 'open' || foreign.length > 0);
  if (reachable.length === 0) return [];
  // Open to everybody says it all; otherwise those are named who are let in beside.
  const sources = reachable.some(({ admits }) => admits === 'open') ? [] : [...new Set(reachable.flatMap(({ foreign }) => foreign))];
  return [{ code: 'exposed', ports: reachable.map(({ port }) => port), sources: sources.slice(0, 20) }];
}

function fromCounters(before: HostFacts, after: HostFacts, traffic: boolean): readonly Diagnosis[] {
  const rose = (row: string): number | undefined => delta(before, after, row);
  const received = rose(RECEIVED);
  const delivered = rose(DELIVERED);
  const noToa = rose('syn_recv_sock_no_toa') ?? 0;
  const [mismatch, bypass] = [rose('getname_toa_mismatch') ?? 0, rose('getname_toa_bypass') ?? 0];
  const flat = received === 0 && delivered === 0;
  const found: Diagnosis[] = [];
  if (flat) {
    for (const { port, address, provenDual } of after.listeners.filter((listener) => listener.family === 'dual')) {
      found.push({ code: 'dualStack', port, address, proven: provenDual, traffic });
    }
  }
  const dual = after.listeners.some((listener) => listener.family === 'dual');
  // A dual-stack listener's connections are not counted, so that nothing can be said of them.
  if (flat && noToa === 0 && !dual && after.listeners.length > 0 && traffic) found.push({ code: 'oldConnections' });
  if (flat && noToa >= FEW) found.push({ code: 'otherTraffic', noToa });
  if (received !== undefined && received >= FEW && delivered === 0) found.push({ code: 'notAsked', received });
  if (mismatch > 0 || bypass > 0) found.push({ code: 'hooksTaken', mismatch, bypass, lookalikes: after.module.lookalikes });
  return found;
}

function fromSample(sample: LogSample): readonly Diagnosis[] {
  const { lines, forwardedFor, classes, names } = sample;
  return [
    // Forward proxies fill the field now and then; a website service fills it on every line.
    ...(lines > 0 && forwardedFor * 2 >= lines ? [{ code: 'forwardedFor', lines: forwardedFor, of: lines } as const] : []),
    ...(lines > 0 && names * 2 >= lines ? [{ code: 'hostNames', lines: names, of: lines } as const] : []),
    ...(classes.public > 0 ? [{ code: 'rangesNotSet' } as const] : []),
  ];
}

/** How far a counter rose between two facts of the same boot; undefined: not read in both, or the module was loaded anew. */
export function delta(before: HostFacts, after: HostFacts, row: string): number | undefined {
  const [from, to] = [before.module.counters?.[row], after.module.counters?.[row]];
  return from === undefined || to === undefined || to < from || before.bootId !== after.bootId ? undefined : to - from;
}

/** True if an access log grew: there was traffic, whatever the counters say. */
export const logsGrew = (before: HostFacts, after: HostFacts): boolean =>
  after.logs.some((log) => {
    const earlier = before.logs.find((one) => one.path === log.path)?.bytes;
    return earlier !== undefined && log.bytes !== undefined && log.bytes > earlier;
  });
