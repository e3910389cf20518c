import type { HostFacts } from '../../core/facts';
import type { Host } from '../../core/host';
import type { OpenSshHop, Problem } from '../../core/problem';
import { hostState, type HostMemory, type HostState } from '../../core/state';

/** What a host is busy with, for people: `goal` is a word of ours (`install`, `reboot`, `probe`), `n` of `of` steps. */
export interface Busy {
  readonly goal: string;
  readonly step?: string;
  readonly n?: number;
  readonly of?: number;
}

/** All that is known of one host at a moment. Replaced as a whole, never changed. */
export interface Entry {
  readonly host: Host;
  /** What the last probe that came through showed; undefined: none ever did. */
  readonly seen: Seen | undefined;
  /** Why the latest try failed; undefined: it came through. */
  readonly problem: Problem | undefined;
  readonly busy: Busy | undefined;
  /** Hops that the latest try, or the last connection, took by the system's OpenSSH client. */
  readonly byOpenSsh: readonly OpenSshHop[];
  readonly memory: HostMemory;
  /** Failed tries in a row, for the back-off. */
  readonly failures: number;
  /** False after an authentication that failed or would need a person: only a refresh by hand tries again. */
  readonly automatic: boolean;
  /** When the background may probe next, ms since the epoch. */
  readonly nextAt: number;
}

export interface Seen {
  readonly state: HostState;
  readonly facts: HostFacts;
  readonly at: number;
  /** It was seen in an earlier session of the editor. */
  readonly restored: boolean;
}

export const newEntry = (host: Host): Entry => ({
  host,
  seen: undefined,
  problem: undefined,
  busy: undefined,
  byOpenSsh: [],
  memory: {},
  failures: 0,
  automatic: true,
  nextAt: 0,
});

/** The entry after a probe that came through. */
export function withFacts(entry: Entry, facts: HostFacts, nextAt: number): Entry {
  const { state, memory } = hostState(facts, entry.memory, facts.takenAt);
  // A probe to which rpm did not answer shows nothing new: the state stays what it was, and as old as it was.
  const last = state.kind === 'unknown' && entry.seen?.state.kind !== 'running' ? entry.seen : undefined;
  const seen = { state: last?.state ?? state, facts, at: last?.at ?? facts.takenAt, restored: false };
  return { ...entry, seen, memory, problem: undefined, failures: 0, automatic: true, nextAt };
}

/** The entry with something else to remember, and what its last facts mean then. */
export function withMemory(entry: Entry, change: HostMemory): Entry {
  const changed = { ...entry.memory, ...change };
  if (entry.seen === undefined) return { ...entry, memory: changed };
  const { state, memory } = hostState(entry.seen.facts, changed, entry.seen.at);
  return { ...entry, memory, seen: { ...entry.seen, state: state.kind === 'unknown' ? entry.seen.state : state } };
}

/** The entry after a probe that failed; a cancelled one tells nothing. */
export function withProblem(entry: Entry, problem: Problem, nextAt: number): Entry {
  if (problem.code === 'cancelled') return entry;
  return { ...entry, problem, failures: entry.failures + 1, automatic: !isSignIn(problem), nextAt };
}

/** The entry with what was learnt of the way to it; undefined: nothing. */
export const withWay = (entry: Entry, byOpenSsh: readonly OpenSshHop[] | undefined): Entry =>
  byOpenSsh === undefined ? entry : { ...entry, byOpenSsh };

/** The state to show: why the host cannot be probed comes before what it was. */
export function stateOf(entry: Entry): HostState {
  if (entry.problem === undefined) return entry.seen?.state ?? { kind: 'unknown' };
  return { kind: isSignIn(entry.problem) ? 'needsSignIn' : 'unreachable', problem: entry.problem };
}

/** A person must act before this host can be reached; trying on would only count as attacks in its logs. */
const isSignIn = (problem: Problem): boolean =>
  problem.code === 'needsSignIn' || problem.code === 'authFailed' || problem.code === 'hostKeyUnknown';
