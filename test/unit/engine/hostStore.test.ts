import { afterEach, describe, expect, it, vi } from 'vitest';
import { hostId, type Host } from '../../../src/core/host';
import { HostError, type Problem } from '../../../src/core/problem';
import { systemClock } from '../../../src/engine/clock';
import { createHostStore, type HostStore, type StoredHosts } from '../../../src/engine/hostStore';
import { createPool } from '../../../src/engine/hosts/pool';
import { pause } from '../../../src/engine/hosts/schedule';
import type { Clock, Prompts, Transport } from '../../../src/engine/ports';
import { localSession } from './localSession';

const host = (name: string, more: Partial<Host> = {}): Host => ({
  id: hostId('settings', name),
  name,
  source: 'settings',
  logs: [],
  ...more,
});
const prompts = {} as Prompts;
const signal = new AbortController().signal;

/** A transport whose far end is a shell of this machine, or a problem; it keeps count. */
function transport(answer: (host: Host, asked: boolean) => Problem | undefined = () => undefined): Transport & {
  readonly tries: { readonly name: string; readonly silent: boolean }[];
  readonly dropped: string[];
} {
  const tries: { name: string; silent: boolean }[] = [];
  const dropped: string[] = [];
  return {
    tries,
    dropped,
    connect: (to, options) => {
      tries.push({ name: to.name, silent: options.prompts === undefined });
      const problem = answer(to, options.prompts !== undefined);
      return problem === undefined ? Promise.resolve({ ...localSession(), host: to }) : Promise.reject(new HostError(problem, to.name));
    },
    drop: (id) => dropped.push(id),
    dispose: () => undefined,
  };
}

/** Time that a test moves; whoever sleeps wakes when it has passed. */
function testClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 1_000_000_000;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    elapsed: () => now,
    sleep: (ms, aborted) =>
      new Promise((resolve, reject) => {
        const wake = (): void => {
          aborted?.removeEventListener('abort', leave);
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        const leave = (): void => {
          sleepers.delete(sleeper);
          reject(new DOMException('aborted', 'AbortError'));
        };
        aborted?.addEventListener('abort', leave);
        sleepers.add(sleeper);
      }),
    pass: async (ms) => {
      for (const end = now + ms; now < end;) {
        now = Math.min(end, now + 1000);
        for (const sleeper of [...sleepers].filter((one) => one.at <= now)) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
        await new Promise(setImmediate);
      }
    },
  };
}

const stores: HostStore[] = [];
afterEach(() => stores.splice(0).forEach((store) => store.dispose()));

function build(to: Transport, options: { clock?: Clock; stored?: unknown; refreshMinutes?: number } = {}) {
  const saved: StoredHosts[] = [];
  const store = createHostStore({
    transport: to,
    clock: options.clock ?? systemClock,
    storage: { load: () => options.stored, save: (stored) => Promise.resolve(void saved.push(stored)) },
    settings: { staleAfterMinutes: () => 15, refreshMinutes: () => options.refreshMinutes ?? 10 },
    random: () => 0.5,
  });
  stores.push(store);
  return { store, saved, changes: watch(store) };
}
function watch(store: HostStore): string[][] {
  const changes: string[][] = [];
  store.onChange((ids) => changes.push([...ids]));
  return changes;
}
const kindOf = (store: HostStore, name: string): string | undefined => store.view(hostId('settings', name))?.state.kind;
const settled = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

describe('background', () => {
  it('probes each host once, silently, and tells what changed', async () => {
    const to = transport();
    const { store, changes } = build(to);
    store.setHosts([host('a'), host('b')]);
    expect(kindOf(store, 'a')).toBe('unknown');
    await settled(() => expect(store.views().map((view) => view.facts?.system.id)).toEqual(['debian', 'debian']));
    expect(store.views().every((view) => view.probedAt !== undefined && !view.stale)).toBe(true);
    expect(to.tries).toEqual([
      { name: 'a', silent: true },
      { name: 'b', silent: true },
    ]);
    expect(changes.flat()).toEqual(expect.arrayContaining([hostId('settings', 'a'), hostId('settings', 'b')]));
  });

  it('a failed sign-in ends the tries until a person refreshes; a dead host is asked more and more rarely', async () => {
    const clock = testClock();
    const to = transport((one, asked) =>
      one.name === 'locked'
        ? asked
          ? undefined
          : { code: 'authFailed', user: 'x', tried: [] }
        : { code: 'connectTimeout', address: 'x', seconds: 1, phase: 'tcp' },
    );
    const { store } = build(to, { clock });
    store.setHosts([host('locked'), host('down')]);
    await clock.pass(3_600_000);
    const silent = (name: string): number => to.tries.filter((one) => one.name === name && one.silent).length;
    expect(silent('locked')).toBe(1);
    // 1, 2, 4, 8, 16, 30 minutes apart.
    expect(silent('down')).toBe(6);
    expect([kindOf(store, 'locked'), kindOf(store, 'down')]).toEqual(['needsSignIn', 'unreachable']);
    await store.refresh([hostId('settings', 'locked')], { prompts, signal });
    expect(store.view(hostId('settings', 'locked'))).toMatchObject({ lastState: { kind: 'unsupported' } });
    await clock.pass(11 * 60_000);
    expect(silent('locked')).toBe(2);
  });

  it('leaves a busy host alone', async () => {
    const clock = testClock();
    const to = transport(() => ({ code: 'connectTimeout', address: 'x', seconds: 1, phase: 'tcp' }));
    const { store } = build(to, { clock });
    store.setHosts([host('a')]);
    await clock.pass(1000);
    store.setBusy(hostId('settings', 'a'), { goal: 'install', n: 2, of: 9 });
    const before = to.tries.length;
    await clock.pass(600_000);
    expect(to.tries.length).toBe(before);
    expect(store.view(hostId('settings', 'a'))?.busy).toEqual({ goal: 'install', n: 2, of: 9 });
    store.setBusy(hostId('settings', 'a'), undefined);
    expect(store.view(hostId('settings', 'a'))).not.toHaveProperty('busy');
    await clock.pass(600_000);
    expect(to.tries.length).toBeGreaterThan(before);
  });
});

describe('what is known', () => {
  it('survives a restart as stale, and belongs to one address', async () => {
    const first = build(transport());
    first.store.setHosts([host('a', { address: '192.0.2.1' })]);
    await first.store.refresh(undefined, { signal });
    await settled(() => expect(first.saved.length).toBeGreaterThan(0));
    const stored: unknown = JSON.parse(JSON.stringify(first.saved.at(-1)));
    const down = transport(() => ({ code: 'connectFailed', address: 'x', reason: 'refused', phase: 'tcp' }));
    const second = build(down, { stored });
    second.store.setHosts([host('a', { address: '192.0.2.1' }), host('b')]);
    expect(second.store.view(hostId('settings', 'a'))).toMatchObject({ stale: true, state: { kind: 'unsupported' } });
    await settled(() => expect(kindOf(second.store, 'a')).toBe('unreachable'));
    expect(second.store.view(hostId('settings', 'a'))).toMatchObject({
      stale: true,
      lastState: { kind: 'unsupported' },
      facts: { system: { id: 'debian' } },
    });
    second.store.setHosts([host('a', { address: '192.0.2.99' })]);
    expect(second.store.view(hostId('settings', 'a'))).not.toHaveProperty('facts');
    expect(down.dropped).toEqual([hostId('settings', 'a')]);
  });

  it.each([undefined, null, 7, 'x', {}, { version: 2, hosts: {} }, { version: 1, hosts: {} }])(
    'starts with %j in the storage',
    (stored) => {
      const { store } = build(transport(), { stored });
      store.setHosts([host('a')]);
      expect(kindOf(store, 'a')).toBe('unknown');
    },
  );

  it('connects to nothing by itself where a person switched that off', async () => {
    const clock = testClock();
    const to = transport();
    const { store } = build(to, { clock, refreshMinutes: 0 });
    store.setHosts([host('a')]);
    await clock.pass(60 * 60_000);
    expect(kindOf(store, 'a')).toBe('unknown');
    await store.refresh(undefined, { signal });
    expect(kindOf(store, 'a')).toBe('unsupported');
  });

  it('becomes stale by time', async () => {
    const clock = testClock();
    const { store, changes } = build(transport(), { clock, refreshMinutes: 1440 });
    store.setHosts([host('a')]);
    await settled(() => expect(kindOf(store, 'a')).toBe('unsupported'));
    changes.length = 0;
    await clock.pass(16 * 60_000);
    expect(store.view(hostId('settings', 'a'))?.stale).toBe(true);
    expect(changes.flat()).toContain(hostId('settings', 'a'));
  });

  it('keeps a host that a person removed while it was probed away', async () => {
    const { store } = build(transport());
    store.setHosts([host('a')]);
    const done = store.refresh(undefined, { signal });
    store.setHosts([]);
    await done;
    expect(store.views()).toEqual([]);
  });
});

describe('refresh by hand', () => {
  it('asks where the background could not, and one probe serves all who wait for it', async () => {
    const to = transport((_host, asked) => (asked ? undefined : { code: 'needsSignIn', why: 'password' }));
    const { store } = build(to);
    store.setHosts([host('a')]);
    await store.refresh(undefined, { prompts, signal });
    expect(kindOf(store, 'a')).toBe('unsupported');
    to.tries.length = 0;
    await Promise.all([store.refresh(undefined, { prompts, signal }), store.refresh(undefined, { prompts, signal })]);
    expect(to.tries).toHaveLength(1);
  });

  it('a cancelled one leaves what was known', async () => {
    const { store } = build(transport());
    store.setHosts([host('a')]);
    await store.refresh(undefined, { signal });
    await store.refresh(undefined, { prompts, signal: AbortSignal.abort() });
    expect(kindOf(store, 'a')).toBe('unsupported');
  });
});

it('runs no more tasks at once than the pool holds, and one that waits can leave', async () => {
  const run = createPool(2);
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  };
  const leaving = new AbortController();
  const all = [...Array(6).keys()].map(() => run(task, signal));
  const left = run(() => Promise.reject(new Error('ran')), leaving.signal);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: 'AbortError' });
  await Promise.all(all);
  expect(most).toBe(2);
});

it('spreads the tries by a tenth each way', () => {
  expect([pause(10, 0, () => 0), pause(10, 0, () => 1)]).toEqual([540_000, 660_000]);
  expect(pause(10, 20, () => 0.5)).toBe(30 * 60_000);
});
