import { classify, type Ranges } from '../shared/address';
import { delta, diagnose, logsGrew, type Diagnosis } from './diagnosis';
import { DELIVERED, evidenceLadder, evidenceLevel, RECEIVED, type Rung } from './evidence';
import type { Exposure } from './exposure';
import type { Counters, HostFacts } from './facts';
import { mayRewrite, type Rewrites } from './log/rewrites';
import type { LogSample } from './log/sample';
import type { Proof, EvidenceLevel, HostMemory } from './state';

/** What a verification concludes; `likely` is not proven: only an own-address test proves. */
export type VerdictCode =
  'arrive' | 'likely' | 'notArrive' | 'notLoaded' | 'loadedNothing' | 'receivedNotAsked' | 'rangesNotSet' | 'nothingYet' | 'forwardedFor';

/** The conditions of *likely*, each with what was seen. */
export interface Likely {
  readonly holds: boolean;
  /** `getname_toa_ok` rose. */
  readonly delivered: boolean;
  /** Logged addresses that are public, outside the ranges, and no raw peers in any sample. */
  readonly addresses: readonly string[];
  /** Distinct raw TCP peers seen on the web ports. */
  readonly peers: number;
}

export interface Verification {
  readonly before: HostFacts;
  readonly after: HostFacts;
  readonly ladder: readonly Rung[];
  readonly level: EvidenceLevel;
  /** Rise of each counter in the window; undefined: not readable in both readings. */
  readonly deltas?: Counters;
  readonly seconds: number;
  readonly sample?: LogSample;
  readonly diagnoses: readonly Diagnosis[];
  readonly likely: Likely;
  readonly proof?: Proof;
  /** Raw TCP peers of the web ports, all samples together. */
  readonly peers?: readonly string[];
  /** undefined: the web servers' configuration could not be read. */
  readonly rewrites?: Rewrites;
  /** undefined: the host's firewall rules could not be read. */
  readonly exposure?: readonly Exposure[];
  readonly verdict: VerdictCode;
  /** The TOA kernel runs, its module is there and not loaded: modprobe can be offered. */
  readonly canLoad: boolean;
}

/** What was read; the verification is computed from it. */
export interface VerificationInput {
  readonly before: HostFacts;
  readonly after: HostFacts;
  readonly memory: HostMemory;
  readonly ranges: Ranges;
  readonly sample?: LogSample;
  /** Raw TCP peers of the web ports, all samples together; undefined: not read. */
  readonly peers?: readonly string[];
  readonly rewrites?: Rewrites;
  readonly exposure?: readonly Exposure[];
}

/** Fewer distinct visitors than this could be chance. */
const SEVERAL = 3;

/** Judges two readings, a log sample and the raw peers by the evidence ladder. */
export function verification(input: VerificationInput): Verification {
  const { before, after, ranges, sample, peers, rewrites, exposure } = input;
  const seconds = (after.takenAt - before.takenAt) / 1000;
  // The window's own readings, nothing older: a rise before it is no evidence now.
  const window: HostMemory = {
    ...(before.module.counters === undefined
      ? {}
      : { counters: { values: before.module.counters, bootId: before.bootId, at: before.takenAt } }),
    ...(input.memory.proof === undefined ? {} : { proof: input.memory.proof }),
  };
  const likely = likelyOf(input);
  const memory = likely.holds ? { ...window, likely: { bootId: after.bootId, at: after.takenAt } } : window;
  const ladder = evidenceLadder(after, memory);
  const level = evidenceLevel(after, memory);
  const proof = ladder.find((rung) => rung.level === 5)?.read.proof;
  const noRanges = ranges.v4.length + ranges.v6.length === 0;
  const direct = noRanges ? [] : (peers ?? []).filter((peer) => classify(peer, ranges) === 'visitor');
  const found = diagnose(before, after, {
    direct,
    ...(sample === undefined ? {} : { sample }),
    ...(rewrites === undefined ? {} : { rewrites }),
    ...(exposure === undefined ? {} : { exposure }),
  });
  const diagnoses = noRanges && !found.some((one) => one.code === 'rangesNotSet') ? [...found, { code: 'rangesNotSet' } as const] : found;
  const deltas = deltasOf(before, after);
  return {
    before,
    after,
    ladder,
    level,
    seconds,
    diagnoses,
    likely,
    verdict: verdictOf(input, level, likely, diagnoses, noRanges),
    canLoad: level === 1 && after.module.file !== undefined,
    ...(deltas === undefined ? {} : { deltas }),
    ...(sample === undefined ? {} : { sample }),
    ...(proof === undefined ? {} : { proof }),
    ...(peers === undefined ? {} : { peers }),
    ...(rewrites === undefined ? {} : { rewrites }),
    ...(exposure === undefined ? {} : { exposure }),
  };
}

function likelyOf({ before, after, ranges, sample, peers, rewrites }: VerificationInput): Likely {
  const raw = new Set(peers);
  const delivered = after.module.loaded && (delta(before, after, DELIVERED) ?? 0) > 0;
  const addresses =
    peers === undefined
      ? []
      : (sample?.top ?? []).map((one) => one.address).filter((address) => classify(address, ranges) === 'visitor' && !raw.has(address));
  // What a header may have brought is no evidence of the module.
  const rewritten =
    rewrites !== undefined && (peers ?? []).some((peer) => classify(peer, ranges) === 'origin' && mayRewrite(rewrites, peer));
  return { holds: delivered && !rewritten && addresses.length >= SEVERAL, delivered, addresses, peers: raw.size };
}

function verdictOf(
  { before, after, sample }: VerificationInput,
  level: EvidenceLevel,
  likely: Likely,
  diagnoses: readonly Diagnosis[],
  noRanges: boolean,
): VerdictCode {
  if (level === 5) return 'arrive';
  if (diagnoses.some((one) => one.code === 'forwardedFor')) return 'forwardedFor';
  if (level < 2)
    return level === 1 ? 'notLoaded' : (sample?.classes.origin ?? 0) > 0 ? 'notArrive' : noRanges ? 'rangesNotSet' : 'nothingYet';
  const received = delta(before, after, RECEIVED) ?? 0;
  if (level === 3 && diagnoses.some((one) => one.code === 'notAsked')) return 'receivedNotAsked';
  if (noRanges) return 'rangesNotSet';
  if (likely.holds) return 'likely';
  const traffic = logsGrew(before, after) || (delta(before, after, 'syn_recv_sock_no_toa') ?? 0) >= SEVERAL;
  if (level === 2 && received === 0) return traffic ? 'loadedNothing' : 'nothingYet';
  // Counters rise, and the log still shows nobody but the scrubbing centre.
  return sample !== undefined && sample.lines > 0 && sample.classes.visitor === 0 && sample.classes.origin > 0 ? 'notArrive' : 'nothingYet';
}

function deltasOf(before: HostFacts, after: HostFacts): Counters | undefined {
  const rows = Object.keys(after.module.counters ?? {}).flatMap((row) => {
    const by = delta(before, after, row);
    return by === undefined ? [] : [[row, by] as const];
  });
  return rows.length === 0 ? undefined : Object.fromEntries(rows);
}
