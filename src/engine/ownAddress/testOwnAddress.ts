import { randomBytes, randomInt } from 'node:crypto';
import type { HostFacts } from '../../core/facts';
import {
  decoyOf,
  notTested,
  ownAddressObstacle,
  ownAddressOutcome,
  type HostLook,
  type OwnAddressOutcome,
  type ProtectedAddress,
} from '../../core/ownAddress';
import { isOneFile } from '../../core/log/logPath';
import { curlCommand, testPath } from '../../core/protectedAddress';
import { verification, type Verification } from '../../core/verification';
import { canonicalAddress, classify, parseCidrs, type Ranges } from '../../shared/address';
import type { Clock, Session } from '../ports';
import { probeHost } from '../probeHost';
import { readFormats } from '../readFormats';
import { readServer } from '../readServer';
import type { RunAs } from '../runScript';
import { firstSample, logsOf, type VerifyOptions } from '../verifyHost';
import { holdConnection, type HeldConnection } from './holdConnection';
import { lookAtHost } from './lookAtHost';
import { watchToken, type TokenLine, type TokenWatch } from './watchToken';

export type OwnAddressPhase = 'before' | 'connecting' | 'line' | 'reading' | 'after';

export interface OwnAddressOptions extends Pick<VerifyOptions, 'as' | 'cidrs' | 'logs' | 'memory' | 'clock' | 'signal'> {
  readonly target: ProtectedAddress;
  /** The tester's public address, where it is known: the line must carry it. */
  readonly ownAddress?: string;
  /** Given a command, the request comes from another machine; called once the host is ready for it. */
  readonly onCommand?: (command: string) => void;
  /** How long the token's line is waited for; unless told 75 s, and 10 minutes for another machine. */
  readonly lineSeconds?: number;
  readonly onProgress?: (phase: OwnAddressPhase) => void;
}

export interface OwnAddressTest {
  readonly target: ProtectedAddress;
  readonly outcome: OwnAddressOutcome;
  readonly verification: Verification;
}

/** What the looks need of the options. */
interface Reader {
  readonly as: RunAs;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const CONNECT_SECONDS = 20;
/** The far end's side of a closed connection may take a moment to end. */
const ENDING_MS = 700;
const MOST_LOGS = 12;

/**
 * The own-address test, level 5 of the evidence: one connection through the protected address is held open, and meanwhile
 * raw peers, the line of its one-off token and the counters are read together. Changes nothing on the host.
 * What does not hold is in the outcome; rejects with HostError as probeHost does, and with an AbortError.
 */
export async function testOwnAddress(session: Session, options: OwnAddressOptions): Promise<OwnAddressTest> {
  const { clock, signal, as, target } = options;
  const { ranges } = parseCidrs(options.cidrs);
  const named = options.logs ?? session.host.logs;
  const probe = (): Promise<HostFacts> => probeHost(session, { as, extraLogs: named, clock, signal });
  options.onProgress?.('before');
  const before = await probe();
  const obstacle = ownAddressObstacle(before, ranges);
  const server = await readServer(session, before, ranges, { as, signal });
  const done = async (outcome: OwnAddressOutcome, peers?: readonly string[], log?: string): Promise<OwnAddressTest> => {
    options.onProgress?.('after');
    const after = await probe();
    const paths = [...new Set([...(log === undefined ? [] : [log]), ...logsOf(after, named)])];
    const sample = await firstSample(session, paths, { as, cidrs: options.cidrs, lines: 200, signal });
    const { proof } = outcome;
    return {
      target,
      outcome,
      verification: verification({
        before,
        after,
        ranges,
        ...server,
        memory: { ...options.memory, ...(proof === undefined ? {} : { proof: { ...proof, bootId: before.bootId } }) },
        ...(peers === undefined ? {} : { peers }),
        ...(sample === undefined ? {} : { sample }),
      }),
    };
  };
  if (obstacle !== undefined) return done(notTested(obstacle));
  const decoy = decoyOf(randomInt(256), randomInt(1, 255));
  const token = randomBytes(12).toString('hex');
  const logs = [...new Set([...named, ...before.logs.map(({ path }) => path)])].filter(isOneFile).slice(0, MOST_LOGS);
  const watch = await watchToken(session, logs, token, { as, clock, signal });
  let connection: HeldConnection | undefined;
  try {
    const first = await lookAtHost(session, before.listeners, options);
    options.onProgress?.('connecting');
    const started = clock.elapsed();
    if (options.onCommand === undefined) connection = hold(options, token, decoy);
    else options.onCommand(curlCommand(target, token, decoy));
    await connection?.answered;
    options.onProgress?.('line');
    const line =
      connection?.state().openedAt === undefined && connection !== undefined ? undefined : await lineOf(watch, connection, options);
    const waitedSeconds = Math.round((clock.elapsed() - started) / 1000);
    options.onProgress?.('reading');
    const reached = connection === undefined ? line !== undefined : connection.state().openedAt !== undefined;
    const open = reached ? await looksWhileOpen(session, before, options) : [];
    const seen = connection?.state();
    connection?.close();
    if (reached) await clock.sleep(ENDING_MS, signal);
    const last = reached && connection !== undefined ? await lookAtHost(session, before.listeners, options) : undefined;
    const outcome = ownAddressOutcome({
      ranges,
      originAddresses: originsOf(session, before),
      before: first,
      open,
      waitedSeconds,
      logs: watch.logs,
      decoy,
      ...(seen === undefined ? {} : { connection: seen }),
      ...(last === undefined ? {} : { after: last }),
      ...(line === undefined ? {} : { line, formats: await readFormats(session, line.log, { as, signal }) }),
      ...(server.rewrites === undefined ? {} : { rewrites: server.rewrites }),
      ...expectedOf(options, seen?.localAddress, ranges),
    });
    return await done(outcome, peersOf([first, ...open, ...(last === undefined ? [] : [last])]), line?.log);
  } finally {
    connection?.close();
    watch.close();
  }
}

const hold = ({ target, clock, signal }: OwnAddressOptions, token: string, decoy: string): HeldConnection =>
  holdConnection(target, {
    path: testPath(token),
    // A log that believes the header shows an address that nobody has (RFC 2544).
    headers: { 'x-forwarded-for': decoy },
    clock,
    signal,
    timeoutSeconds: CONNECT_SECONDS,
  });

/** The token's line; a log may be written in blocks, so that it is waited for while requests keep coming. */
async function lineOf(
  watch: TokenWatch,
  connection: HeldConnection | undefined,
  { clock, signal, lineSeconds }: OwnAddressOptions,
): Promise<TokenLine | undefined> {
  const enough = new AbortController();
  const waiting = AbortSignal.any([signal, enough.signal]);
  const limit = async (): Promise<undefined> => {
    const until = clock.elapsed() + (lineSeconds ?? (connection === undefined ? 600 : 75)) * 1000;
    while (clock.elapsed() < until) {
      await clock.sleep(500, waiting);
      // Over a closed connection no more requests come: what it has brought is in the log by now, or never will be.
      if (connection?.state().closedAfter !== undefined) {
        await clock.sleep(5000, waiting);
        return undefined;
      }
    }
    return undefined;
  };
  try {
    return await Promise.race([watch.line, limit()]);
  } finally {
    enough.abort();
  }
}

/** Two looks, so that a peer which just came by is not taken for one that stays. */
async function looksWhileOpen(session: Session, { listeners }: HostFacts, reader: Reader): Promise<readonly HostLook[]> {
  const first = await lookAtHost(session, listeners, reader);
  await reader.clock.sleep(1000, reader.signal);
  return [first, await lookAtHost(session, listeners, reader)];
}

/** Addresses of the origin itself, where a connection proves nothing. */
const originsOf = (session: Session, facts: HostFacts): readonly string[] =>
  [facts.sshd?.address, /^(.*):\d+$/.exec(session.address)?.[1] ?? session.address]
    .map((text) => canonicalAddress(text?.replace(/^\[|\]$/g, '') ?? ''))
    .filter((address) => address !== undefined);

/** What the tester has told, or this machine's own address where it is a public one. */
function expectedOf({ ownAddress }: OwnAddressOptions, local: string | undefined, ranges: Ranges): { readonly expected?: string } {
  const expected = ownAddress ?? (local !== undefined && classify(local, ranges) === 'visitor' ? local : undefined);
  return expected === undefined ? {} : { expected };
}

function peersOf(looks: readonly HostLook[]): readonly string[] | undefined {
  if (looks.some(({ connections }) => connections === undefined)) return undefined;
  return [...new Set(looks.flatMap(({ connections }) => (connections ?? []).map(({ address }) => address)))];
}
