import { delta } from '../core/diagnosis';
import { DELIVERED } from '../core/evidence';
import type { HostFacts, Listener } from '../core/facts';
import { isOneFile } from '../core/log/logPath';
import type { LogSample } from '../core/log/sample';
import { HostError } from '../core/problem';
import { hexAddress } from '../core/probe/sockets';
import { quote } from '../core/shell';
import type { HostMemory } from '../core/state';
import { verification, type Verification } from '../core/verification';
import peersScript from '../remote/peers.sh';
import { canonicalAddress, parseCidrs } from '../shared/address';
import type { Clock, Session } from './ports';
import { probeHost } from './probeHost';
import { readServer } from './readServer';
import { runScript, type RunAs } from './runScript';
import { sampleLog } from './sampleLog';

export type VerifyPhase = 'before' | 'watching' | 'after' | 'log';

export interface VerifyOptions {
  readonly as: RunAs;
  /** Back-to-origin ranges of the settings. */
  readonly cidrs: readonly string[];
  /** Logs to look at, best first; none: those that the probe finds. The first readable one is sampled. */
  readonly logs?: readonly string[];
  /** What is remembered of the host; a proof of this boot counts. */
  readonly memory?: HostMemory;
  /** Time between the two readings of the counters. */
  readonly windowSeconds?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (phase: VerifyPhase) => void;
}

/** Samples of the raw peers in the window. */
const ROUNDS = 5;
const FEWEST_LINES = 20;
const MOST_LINES = 500;

/**
 * Verifies a host: two probes with a window between, in which the raw TCP peers of the web ports are sampled, and the
 * last lines of a log. Changes nothing. Rejects with HostError as probeHost does; a log that cannot be read is left out.
 */
export async function verifyHost(session: Session, options: VerifyOptions): Promise<Verification> {
  const { as, clock, signal, cidrs } = options;
  const seconds = options.windowSeconds ?? 10;
  const probe = (): Promise<HostFacts> => probeHost(session, { as, extraLogs: options.logs ?? session.host.logs, clock, signal });
  options.onProgress?.('before');
  const before = await probe();
  options.onProgress?.('watching');
  const [peers] = await Promise.all([rawPeers(session, before.listeners, seconds, signal), clock.sleep(seconds * 1000, signal)]);
  options.onProgress?.('after');
  const after = await probe();
  options.onProgress?.('log');
  // Lines of the window only, as far as that can be told: older ones are of connections whose raw peers nobody sampled.
  const lines = Math.min(Math.max(delta(before, after, DELIVERED) ?? 0, FEWEST_LINES), MOST_LINES);
  const sample = await firstSample(session, logsOf(after, options.logs ?? session.host.logs), { as, cidrs, lines, signal });
  const { ranges } = parseCidrs(cidrs);
  const server = await readServer(session, after, ranges, { as, signal });
  return verification({
    before,
    after,
    memory: options.memory ?? {},
    ranges,
    ...server,
    ...(peers === undefined ? {} : { peers }),
    ...(sample === undefined ? {} : { sample }),
  });
}

/** Logs to look at, best first: those that are named, then those with lines in them. For a pattern stand the files that it matches. */
export const logsOf = (facts: HostFacts, named: readonly string[]): readonly string[] =>
  [...new Set([...named, ...facts.logs.filter((log) => log.bytes !== 0).map((log) => log.path)])].filter(isOneFile);

/** The sample of the first log that can be read and holds a line. */
export async function firstSample(
  session: Session,
  paths: readonly string[],
  options: Parameters<typeof sampleLog>[2],
): Promise<LogSample | undefined> {
  for (const path of paths.slice(0, 5)) {
    try {
      const sample = await sampleLog(session, path, options);
      if (sample.lines > 0) return sample;
    } catch (error) {
      if (!(error instanceof HostError) || error.problem.code !== 'logUnreadable') throw error;
    }
  }
  return undefined;
}

/** The raw TCP peers of the web ports; undefined where not all of them could be read. Exported for tests. */
export async function rawPeers(
  session: Session,
  listeners: readonly Listener[],
  seconds: number,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (listeners.length === 0) return undefined;
  const ports = [...new Set(listeners.map((listener) => listener.port))].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  const pause = Math.max(1, Math.floor(seconds / ROUNDS));
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(seconds / pause)));
  const script = `toa_ports=${quote(` ${ports.join(' ')} `)} toa_rounds=${rounds} toa_pause=${pause}\n${peersScript}`;
  const result = await runScript(session, script, { as: 'user', signal, deadlineSeconds: seconds + 30, what: 'peers' });
  const lines = result.stdout.trim().split('\n');
  if (lines.at(-1) !== 'end') return undefined;
  const rows = lines.filter((line) => /^([0-9A-F]{8}|[0-9A-F]{32})$/.test(line));
  return [...new Set(rows.map((row) => canonicalAddress(hexAddress(row))).filter((address) => address !== undefined))];
}
