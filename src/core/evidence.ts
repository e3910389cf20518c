import type { Counters, HostFacts } from './facts';
import type { CounterReading, EvidenceLevel, HostMemory, Proof } from './state';
import { isToaRelease } from './vendor';

/** Counter rows of the module that evidence rests on. */
export const RECEIVED = 'syn_recv_sock_toa';
export const DELIVERED = 'getname_toa_ok';

/** A counter between two readings of the same boot. */
export interface Rise {
  readonly by: number;
  readonly seconds: number;
  readonly perMinute: number;
}

/** What a rung of the ladder was read from. */
export type Rung =
  | { readonly level: 0; readonly reached: boolean; readonly read: { readonly installed: readonly string[] } }
  | { readonly level: 1; readonly reached: boolean; readonly read: { readonly running: string; readonly bootId: string } }
  | {
      readonly level: 2;
      readonly reached: boolean;
      readonly read: { readonly loaded: boolean; readonly lookalikes: readonly string[]; readonly moduleFile?: string };
    }
  | {
      readonly level: 3 | 4;
      readonly reached: boolean;
      readonly read: {
        readonly counter: string;
        readonly readable: HostFacts['module']['countersReadable'];
        readonly value?: number;
        /** undefined: there is no earlier reading of this boot to compare with. */
        readonly rise?: Rise;
      };
    }
  | { readonly level: 5; readonly reached: boolean; readonly read: { readonly proof?: Proof; readonly likely: boolean } };

/**
 * The evidence ladder, level by level, with what was read for each. `memory` is what is remembered of the host, from
 * before or after `hostState` took these facts in.
 */
export function evidenceLadder(facts: HostFacts, memory: HostMemory): readonly Rung[] {
  const { kernel, module } = facts;
  const installed = kernel.installed.map((one) => one.release).filter(isToaRelease);
  const booted = isToaRelease(kernel.running);
  const loaded = booted && module.loaded;
  const proof = heldProof(facts, memory);
  return [
    { level: 0, reached: installed.length > 0, read: { installed } },
    { level: 1, reached: booted, read: { running: kernel.running, bootId: facts.bootId } },
    {
      level: 2,
      reached: loaded,
      read: { loaded: module.loaded, lookalikes: module.lookalikes, ...(module.file === undefined ? {} : { moduleFile: module.file }) },
    },
    counterRung(3, RECEIVED, facts, memory),
    counterRung(4, DELIVERED, facts, memory),
    { level: 5, reached: proof !== undefined, read: { likely: isLikely(facts, memory), ...(proof === undefined ? {} : { proof }) } },
  ];
}

/** The highest level that holds; a higher rung counts only on the lower ones, except that delivering implies receiving. */
export function evidenceLevel(facts: HostFacts, memory: HostMemory): EvidenceLevel {
  const reached = new Set(evidenceLadder(facts, memory).flatMap((rung) => (rung.reached ? [rung.level] : [])));
  if (!reached.has(1)) return reached.has(0) ? 0 : -1;
  if (!reached.has(2)) return 1;
  return reached.has(5) ? 5 : reached.has(4) ? 4 : reached.has(3) ? 3 : 2;
}

/** The proof, as long as it is of this boot and the module still counts on from it. */
export function heldProof(facts: HostFacts, memory: HostMemory): Proof | undefined {
  if (memory.proof === undefined || memory.proof.bootId !== facts.bootId || !facts.module.loaded) return undefined;
  const earlier = memory.counters;
  return earlier !== undefined && earlier.bootId === facts.bootId && fellBack(earlier.values, facts.module.counters)
    ? undefined
    : memory.proof;
}

/** Logged visitors were seen that were no raw peers, in this boot. */
export const isLikely = (facts: HostFacts, memory: HostMemory): boolean =>
  facts.module.loaded && memory.likely !== undefined && memory.likely.bootId === facts.bootId;

/** How far a counter rose since the reading that `reference` chooses; undefined: nothing to compare with. */
export function riseOf(counter: string, facts: HostFacts, memory: HostMemory): Rise | undefined {
  const reference = referenceReading(facts, memory);
  if (reference === undefined) return undefined;
  return rise(counter, reference, { values: facts.module.counters ?? {}, at: facts.takenAt });
}

/** A counter's rise between two readings, rates per minute rounded to a tenth (at least 0.1 where it rose). */
export function rise(
  counter: string,
  before: Pick<CounterReading, 'values' | 'at'>,
  after: Pick<CounterReading, 'values' | 'at'>,
): Rise | undefined {
  const [from, to] = [before.values[counter], after.values[counter]];
  const seconds = (after.at - before.at) / 1000;
  if (from === undefined || to === undefined || seconds <= 0) return undefined;
  const by = to - from;
  return { by, seconds, perMinute: by <= 0 ? 0 : Math.max(0.1, Math.round((by / seconds) * 600) / 10) };
}

/** Two refreshes a second apart must not make a busy host look idle: the newest reading at least this old is compared with. */
const SETTLED_MS = 60_000;

/** The earlier reading that a rise is told from: of this boot, not of a module that was loaded anew since. */
export function referenceReading(facts: HostFacts, memory: HostMemory): CounterReading | undefined {
  const counters = facts.module.counters;
  if (counters === undefined) return undefined;
  const usable = [memory.counters, memory.earlier].filter(
    (reading): reading is CounterReading =>
      reading !== undefined && reading.bootId === facts.bootId && reading.at < facts.takenAt && !fellBack(reading.values, counters),
  );
  return usable.find((reading) => facts.takenAt - reading.at >= SETTLED_MS) ?? usable.at(-1);
}

/** Counters only fall when the module was loaded anew. */
const fellBack = (before: Counters, after: Counters | undefined): boolean =>
  after !== undefined && [RECEIVED, DELIVERED].some((counter) => (after[counter] ?? 0) < (before[counter] ?? 0));

function counterRung(level: 3 | 4, counter: string, facts: HostFacts, memory: HostMemory): Rung {
  const value = facts.module.counters?.[counter];
  const since = riseOf(counter, facts, memory);
  return {
    level,
    reached: isToaRelease(facts.kernel.running) && facts.module.loaded && (since?.by ?? 0) > 0,
    read: {
      counter,
      readable: facts.module.countersReadable,
      ...(value === undefined ? {} : { value }),
      ...(since === undefined ? {} : { rise: since }),
    },
  };
}
