import type { LineStore } from './logBufferStore';
import type { LogLines } from './logLines';

/** One of the logs that are merged. */
export interface MergeSource {
  readonly store: LineStore;
  /** ms since the epoch by the editor's clock; undefined: the line tells none, and stands behind the one before it. */
  readonly timeOf: (bytes: Buffer, code: number) => number | undefined;
  /** Its first lines are still to come. */
  readonly starting: () => boolean;
}

/** Several logs as one, in the order of their times. */
export interface LogMerge extends LogLines {
  /** Takes in what the logs have gained and dropped; `now` in ms, of any steady clock. */
  take(now: number): void;
  /** Lines dropped for the limits, of those that were shown. */
  readonly dropped: number;
}

/** More hosts than a person can tell apart by colour. */
export const MOST_SOURCES = 32;

/** A line waits this long for earlier ones of the other hosts, which may be under way. */
const HOLD_MS = 1000;
/** When a panel opens, hosts connect at different speeds, and each brings older lines. */
const START_HOLD_MS = 6000;
/** Logs tell times in whole seconds: this much out of order is none. */
const LATE_MS = 1000;

interface Pending {
  readonly key: number;
  readonly line: number;
  readonly arrived: number;
}

/**
 * Merges logs. Each log's own order stays; a line waits until every other log has brought a later one, or for a second.
 * One that comes later still is put at the end and marked as late: nothing moves that a person may be reading.
 */
export function logMerge(sources: readonly MergeSource[], limit: number): LogMerge {
  const queues = sources.map((source) => ({ source, lines: [] as Pending[], next: 0, seen: source.store.first, key: 0 }));
  /** Lines in their order, each as line × 64 + source × 2 + late. */
  let order: number[] = [];
  let [gone, skipped, lastKey] = [0, 0, 0];
  const looked = sources.map(() => 0);
  let started: number | undefined;

  const gather = (now: number): void => {
    for (const queue of queues) {
      const { store, timeOf } = queue.source;
      for (queue.seen = Math.max(queue.seen, store.first); queue.seen < store.end; queue.seen++) {
        const found = store.get(queue.seen);
        if (found === undefined) continue;
        queue.key = Math.max(queue.key, timeOf(found.bytes, found.code) ?? queue.key);
        queue.lines.push({ key: queue.key, line: queue.seen, arrived: now });
      }
    }
  };

  const release = (now: number): void => {
    const hold = sources.some((source) => source.starting()) && now - (started ?? now) < START_HOLD_MS ? START_HOLD_MS : HOLD_MS;
    for (;;) {
      let best: (typeof queues)[number] | undefined;
      let complete = true;
      for (const queue of queues) {
        const head = queue.lines[queue.next];
        if (head === undefined) complete = false;
        else if (best === undefined || head.key < (best.lines[best.next]?.key ?? 0)) best = queue;
      }
      const head = best?.lines[best.next];
      if (best === undefined || head === undefined || (!complete && now - head.arrived < hold)) break;
      best.next++;
      const late = head.key < lastKey - LATE_MS;
      lastKey = Math.max(lastKey, head.key);
      order.push(head.line * 64 + queues.indexOf(best) * 2 + (late ? 1 : 0));
    }
    for (const queue of queues) {
      if (queue.next < 4096 && queue.next < queue.lines.length) continue;
      queue.lines = queue.lines.slice(queue.next);
      queue.next = 0;
    }
  };

  /** Rows end where any of the logs has dropped lines, so that none is missing in between. */
  const shed = (): void => {
    skipped = Math.max(skipped, order.length - limit);
    queues.forEach(({ source: { store } }, of) => {
      let at = looked[of] ?? 0;
      for (; at < order.length; at++) {
        const entry = order[at] ?? 0;
        if (sourceOf(entry) !== of) continue;
        if (lineOf(entry) >= store.first) break;
        skipped = Math.max(skipped, at + 1);
      }
      looked[of] = at;
    });
    if (skipped <= 10_000) return;
    order = order.slice(skipped);
    looked.forEach((at, of) => (looked[of] = Math.max(0, at - skipped)));
    [gone, skipped] = [gone + skipped, 0];
  };

  return {
    get first() {
      return gone + skipped;
    },
    get end() {
      return gone + order.length;
    },
    get dropped() {
      return gone + skipped;
    },
    take: (now) => {
      started ??= now;
      gather(now);
      release(now);
      shed();
    },
    get: (row) => {
      const entry = row < gone + skipped ? undefined : order[row - gone];
      const found = entry === undefined ? undefined : sources[sourceOf(entry)]?.store.get(lineOf(entry));
      return entry === undefined || found === undefined ? undefined : { ...found, source: sourceOf(entry), late: entry % 2 === 1 };
    },
  };
}

const lineOf = (entry: number): number => Math.floor(entry / 64);
const sourceOf = (entry: number): number => Math.floor((entry % 64) / 2);
