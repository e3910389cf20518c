import type { Problem, UnsupportedReason } from './problem';

/** Evidence levels of domain.md: what a TOA state is worth. -1: nothing installed. */
export type EvidenceLevel = -1 | 0 | 1 | 2 | 3 | 4 | 5;

/** What was found to have changed since the host was last seen as working. */
export type Drift =
  | { readonly what: 'defaultKernel'; readonly now: string }
  | { readonly what: 'runningKernel'; readonly now: string }
  | { readonly what: 'autoloadMissing' }
  | { readonly what: 'autoloadMode'; readonly now: string }
  | { readonly what: 'autoloadContent' }
  | { readonly what: 'moduleGone' };

/** The TOA state of a host. Made only from what a probe saw; `unknown` and staleness are never dressed as absence. */
export type HostState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'needsSignIn'; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly problem: Problem }
  | { readonly kind: 'unsupported'; readonly reason: UnsupportedReason; readonly system: string }
  | { readonly kind: 'notInstalled'; readonly system: string }
  | { readonly kind: 'awaitingReboot'; readonly release: string; readonly running: string }
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

/** What is remembered of a host between probes (and over editor restarts): never a secret. */
export interface HostMemory {
  /** Highest level ever seen and when; the base of drift. */
  readonly best?: { readonly level: EvidenceLevel; readonly at: number };
  /** Counters at the previous probe with its boot, so that a rise can be told. */
  readonly counters?: { readonly values: Readonly<Record<string, number>>; readonly bootId: string; readonly at: number };
  readonly proof?: Proof & { readonly bootId: string };
}
