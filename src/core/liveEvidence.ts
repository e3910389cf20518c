import { DELIVERED, RECEIVED } from './evidence';
import type { HostFacts, Listener, ModuleFacts } from './facts';
import { parseModule } from './probe/kernel';
import { linesOf, lineOf, type Sections } from './probe/sections';
import { parseListeners } from './probe/sockets';

/** One reading of `watch-evidence.sh`. */
export interface EvidenceReading {
  /** Editor's clock, ms since the epoch. */
  readonly at: number;
  readonly bootId: string;
  readonly module: Pick<ModuleFacts, 'loaded' | 'lookalikes' | 'counters' | 'countersReadable'>;
  readonly listeners: readonly LiveListener[];
}

export interface LiveListener extends Listener {
  /** Established connections of its port, of all addresses together. */
  readonly connections: number;
}

/** The first and the last reading of a window in which nothing was lost: one boot, one load of the module. */
export interface EvidenceWindow {
  readonly first: EvidenceReading;
  readonly last: EvidenceReading;
}

/** Reads the sections of one reading; undefined: it is not whole. `ports`: those that were asked for. */
export function readingOf(sections: Sections, at: number, ports: ReadonlySet<number>): EvidenceReading | undefined {
  const bootId = lineOf(sections, 'boot');
  if (bootId === undefined) return undefined;
  const connections = new Map(
    linesOf(sections, 'listeners', 3000).flatMap((line) => {
      const [, port = '', count = ''] = /^connections ([0-9A-F]{4}) (\d{1,9})$/.exec(line) ?? [];
      return port === '' ? [] : [[Number.parseInt(port, 16), Number(count)] as const];
    }),
  );
  const { loaded, lookalikes, counters, countersReadable } = parseModule(sections);
  return {
    at,
    bootId,
    module: { loaded, lookalikes, countersReadable, ...(counters === undefined ? {} : { counters }) },
    listeners: parseListeners(sections, ports).map((one) => ({ ...one, connections: connections.get(one.port) ?? 0 })),
  };
}

/** Length of the window: the log's lines are known by the second for the latest minute, and the last reading is some seconds old. */
const WINDOW_MS = 50_000;
/** A pause between readings after which the window begins anew. */
const LONGEST_PAUSE_MS = 20_000;

/** Readings with the next one, as far back as the window goes; those of another boot or load are left out. */
export function withReading(readings: readonly EvidenceReading[], next: EvidenceReading): readonly EvidenceReading[] {
  const last = readings.at(-1);
  const goesOn = last !== undefined && next.at - last.at <= LONGEST_PAUSE_MS && sameLoad(last, next);
  const kept = goesOn ? readings : [];
  // One older than the window stays, so that the window is whole.
  const from = kept.findLastIndex(({ at }) => at <= next.at - WINDOW_MS);
  return [...kept.slice(Math.max(0, from)), next];
}

/** What the readings span; undefined: there are not yet two, or the last one is too old to be told as now. */
export function windowOf(readings: readonly EvidenceReading[], now: number): EvidenceWindow | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || first === last || now - last.at > LONGEST_PAUSE_MS) return undefined;
  return { first, last };
}

/** How far a counter rose in a window; undefined: it was not read. */
export function riseIn({ first, last }: EvidenceWindow, counter: string): number | undefined {
  const [from, to] = [first.module.counters?.[counter], last.module.counters?.[counter]];
  return from === undefined || to === undefined ? undefined : to - from;
}

/** Facts as the last reading has them; undefined: it is of another boot, and a probe has to tell the rest. */
export function factsNow(facts: HostFacts, { last }: EvidenceWindow): HostFacts | undefined {
  if (last.bootId !== facts.bootId) return undefined;
  const { file } = facts.module;
  const module = { ...(file === undefined ? {} : { file }), ...last.module };
  return { ...facts, takenAt: last.at, module, listeners: last.listeners };
}

/** Counters only fall when the module was loaded anew. */
function sameLoad({ bootId, module }: EvidenceReading, next: EvidenceReading): boolean {
  const fell = [RECEIVED, DELIVERED].some((counter) => (next.module.counters?.[counter] ?? 0) < (module.counters?.[counter] ?? 0));
  return bootId === next.bootId && module.loaded === next.module.loaded && !fell;
}
