import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/core/facts';
import { hostState, type HostMemory, type HostState } from '../../../src/core/state';
import { autoloadContent } from '../../../src/core/vendor';
import { BOOT, facts, ORIGINAL, rows, TOA, working } from './build';

const MINUTE = 60_000;
const proof = { address: '203.0.113.7', log: '/var/log/nginx/access.log', peer: '198.51.100.9', at: 5, bootId: BOOT };

/** The states of one host after each of these probes. */
function after(
  probes: readonly HostFacts[],
  memory: HostMemory = {},
): { readonly states: readonly HostState[]; readonly memory: HostMemory } {
  return probes.reduce<{ states: readonly HostState[]; memory: HostMemory }>(
    (all, probe) => {
      const next = hostState(probe, all.memory, probe.takenAt);
      return { states: [...all.states, next.state], memory: next.memory };
    },
    { states: [], memory },
  );
}
const last = (probes: readonly HostFacts[], memory?: HostMemory): HostState => after(probes, memory).states.at(-1)!;
const at = (minutes: number, counters: Parameters<typeof rows>[0], change: Parameters<typeof facts>[0] = {}): HostFacts =>
  working(rows(counters), { takenAt: minutes * MINUTE, ...change });

describe('what a probe shows', () => {
  it('nothing, then installed, then booted', () => {
    const installed = facts({ kernel: { installed: [ORIGINAL, TOA].map((release) => ({ release, vmlinuz: true })) } });
    const booted = working(rows(), {
      module: { loaded: false, lookalikes: ['vtoa', 'tcp_toa'], countersReadable: 'absent', file: '/x/toa.ko.xz' },
    });
    expect(last([facts()])).toEqual({ kind: 'notInstalled', system: 'CentOS Linux release 7.6.1810 (Core)' });
    // A host that was only installed has not drifted, whatever its default kernel.
    expect(last([facts(), installed, installed])).toEqual({ kind: 'awaitingReboot', release: TOA, running: ORIGINAL });
    expect(last([installed, booted])).toEqual({ kind: 'notLoaded', release: TOA, moduleFile: '/x/toa.ko.xz' });
  });

  it('counters: unread, read once, flat, rising', () => {
    const unread = working(rows(), { module: { loaded: true, lookalikes: [], countersReadable: 'denied', counters: undefined as never } });
    expect(last([unread])).toEqual({ kind: 'loaded', counters: 'unread' });
    expect(last([at(1, {})])).toEqual({ kind: 'loaded', counters: 'first' });
    expect(last([at(1, {}), at(3, {})])).toEqual({ kind: 'loaded', counters: 'flat' });
    expect(last([at(1, {}), at(3, { syn_recv_sock_toa: 30 })])).toEqual({ kind: 'receiving', perMinute: 15 });
    expect(last([at(1, {}), at(3, { syn_recv_sock_toa: 30, getname_toa_ok: 3 })])).toEqual({
      kind: 'delivering',
      perMinute: 1.5,
      likely: false,
    });
    // What rises on every working host is no evidence.
    expect(last([at(1, {}), at(3, { syn_recv_sock_no_toa: 9, getname_toa_empty: 400 })])).toEqual({ kind: 'loaded', counters: 'flat' });
  });

  it('a second refresh a moment later does not make a busy host look idle', () => {
    const busy = { syn_recv_sock_toa: 600, getname_toa_ok: 600 };
    expect(last([at(0, {}), at(10, busy), at(10.05, busy)])).toMatchObject({ kind: 'delivering' });
    expect(last([at(0, {}), at(10, busy), at(10.05, busy), at(20, busy)])).toEqual({ kind: 'loaded', counters: 'flat' });
  });

  it('counters of another boot, or of a module loaded anew, are not compared with', () => {
    const bootId = '99999999-2222-4333-8444-555555555555';
    expect(last([at(1, {}), at(3, { getname_toa_ok: 5 }, { bootId })])).toEqual({ kind: 'loaded', counters: 'first' });
    expect(last([at(1, { getname_toa_ok: 50, syn_recv_sock_toa: 50 }), at(3, { getname_toa_ok: 5, syn_recv_sock_toa: 60 })])).toEqual({
      kind: 'loaded',
      counters: 'first',
    });
  });

  it('likely holds for the boot it was seen in', () => {
    const rising = [at(1, {}), at(3, { getname_toa_ok: 20 })];
    expect(last(rising, { likely: { bootId: BOOT, at: 1 } })).toMatchObject({ kind: 'delivering', likely: true });
    expect(last(rising, { likely: { bootId: 'other', at: 1 } })).toMatchObject({ kind: 'delivering', likely: false });
  });
});

describe('proven', () => {
  it('only while boot, module and counters are those of the test', () => {
    const first = at(1, { getname_toa_ok: 9 });
    expect(last([first], { proof })).toMatchObject({ kind: 'proven', proof: { address: '203.0.113.7' } });
    expect(last([first, at(2, { getname_toa_ok: 9 })], { proof }).kind).toBe('proven');
    expect(last([at(1, {}, { bootId: 'ffffffff-2222-4333-8444-555555555555' })], { proof })).toEqual({ kind: 'loaded', counters: 'first' });
    expect(last([first, at(2, { getname_toa_ok: 1 })], { proof }).kind).toBe('loaded');
    const gone = after(
      [first, working(rows(), { takenAt: 2 * MINUTE, module: { loaded: false, lookalikes: [], countersReadable: 'absent' } })],
      { proof },
    );
    expect(gone.states.at(-1)).toMatchObject({ kind: 'drifted', was: 5, drift: [{ what: 'moduleGone' }] });
    expect(gone.memory.proof).toBeUndefined();
  });
});

describe('drift', () => {
  it('is not that a module which has never been loaded is not loaded, whatever keeps it from it', () => {
    const never = (autoload: Partial<HostFacts['autoload']>): HostFacts =>
      working({}, { module: { loaded: false, lookalikes: [], countersReadable: 'absent' }, autoload });
    expect(last([never({ mode: '0644' }), never({ mode: '0644' })]).kind).toBe('notLoaded');
    expect(last([never({})]).kind).toBe('notLoaded');
  });

  const worked = after([at(1, {}), at(3, { getname_toa_ok: 20 })]).memory;
  const cases: readonly (readonly [string, HostFacts, unknown])[] = [
    [
      'another kernel is the default',
      at(4, {}, { kernel: { ...working({}).kernel, defaultPath: `/boot/vmlinuz-${ORIGINAL}` } }),
      { what: 'defaultKernel', now: ORIGINAL },
    ],
    [
      'another kernel runs',
      facts({ takenAt: 4 * MINUTE, kernel: { ...working({}).kernel, running: ORIGINAL }, autoload: working({}).autoload }),
      { what: 'runningKernel', now: ORIGINAL },
    ],
    [
      'the original kernel was removed',
      at(4, {}, { kernel: { ...working({}).kernel, installed: [{ release: TOA, vmlinuz: true }] }, record: { originalKernel: ORIGINAL } }),
      { what: 'originalGone', was: ORIGINAL },
    ],
    ['no autoload file', { ...at(4, {}), autoload: { exists: false } }, { what: 'autoloadMissing' }],
    ['autoload not executable', at(4, {}, { autoload: { mode: '0644' } }), { what: 'autoloadMode', now: '0644' }],
    ['autoload others may write', at(4, {}, { autoload: { mode: '0777' } }), { what: 'autoloadMode', now: '0777' }],
    ['autoload of the other row', at(4, {}, { autoload: { content: autoloadContent('el6') } }), { what: 'autoloadContent' }],
    [
      'autoload with CRLF',
      at(4, {}, { autoload: { content: autoloadContent('el7').replaceAll('\n', '\r\n') } }),
      { what: 'autoloadEndings' },
    ],
    ['autoload with a blank before #!', at(4, {}, { autoload: { content: ` ${autoloadContent('el7')}` } }), { what: 'autoloadFirstLine' }],
    ['no module file', { ...at(4, {}), module: { ...at(4, {}).module, file: undefined } }, { what: 'moduleFileGone' }],
    [
      'autoload with modprobe in a comment',
      at(4, {}, { autoload: { content: '#!/bin/sh\n# modprobe toa\n' } }),
      { what: 'autoloadContent' },
    ],
  ];
  it.each(cases)('%s', (_name, probe, expected) => {
    const state = last([probe], worked);
    expect(state).toMatchObject({ kind: 'drifted', was: 4, wasAt: 3 * MINUTE });
    expect(state.kind === 'drifted' && state.drift).toContainEqual(expected);
  });

  it('is seen by an editor that never saw the host before, from what was confirmed there', () => {
    const record = { confirmed: { release: TOA, at: 2 * MINUTE } };
    const broken = at(4, {}, { autoload: { mode: '0644' }, record });
    expect(last([broken], {})).toEqual({
      kind: 'drifted',
      drift: [{ what: 'autoloadMode', now: '0644' }],
      was: 2,
      wasAt: expect.any(Number) as number,
    });
    const fallen = facts({
      takenAt: 4 * MINUTE,
      kernel: { ...working({}).kernel, running: ORIGINAL },
      autoload: working({}).autoload,
      record,
    });
    expect(last([fallen], {})).toMatchObject({ kind: 'drifted', was: 2, drift: [{ what: 'runningKernel', now: ORIGINAL }] });
    expect(last([at(4, {}, { record })], {}).kind).not.toBe('drifted');
  });

  it('is not that the original kernel cannot be read, nor that it is there', () => {
    const record = { originalKernel: ORIGINAL };
    expect(last([at(4, {}, { record })], worked).kind).not.toBe('drifted');
    const unread = { ...working({}).kernel, packagesRead: false, installed: [] };
    expect(last([at(4, {}, { record, kernel: unread })], worked).kind).not.toBe('drifted');
  });

  it("a person's own autoload file that works is no drift, nor one that only root could read", () => {
    expect(last([at(4, {}, { autoload: { content: '#!/bin/sh\nmodprobe -q toa\n' } })], worked).kind).not.toBe('drifted');
    expect(last([at(4, {}, { autoload: { exists: true, mode: '0700', content: undefined as never } })], worked).kind).not.toBe('drifted');
  });

  it('an unsupported system is that, whatever it was before', () => {
    expect(last([at(4, {}, { container: 'lxc' })], worked)).toMatchObject({ kind: 'unsupported', reason: 'container' });
  });
});
