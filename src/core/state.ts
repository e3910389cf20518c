import { driftOf, isUndone } from './drift';
import { DELIVERED, evidenceLevel, heldProof, isLikely, RECEIVED, referenceReading, riseOf } from './evidence';
import type { HostFacts, RunRecord } from './facts';
import type { Problem, UnsupportedReason } from './problem';
import { support } from './support';
import type { ReturnReason, TrialFacts } from './trial';
import { isToaRelease } from './vendor';

/** Evidence levels of domain.md: what a TOA state is worth. -1: nothing installed. */
export type EvidenceLevel = -1 | 0 | 1 | 2 | 3 | 4 | 5;

/** What was found to have changed since the host was last seen as working. */
export type Drift =
  | { readonly what: 'defaultKernel'; readonly now: string }
  | { readonly what: 'runningKernel'; readonly now: string }
  | { readonly what: 'autoloadMissing' }
  | { readonly what: 'autoloadMode'; readonly now: string }
  /** Lines that end in CR LF, or a first line that is not `#!` from the first byte on: the kernel cannot run it. */
  | { readonly what: 'autoloadEndings' }
  | { readonly what: 'autoloadFirstLine' }
  | { readonly what: 'autoloadContent' }
  /** The module is not loaded any more; its file is not there any more. */
  | { readonly what: 'moduleGone' }
  | { readonly what: 'moduleFileGone' }
  /** The kernel to go back to is not installed any more: yum spares only the running one. */
  | { readonly what: 'originalGone'; readonly was: string };

/** The TOA state of a host. Made only from what a probe saw; `unknown` and staleness are never dressed as absence. */
export type HostState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'needsSignIn'; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly problem: Problem }
  | { readonly kind: 'unsupported'; readonly reason: UnsupportedReason; readonly system: string }
  /** A run changes the host now, whoever started it. */
  | { readonly kind: 'running'; readonly run: RunRecord }
  /** A run was cut off, and nothing has put right since what it left. */
  | { readonly kind: 'interrupted'; readonly run: RunRecord }
  | { readonly kind: 'notInstalled'; readonly system: string }
  /** The install was taken back; the TOA kernel is still installed, or even running until the next boot. */
  | { readonly kind: 'undone'; readonly release: string; readonly running: string }
  /** `returned`: the latest trial of it ended with the original kernel. */
  | { readonly kind: 'awaitingReboot'; readonly release: string; readonly running: string; readonly returned?: ReturnReason }
  /** The TOA kernel runs, but is not lasting yet. `returnsAt`: when the guard returns (editor's clock, ms); undefined: it stays up, without being the default. */
  | { readonly kind: 'trial'; readonly release: string; readonly original: string; readonly loaded: boolean; readonly returnsAt?: number }
  | { readonly kind: 'notLoaded'; readonly release: string; readonly moduleFile?: string }
  | { readonly kind: 'loaded'; readonly counters: 'flat' | 'unread' | 'first' }
  | { readonly kind: 'receiving'; readonly perMinute: number }
  | { readonly kind: 'delivering'; readonly perMinute: number; readonly likely: boolean }
  | { readonly kind: 'proven'; readonly proof: Proof }
  | { readonly kind: 'drifted'; readonly drift: readonly Drift[]; readonly was: EvidenceLevel; readonly wasAt: number };

export type HostStateKind = HostState['kind'];

/** The outcome of an own-address test: level 5. */
export interface Proof {
  readonly address: string;
  readonly log: string;
  readonly peer: string;
  readonly at: number;
}

/** The module's counters at one probe. */
export interface CounterReading {
  readonly values: Readonly<Record<string, number>>;
  readonly bootId: string;
  readonly at: number;
}

/** What is remembered of a host between probes (and over editor restarts): never a secret. */
export interface HostMemory {
  /** Highest level ever seen and when it was last seen; the base of drift. */
  readonly best?: { readonly level: EvidenceLevel; readonly at: number };
  /** Counters at the latest probe, so that a rise can be told. */
  readonly counters?: CounterReading;
  /** The reading that the latest probe was compared with. */
  readonly earlier?: CounterReading;
  readonly proof?: Proof & { readonly bootId: string };
  /** Visitors were seen in the log that were nobody's raw peer; holds for one boot. */
  readonly likely?: { readonly bootId: string; readonly at: number };
}

/**
 * The state that a probe shows, and what is to be remembered for the next one. `now` is the editor's clock in ms; a
 * level that holds now is remembered with it.
 */
export function hostState(facts: HostFacts, memory: HostMemory, now: number): { readonly state: HostState; readonly memory: HostMemory } {
  const able = support(facts);
  const level = evidenceLevel(facts, memory);
  const next = remember(facts, memory, level, now);
  if ('reason' in able) return { state: { kind: 'unsupported', ...able }, memory: next };
  const { trial } = facts;
  if (trial !== undefined && facts.kernel.running === trial.release && (trial.state === 'armed' || trial.state === 'kept')) {
    // What returns by itself has not drifted: a trial is no level to fall back from.
    const { best, ...others } = { ...next, best: memory.best };
    return { state: trialState(facts, trial), memory: best === undefined ? others : { ...others, best } };
  }
  const { runInProgress, interrupted } = facts.record;
  if (runInProgress !== undefined) return { state: { kind: 'running', run: runInProgress }, memory: next };
  if (interrupted !== undefined) return { state: { kind: 'interrupted', run: interrupted }, memory: next };
  if (isUndone(facts) && level >= 0) {
    const release = facts.kernel.installed.findLast((one) => isToaRelease(one.release))?.release ?? facts.kernel.running;
    // What was before is no measure any more for what comes.
    return { state: { kind: 'undone', release, running: facts.kernel.running }, memory: { ...next, best: { level: -1, at: now } } };
  }
  const best = baseOfDrift(facts, next.best ?? { level, at: now });
  const drift = driftOf(facts, able.row, best.level);
  if (drift.length > 0) return { state: { kind: 'drifted', drift, was: best.level, wasAt: best.at }, memory: next };
  if (isUntold(facts, level)) return { state: { kind: 'unknown' }, memory: next };
  return { state: stateAt(level, facts, memory), memory: next };
}

/** What the host must not have moved away from: what this editor saw at best, or what any editor has confirmed there. */
function baseOfDrift({ record, takenAt, hostTime }: HostFacts, seen: NonNullable<HostMemory['best']>): NonNullable<HostMemory['best']> {
  const { confirmed } = record;
  return confirmed === undefined || seen.level >= CONFIRMED ? seen : { level: CONFIRMED, at: confirmed.at + takenAt - hostTime };
}
/** A confirmation needs the module loaded. */
const CONFIRMED = 2;

/** While a kernel is on trial that comes before what is known of the module: somebody has to decide. */
function trialState({ module, uptimeSeconds, takenAt }: HostFacts, { release, original, returnsAtUptime }: TrialFacts): HostState {
  const returnsAt = returnsAtUptime === undefined ? undefined : takenAt + Math.round((returnsAtUptime - uptimeSeconds) * 1000);
  return { kind: 'trial', release, original, loaded: module.loaded, ...(returnsAt === undefined ? {} : { returnsAt }) };
}

/** Below a running TOA kernel only rpm can tell whether one is installed; where it did not answer, absent is not known. */
const isUntold = (facts: HostFacts, level: EvidenceLevel): boolean => level === -1 && !facts.kernel.packagesRead;

function stateAt(level: EvidenceLevel, facts: HostFacts, memory: HostMemory): HostState {
  const { kernel, module } = facts;
  const proof = heldProof(facts, memory);
  const release = kernel.installed.findLast((one) => isToaRelease(one.release))?.release ?? '';
  switch (level) {
    case -1:
      return { kind: 'notInstalled', system: facts.system.name };
    case 0:
      return {
        kind: 'awaitingReboot',
        release,
        running: kernel.running,
        ...(facts.trial?.state === 'returned' && facts.trial.reason !== undefined ? { returned: facts.trial.reason } : {}),
      };
    case 1:
      return { kind: 'notLoaded', release: kernel.running, ...(module.file === undefined ? {} : { moduleFile: module.file }) };
    case 3:
      return { kind: 'receiving', perMinute: riseOf(RECEIVED, facts, memory)?.perMinute ?? 0 };
    case 4:
      return { kind: 'delivering', perMinute: riseOf(DELIVERED, facts, memory)?.perMinute ?? 0, likely: isLikely(facts, memory) };
    case 2:
    case 5:
      return proof === undefined ? { kind: 'loaded', counters: countersOf(facts, memory) } : { kind: 'proven', proof };
  }
}

function countersOf(facts: HostFacts, memory: HostMemory): 'flat' | 'unread' | 'first' {
  if (facts.module.counters === undefined) return 'unread';
  return referenceReading(facts, memory) === undefined ? 'first' : 'flat';
}

function remember(facts: HostFacts, memory: HostMemory, level: EvidenceLevel, now: number): HostMemory {
  const counters =
    facts.module.counters === undefined ? undefined : { values: facts.module.counters, bootId: facts.bootId, at: facts.takenAt };
  const earlier = referenceReading(facts, memory);
  const best = isUntold(facts, level) || (memory.best !== undefined && memory.best.level > level) ? memory.best : { level, at: now };
  const proof = memory.proof !== undefined && heldProof(facts, memory) !== undefined ? memory.proof : undefined;
  return {
    ...(best === undefined ? {} : { best }),
    ...(counters === undefined ? {} : { counters }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(proof === undefined ? {} : { proof }),
    ...(memory.likely !== undefined && isLikely(facts, memory) ? { likely: memory.likely } : {}),
  };
}
