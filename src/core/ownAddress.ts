import { classify, type Ranges } from '../shared/address';
import type { OwnFormat } from '../shared/logEntry';
import { DELIVERED, RECEIVED } from './evidence';
import type { Counters, HostFacts } from './facts';
import { detectFormat, parseLine } from './log/parse';
import { mayRewrite, type Rewrites } from './log/rewrites';
import type { Proof } from './state';

/** Where a tester connects to: the address that Anti-DDoS protects, never the origin's own. */
export interface ProtectedAddress {
  /** A host name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** One TCP connection of a web port as the kernel has it, below the module: its peer is the raw one. */
export interface RawConnection {
  readonly address: string;
  readonly port: number;
  readonly established: boolean;
}

/** One look at a host: connections of the web ports and counters, read together. */
export interface HostLook {
  /** Editor's clock, ms since the epoch. */
  readonly at: number;
  /** undefined: not all of them could be read. */
  readonly connections?: readonly RawConnection[];
  readonly counters?: Counters;
}

/** The tester's connection, where this machine made it. */
export interface OwnConnection {
  /** undefined: it never came about. */
  readonly openedAt?: number;
  readonly reason?: string;
  readonly status?: number;
  /** Seconds after which the far end closed it; undefined: it was open until we closed it. */
  readonly closedAfter?: number;
  /** This machine's end of it, and where it led. */
  readonly localAddress?: string;
  readonly remoteAddress?: string;
}

/** All that an own-address test has read. */
export interface OwnAddressReadings {
  readonly ranges: Ranges;
  /** undefined: the request came from another machine, whose connection nobody saw. */
  readonly connection?: OwnConnection;
  /** The origin's own addresses, as far as they are known. */
  readonly originAddresses: readonly string[];
  readonly before: HostLook;
  /** While the connection was open, after the line had come. */
  readonly open: readonly HostLook[];
  /** After it was closed. */
  readonly after?: HostLook;
  /** The token's line. */
  readonly line?: { readonly log: string; readonly text: string; readonly at: number };
  /** The formats in which the server writes that log, where they could be read. */
  readonly formats?: readonly OwnFormat[];
  readonly waitedSeconds: number;
  readonly logs: readonly string[];
  /** The address that our request's X-Forwarded-For named: whoever logs it believes that header. */
  readonly decoy: string;
  /** The tester's public address, where it is known. */
  readonly expected?: string;
  /** What the web server may log in place of the socket's address; undefined: not readable. */
  readonly rewrites?: Rewrites;
}

/** Why a condition does not hold. The words (seen, cause, to do) are the interface's. */
export type OwnAddressFault =
  | { readonly code: 'rangesNotSet' }
  | { readonly code: 'notLoaded' }
  | { readonly code: 'noListener' }
  | { readonly code: 'notReached'; readonly reason: string }
  /** The connection led to the origin itself. */
  | { readonly code: 'toOrigin'; readonly address: string }
  | { readonly code: 'closedEarly'; readonly seconds: number; readonly answered: boolean }
  | { readonly code: 'peersUnread' }
  /** No new connection from inside the ranges; `outside`: public peers that came while it was open. */
  | { readonly code: 'noPeer'; readonly outside: readonly string[] }
  | { readonly code: 'noLine'; readonly seconds: number; readonly logs: readonly string[]; readonly status?: number }
  | { readonly code: 'lineUnread' }
  | { readonly code: 'hostName'; readonly name: string }
  /** The line carries a back-to-origin address. */
  | { readonly code: 'lineShowsOrigin'; readonly address: string; readonly received: boolean }
  | { readonly code: 'linePrivate'; readonly address: string }
  | { readonly code: 'notMine'; readonly address: string; readonly expected: string }
  /** The line's X-Forwarded-For field is filled with more than we sent: a layer-7 proxy is on the way. */
  | { readonly code: 'forwardedFor'; readonly value: string }
  /** The logged address is the one that our X-Forwarded-For named. */
  | { readonly code: 'tookForwardedFor'; readonly address: string }
  | { readonly code: 'rewritten'; readonly directives: readonly string[] }
  /** The logged address is a raw peer: whoever it is came directly. */
  | { readonly code: 'rawPeer'; readonly address: string }
  | { readonly code: 'countersUnread' }
  | { readonly code: 'notDelivered'; readonly received: number };

/** The conditions of level 5; `open` is that the one connection outlived the readings. */
export type OwnAddressCondition = 'open' | 'peer' | 'line' | 'nobody' | 'delivered';

export interface ConditionResult {
  readonly condition: OwnAddressCondition;
  readonly met: boolean;
  /** What it was read from: an address, a counter's rise, a status. */
  readonly seen?: string;
  readonly fault?: OwnAddressFault;
}

export interface OwnAddressOutcome {
  readonly conditions: readonly ConditionResult[];
  /** All conditions hold. */
  readonly proof?: Proof;
}

/**
 * An address for our own X-Forwarded-For, from RFC 2544's range, which nobody has: `a` from 0 to 255, `b` from 1 to 254.
 */
export const decoyOf = (a: number, b: number): string => `198.18.${a}.${b}`;

/** True for an X-Forwarded-For that a test of ours has sent: it says nothing about who else fills the field. */
export const isDecoy = (forwardedFor: string): boolean => /^198\.18\.\d+\.\d+$/.test(forwardedFor);

const CONDITIONS: readonly OwnAddressCondition[] = ['open', 'peer', 'line', 'nobody', 'delivered'];

/** What keeps a test from being worth a connection: the outcome is known before it. */
export function ownAddressObstacle(facts: HostFacts, ranges: Ranges): OwnAddressFault | undefined {
  if (ranges.v4.length + ranges.v6.length === 0) return { code: 'rangesNotSet' };
  if (!facts.module.loaded) return { code: 'notLoaded' };
  if (facts.module.counters === undefined) return { code: 'countersUnread' };
  return facts.listeners.length === 0 ? { code: 'noListener' } : undefined;
}

/** The outcome of a test that an obstacle kept from being made. */
export const notTested = (fault: OwnAddressFault): OwnAddressOutcome => ({
  conditions: CONDITIONS.map((condition) => ({ condition, met: false, ...(condition === conditionOf(fault) ? { fault } : {}) })),
});

function conditionOf({ code }: OwnAddressFault): OwnAddressCondition {
  if (code === 'rangesNotSet' || code === 'noListener') return 'peer';
  return code === 'notLoaded' || code === 'countersUnread' ? 'delivered' : 'open';
}

/** Judges what a test has read: proven only if every condition holds. */
export function ownAddressOutcome(readings: OwnAddressReadings): OwnAddressOutcome {
  const peer = peerResult(readings);
  const line = lineResult(readings, peer.seen);
  const conditions: readonly ConditionResult[] = [
    openResult(readings),
    peer,
    line,
    nobodyResult(readings, line),
    deliveredResult(readings),
  ];
  const whole = conditions.every(({ met }) => met) && readings.line !== undefined && peer.seen !== undefined && line.seen !== undefined;
  if (!whole) return { conditions };
  return { conditions, proof: { address: line.seen, log: readings.line.log, peer: peer.seen, at: readings.line.at } };
}

function openResult({ connection, originAddresses, open }: OwnAddressReadings): ConditionResult {
  const failed = (fault: OwnAddressFault): ConditionResult => ({ condition: 'open', met: false, fault });
  if (connection === undefined) return { condition: 'open', met: open.length > 0 };
  if (connection.openedAt === undefined) return failed({ code: 'notReached', reason: connection.reason ?? '' });
  const { remoteAddress, status, closedAfter } = connection;
  if (remoteAddress !== undefined && originAddresses.includes(remoteAddress)) return failed({ code: 'toOrigin', address: remoteAddress });
  if (closedAfter !== undefined) return failed({ code: 'closedEarly', seconds: closedAfter, answered: status !== undefined });
  return { condition: 'open', met: open.length > 0, ...(remoteAddress === undefined ? {} : { seen: remoteAddress }) };
}

/** A connection from inside the ranges that was not there before, and lasted through every look while ours was open. */
function peerResult({ before, open, after, ranges }: OwnAddressReadings): ConditionResult {
  const looks = open.map(({ connections }) => connections);
  if (before.connections === undefined || looks.length === 0 || looks.includes(undefined)) {
    return { condition: 'peer', met: false, ...(looks.length === 0 ? {} : { fault: { code: 'peersUnread' } }) };
  }
  const known = new Set(before.connections.map(nameOf));
  const lasting = (looks[0] ?? []).filter(
    (one) => !known.has(nameOf(one)) && looks.every((look) => look?.some((other) => other.established && nameOf(other) === nameOf(one))),
  );
  const inside = lasting.filter(({ address }) => classify(address, ranges) === 'origin');
  // Whichever ended with ours is ours; a proxy may close its side later, so that this only helps to choose.
  const ended = inside.filter((one) => after?.connections?.some((other) => other.established && nameOf(other) === nameOf(one)) !== true);
  const seen = (ended[0] ?? inside[0])?.address;
  if (seen !== undefined) return { condition: 'peer', met: true, seen };
  const outside = [...new Set(lasting.map(({ address }) => address))].filter((address) => classify(address, ranges) === 'visitor');
  return { condition: 'peer', met: false, fault: { code: 'noPeer', outside: outside.slice(0, 10) } };
}

const nameOf = ({ address, port }: RawConnection): string => `${address} ${port}`;

function lineResult(readings: OwnAddressReadings, peer: string | undefined): ConditionResult {
  const { line, ranges, connection, waitedSeconds, logs, decoy, expected, rewrites } = readings;
  const failed = (fault: OwnAddressFault, seen?: string): ConditionResult => ({
    condition: 'line',
    met: false,
    fault,
    ...(seen === undefined ? {} : { seen }),
  });
  if (line === undefined) {
    // A connection that never came about has said so already.
    if (connection !== undefined && connection.openedAt === undefined) return { condition: 'line', met: false };
    const { status } = connection ?? {};
    return failed({ code: 'noLine', seconds: waitedSeconds, logs, ...(status === undefined ? {} : { status }) });
  }
  const fields = parseLine(line.text, detectFormat([line.text], readings.formats));
  const address = fields?.address;
  if (address === undefined) {
    const name = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)\.? /.exec(line.text)?.[1];
    // By its own format the line has that header, and no address of the socket.
    if (fields?.forwardedFor === decoy && (name === undefined || name === decoy)) {
      return failed({ code: 'tookForwardedFor', address: decoy }, decoy);
    }
    return failed(fields !== undefined && name !== undefined ? { code: 'hostName', name } : { code: 'lineUnread' });
  }
  if (address === decoy) return failed({ code: 'tookForwardedFor', address }, address);
  const forwarded = fields?.forwardedFor;
  if (forwarded !== undefined && forwarded !== decoy) return failed({ code: 'forwardedFor', value: forwarded }, address);
  const addressClass = classify(address, ranges);
  if (addressClass === 'origin') return failed({ code: 'lineShowsOrigin', address, received: rose(readings, RECEIVED) > 0 }, address);
  if (addressClass !== 'visitor') return failed({ code: 'linePrivate', address }, address);
  // To a server that asks for the peer it is the scrubbing centre without the module, and the visitor with it.
  if (rewrites !== undefined && [address, ...(peer === undefined ? [] : [peer])].some((one) => mayRewrite(rewrites, one))) {
    return failed({ code: 'rewritten', directives: rewrites.directives }, address);
  }
  if (expected !== undefined && address !== expected) return failed({ code: 'notMine', address, expected }, address);
  return { condition: 'line', met: true, seen: address };
}

function nobodyResult({ before, open, after }: OwnAddressReadings, line: ConditionResult): ConditionResult {
  const looks = [before, ...open, ...(after === undefined ? [] : [after])];
  if (line.seen === undefined || open.length === 0 || looks.some(({ connections }) => connections === undefined)) {
    return { condition: 'nobody', met: false };
  }
  const peers = new Set(looks.flatMap(({ connections }) => (connections ?? []).map(({ address }) => address)));
  const { seen } = line;
  return peers.has(seen)
    ? { condition: 'nobody', met: false, fault: { code: 'rawPeer', address: seen } }
    : { condition: 'nobody', met: true, seen: `${peers.size}` };
}

function deliveredResult(readings: OwnAddressReadings): ConditionResult {
  const latest = readings.open.at(-1);
  if (latest === undefined) return { condition: 'delivered', met: false };
  if (readings.before.counters?.[DELIVERED] === undefined || latest.counters?.[DELIVERED] === undefined) {
    return { condition: 'delivered', met: false, fault: { code: 'countersUnread' } };
  }
  const by = rose(readings, DELIVERED);
  return by > 0
    ? { condition: 'delivered', met: true, seen: `+${by}` }
    : { condition: 'delivered', met: false, fault: { code: 'notDelivered', received: rose(readings, RECEIVED) } };
}

/** A counter's rise from before the connection to the last look while it was open; a module loaded anew counts for nothing. */
const rose = ({ before, open }: OwnAddressReadings, row: string): number =>
  Math.max(0, (open.at(-1)?.counters?.[row] ?? 0) - (before.counters?.[row] ?? 0));
