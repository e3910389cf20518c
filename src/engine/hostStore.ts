import type { HostFacts } from '../core/facts';
import type { Host } from '../core/host';
import { HostError, problemOf, type OpenSshHop, type Problem } from '../core/problem';
import type { HostMemory, HostState, Proof } from '../core/state';
import { newEntry, stateOf, withFacts, withMemory, withProblem, withWay, type Busy, type Entry } from './hosts/entry';
import { createPool } from './hosts/pool';
import { pause } from './hosts/schedule';
import { addressKey, restored, toStored, type HostStorage } from './hosts/stored';
import type { Clock, Prompts, Transport } from './ports';
import { probeHost } from './probeHost';

export type { Busy } from './hosts/entry';
export type { HostStorage, StoredHosts } from './hosts/stored';

/** What is known of one host, for whoever shows it. */
export interface HostView {
  readonly host: Host;
  readonly state: HostState;
  /** The last state that a probe saw, also while the host cannot be reached. */
  readonly lastState?: HostState;
  readonly facts?: HostFacts;
  readonly memory: HostMemory;
  /** Editor's clock of the last probe that came through, ms since the epoch. */
  readonly probedAt?: number;
  /** What is shown is too old, or of an earlier session of the editor. */
  readonly stale: boolean;
  readonly busy?: Busy;
  readonly lastProblem?: Problem;
  /** Hops that it is reached by through the system's OpenSSH client, as far as they were tried, nearest to us first. */
  readonly byOpenSsh: readonly OpenSshHop[];
}

export interface HostStore {
  views(): readonly HostView[];
  view(hostId: string): HostView | undefined;
  /** The hosts there are now, in their order. What is known of those that stay is kept. */
  setHosts(hosts: readonly Host[]): void;
  /** Probes hosts (undefined: all) by a person's wish, and resolves when all are done. What fails is in the views; it never rejects. */
  refresh(hostIds: readonly string[] | undefined, options: { readonly prompts?: Prompts; readonly signal: AbortSignal }): Promise<void>;
  /** Takes in facts that another flow has read (after an install, a reboot, a verification). */
  record(hostId: string, facts: HostFacts, more?: { readonly likely?: boolean }): void;
  /** Takes in the outcome of an own-address test, made in the boot `bootId`. */
  recordProof(hostId: string, proof: Proof, bootId: string): void;
  /** Takes the host as it is now for its normal state: a return to the original kernel that a person asked for is no drift. */
  accept(hostId: string): void;
  /** Shown as busy and left alone by background probes; undefined: not any more. */
  setBusy(hostId: string, busy: Busy | undefined): void;
  /** Called with the ids that changed, once per turn of the event loop. Returns the unsubscription. */
  onChange(listener: (hostIds: readonly string[]) => void): () => void;
  dispose(): void;
}

export interface HostStoreOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly storage: HostStorage;
  readonly settings: {
    staleAfterMinutes(): number;
    /** 0: no probing in the background, the first probe included. */
    refreshMinutes(): number;
  };
  /** Between 0 and 1; Math.random unless told. */
  readonly random?: () => number;
}

/** Connections at once. Fewer lose badly over long lines, more gain nothing (measured). */
const CONCURRENCY = 32;
const SAVE_AFTER_MS = 2000;
const TICK_MS = 5000;
/** Pause between background probes of a host on which a run goes on. */
const RUNNING_MINUTES = 0.5;

/**
 * Keeps what is known of all hosts, probes them silently in the background (no prompt, no password, no unknown host key)
 * and by hand with prompts. Background work starts with the first `setHosts`.
 */
export function createHostStore(options: HostStoreOptions): HostStore {
  const { transport, clock, storage, settings } = options;
  const random = options.random ?? Math.random;
  const stored = storage.load();
  const closed = new AbortController();
  const pool = createPool(CONCURRENCY);
  const probes = new Map<string, { readonly silent: boolean; readonly done: Promise<void> }>();
  const shownStale = new Map<string, boolean>();
  const listeners = new Set<(hostIds: readonly string[]) => void>();
  const changed = new Set<string>();
  let entries = new Map<string, Entry>();
  let background: Promise<void> | undefined;
  let saving: Promise<void> | undefined;

  const isStale = ({ seen }: Entry): boolean =>
    seen !== undefined && (seen.restored || clock.now() - seen.at > settings.staleAfterMinutes() * 60_000);

  /** One for each probe: hundreds of listeners on a single signal would count as a leak. */
  const ownSignal = (signal?: AbortSignal): AbortSignal =>
    AbortSignal.any(signal === undefined ? [closed.signal] : [signal, closed.signal]);

  function tell(hostId: string): void {
    if (changed.size === 0) queueMicrotask(flush);
    changed.add(hostId);
  }
  function flush(): void {
    const ids = [...changed];
    changed.clear();
    for (const listener of [...listeners]) listener(ids);
  }
  function save(): void {
    saving ??= clock
      .sleep(SAVE_AFTER_MS, closed.signal)
      .catch(() => undefined)
      .then(async () => {
        saving = undefined;
        await storage.save(toStored(entries.values()));
      })
      // A full disk must not end the probing; the next save tries again.
      .catch(() => undefined);
  }

  function change(hostId: string, to: (entry: Entry) => Entry): void {
    const entry = entries.get(hostId);
    // A host that was removed while it was probed does not come back.
    if (entry === undefined) return;
    entries.set(hostId, to(entry));
    tell(hostId);
  }
  function take(hostId: string, facts: HostFacts, byOpenSsh?: readonly OpenSshHop[]): void {
    // What goes on there ends soon, and whoever started it may have gone.
    const minutes = Math.min(settings.refreshMinutes(), facts.record.runInProgress === undefined ? Infinity : RUNNING_MINUTES);
    change(hostId, (entry) => withWay(withFacts(entry, facts, clock.now() + pause(minutes, 0, random)), byOpenSsh));
    save();
  }

  async function probe(hostId: string, prompts: Prompts | undefined, signal: AbortSignal): Promise<void> {
    for (let running = probes.get(hostId); running !== undefined; running = probes.get(hostId)) {
      await running.done;
      // What a silent probe could not do, one that may ask is tried for.
      if (!running.silent || prompts === undefined || entries.get(hostId)?.problem === undefined) return;
    }
    const done = pool(() => probeNow(hostId, prompts, signal), signal)
      .catch(() => undefined)
      .finally(() => probes.delete(hostId));
    probes.set(hostId, { silent: prompts === undefined, done });
    await done;
  }

  async function probeNow(hostId: string, prompts: Prompts | undefined, signal: AbortSignal): Promise<void> {
    const entry = entries.get(hostId);
    if (entry === undefined) return;
    const known = prompts === undefined ? entry.seen?.facts.sudo : undefined;
    let byOpenSsh: readonly OpenSshHop[] | undefined;
    try {
      const session = await transport.connect(entry.host, { signal, ...(prompts === undefined ? {} : { prompts }) });
      byOpenSsh = session.byOpenSsh;
      const facts = await probeHost(session, { as: 'user', clock, signal, ...(known === undefined ? {} : { knownSudo: known }) });
      take(hostId, facts, byOpenSsh);
    } catch (error) {
      const problem = problemOf(error);
      if (error instanceof HostError && error.options.openSsh) byOpenSsh ??= [error.options.openSsh];
      const nextAt = (failures: number): number => clock.now() + pause(settings.refreshMinutes(), failures, random);
      change(hostId, (now) => withWay(withProblem(now, problem, nextAt(now.failures + 1)), byOpenSsh));
    }
  }

  async function keepFresh(): Promise<void> {
    while (!closed.signal.aborted) {
      const now = clock.now();
      for (const entry of entries.values()) {
        const { id } = entry.host;
        const due = entry.automatic && entry.busy === undefined && !probes.has(id) && entry.nextAt <= now;
        if (due && settings.refreshMinutes() > 0) void probe(id, undefined, ownSignal());
        if (shownStale.get(id) !== isStale(entry)) tell(id);
        shownStale.set(id, isStale(entry));
      }
      await clock.sleep(TICK_MS, closed.signal).catch(() => undefined);
    }
  }

  function viewOf(entry: Entry): HostView {
    const { host, seen, memory, busy, problem, byOpenSsh } = entry;
    return {
      host,
      state: stateOf(entry),
      memory,
      byOpenSsh,
      stale: isStale(entry),
      ...(seen === undefined ? {} : { lastState: seen.state, facts: seen.facts, probedAt: seen.at }),
      ...(busy === undefined ? {} : { busy }),
      ...(problem === undefined ? {} : { lastProblem: problem }),
    };
  }

  return {
    views: () => [...entries.values()].map(viewOf),
    view: (hostId) => {
      const entry = entries.get(hostId);
      return entry === undefined ? undefined : viewOf(entry);
    },
    setHosts: (hosts) => {
      const before = entries;
      entries = new Map(
        hosts.map((host) => {
          const old = before.get(host.id);
          if (old !== undefined && addressKey(old.host) === addressKey(host)) {
            return [host.id, { ...old, host, automatic: old.automatic || old.host.user !== host.user }];
          }
          if (old !== undefined) transport.drop(host.id);
          return [host.id, restored(newEntry(host), stored)];
        }),
      );
      for (const id of new Set([...before.keys(), ...entries.keys()])) tell(id);
      background ??= keepFresh();
    },
    refresh: async (hostIds, { prompts, signal }) => {
      await Promise.all((hostIds ?? [...entries.keys()]).map((id) => probe(id, prompts, ownSignal(signal))));
    },
    record: (hostId, facts, more) => {
      take(hostId, facts);
      if (more?.likely === true) change(hostId, (entry) => withMemory(entry, { likely: { bootId: facts.bootId, at: facts.takenAt } }));
    },
    recordProof: (hostId, proof, bootId) => {
      change(hostId, (entry) => withMemory(entry, { proof: { ...proof, bootId } }));
      save();
    },
    accept: (hostId) => {
      // The lowest best there is: what the last facts show becomes the best again.
      change(hostId, (entry) => withMemory(entry, { best: { level: -1, at: clock.now() } }));
      save();
    },
    setBusy: (hostId, busy) => change(hostId, (entry) => ({ ...entry, busy })),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      closed.abort();
      listeners.clear();
    },
  };
}
