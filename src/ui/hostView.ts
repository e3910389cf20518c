import type { HostFacts } from '../core/facts';
import type { Host } from '../core/host';
import type { Problem } from '../core/problem';
import type { HostMemory, HostState } from '../core/state';

/** What the tree needs of one host. */
export interface HostView {
  readonly host: Host;
  readonly state: HostState;
  readonly facts?: HostFacts | undefined;
  readonly memory: HostMemory;
  /** ms since the epoch; undefined: never. */
  readonly probedAt?: number | undefined;
  readonly stale: boolean;
  readonly busy?: Busy | undefined;
  readonly lastProblem?: Problem | undefined;
}

export interface Busy {
  readonly goal: string;
  readonly step?: string | undefined;
  readonly n?: number | undefined;
  readonly of?: number | undefined;
}
