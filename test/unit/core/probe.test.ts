import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/core/facts';
import { parseProbe } from '../../../src/core/probe';
import { parseCounters } from '../../../src/core/probe/kernel';
import { hexAddress } from '../../../src/core/probe/sockets';
import { hostState } from '../../../src/core/state';
import { support } from '../../../src/core/support';
import { newEntry, stateOf, withFacts, withMemory } from '../../../src/engine/hosts/entry';

/** A probe's answer and beside it what must be read from it. `source`: `seen` on such a host, or `from source` of its tools. */
interface Expected {
  readonly source: 'seen' | 'from source';
  readonly facts: object;
  /** Dotted paths of facts that must not be there. */
  readonly absent: readonly string[];
  readonly state: object;
  readonly support: object;
  readonly problem?: object;
}

const folder = new URL('../../fixtures/probe/', import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.txt') ? [file.replace('.txt', '')] : []));
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

describe('captured probes', () => {
  it.each(names)('%s', (name) => {
    const expected = JSON.parse(read(`${name}.json`)) as Expected;
    const parsed = parseProbe(read(`${name}.txt`), 'toa-fixture', 1_000);
    if (expected.problem !== undefined) {
      expect(parsed).toMatchObject({ problem: expected.problem });
      return;
    }
    if (!('facts' in parsed)) throw new Error('unreadable');
    expect(parsed.facts).toMatchObject(expected.facts);
    for (const path of expected.absent) expect(parsed.facts).not.toHaveProperty(path);
    expect(support(parsed.facts)).toEqual(expected.support);
    expect(hostState(parsed.facts, {}, 1_000).state).toMatchObject(expected.state);
    // Nothing from a host keeps a control or direction character, but the autoload file, which is compared byte for byte.
    const text = JSON.stringify({ ...parsed.facts, autoload: undefined });
    expect(text).not.toMatch(/\\u00[01]|\\[nrt]|[\u202a-\u202e\u2066-\u2069]/);
  });

  it('holds at least one of every kind of state that a first probe can show', () => {
    const kinds = names.flatMap((name) => (JSON.parse(read(`${name}.json`)) as { state?: { kind: string } }).state?.kind ?? []);
    expect(new Set(kinds)).toEqual(
      new Set(['notInstalled', 'awaitingReboot', 'notLoaded', 'loaded', 'unsupported', 'running', 'interrupted']),
    );
  });

  it('an answer cut anywhere is unreadable, never half-read', () => {
    const whole = read('centos7-loaded.txt');
    const end = whole.indexOf('\n==toa-fixture end');
    for (let length = 0; length < end; length += 97) expect(parseProbe(whole.slice(0, length), 'toa-fixture', 1)).toHaveProperty('problem');
  });

  it('another nonce reads nothing', () => {
    expect(parseProbe(read('centos7-fresh.txt'), 'toa-other', 1)).toMatchObject({ problem: { code: 'probeUnreadable' } });
  });
});

describe('the local time of a host', () => {
  const text = read('centos7-fresh.txt');
  it.each([
    ['+0800', 480],
    ['-0330', -210],
    ['+0000', 0],
    ['0800', undefined],
    ['+9900', undefined],
    ['CST', undefined],
  ])('%s', (zone, minutes) => {
    const parsed = parseProbe(text.replace(/(==toa-fixture time\n\d+)/, `$1\n${zone}`), 'toa-fixture', 1_000);
    expect('facts' in parsed && parsed.facts.utcOffsetMinutes).toBe(minutes);
  });
});

describe('rpm that does not answer', () => {
  const [fresh, installed] = [read('centos7-fresh.txt'), read('centos7-installed.txt')];
  const answer = (text: string, section: 'packages' | 'owner', body: string): string =>
    text.replace(new RegExp(`(==toa-fixture ${section}\n)[^]*?(?=\n==toa)`), (_all, header: string) => `${header}${body}\n`);
  const factsOf = (text: string): HostFacts => {
    const parsed = parseProbe(text, 'toa-fixture', 1_000);
    if (!('facts' in parsed)) throw new Error('unreadable');
    return parsed.facts;
  };
  const none = 'package kernel is not installed\npackage kernel-firmware is not installed\npackage yum is not installed';
  const unanswered: readonly (readonly [string, 'packages' | 'owner', string])[] = [
    ['timeout', 'packages', 'status 124'],
    ['timeout half-way', 'packages', 'status 124\nkernel 3.10.0-957.el7.x86_64'],
    ['killed', 'packages', 'status 137'],
    // Seen: rpm 4.18.
    ['no database', 'packages', `status 3\nerror: cannot open Packages database in /var/lib/rpm\n${none}`],
    // From source: rpm 4.11 over Berkeley DB.
    ['locked', 'packages', `status 3\nerror: rpmdb: Resource temporarily unavailable\nerror: cannot open Packages index\n${none}`],
    ['broken', 'packages', `status 3\nrpmdb: Thread/process 1/2 failed: Thread died in Berkeley DB library\n${none}`],
    ['nothing', 'packages', 'status 1'],
    ['no status', 'packages', none],
    ['timeout of the owner', 'owner', 'status 124'],
    [
      'no database for the owner',
      'owner',
      'status 1\nerror: cannot open Packages database in /var/lib/rpm\nfile /boot/vmlinuz-3.10.0-957.el7.x86_64 is not owned by any package',
    ],
  ];

  it.each(unanswered)('%s: no state is made from it', (_name, section, body) => {
    for (const text of [fresh, installed]) {
      const facts = factsOf(answer(text, section, body));
      expect(facts.kernel).toMatchObject({ packagesRead: false, installed: [] });
      expect(facts.kernel).not.toHaveProperty('runningPackage');
      const best = { level: 0, at: 7 } as const;
      expect(hostState(facts, { best }, 1_000)).toMatchObject({ state: { kind: 'unknown' }, memory: { best } });
      expect(hostState(facts, {}, 1_000).memory.best).toBeUndefined();
    }
  });

  it('a running TOA kernel is known without rpm', () => {
    const facts = factsOf(answer(read('centos7-loaded.txt'), 'packages', 'status 124'));
    expect(hostState(facts, {}, 1_000).state).toMatchObject({ kind: 'loaded' });
    const bare = { ...facts, autoload: { exists: false } };
    expect(hostState(bare, {}, 1_000).state).toMatchObject({ kind: 'drifted', drift: [{ what: 'autoloadMissing' }] });
  });

  it('not installed is an answer, and so is a kernel that nobody owns', () => {
    expect(factsOf(answer(fresh, 'packages', `status 3\n${none}`)).kernel.packagesRead).toBe(true);
    const missing = 'status 1\nerror: file /boot/vmlinuz-3.10.0-957.el7.x86_64: No such file or directory';
    expect(factsOf(answer(fresh, 'owner', missing)).kernel).toMatchObject({ packagesRead: true, installed: [{}] });
  });

  it('the host stays what it was, and as old as it was', () => {
    const entry = newEntry({ id: 'settings:a', name: 'a', source: 'settings', logs: [] });
    const before = withFacts(entry, factsOf(installed), 0);
    const locked = { ...factsOf(answer(installed, 'packages', 'status 124')), takenAt: 5_000 };
    const after = withFacts(before, locked, 0);
    expect([stateOf(after).kind, after.seen?.at, after.seen?.facts.kernel.packagesRead]).toEqual(['awaitingReboot', 1_000, false]);
    expect(stateOf(withMemory(after, {})).kind).toBe('awaitingReboot');
    expect(stateOf(withFacts(entry, locked, 0))).toEqual({ kind: 'unknown' });
  });
});

describe('addresses of /proc/net/tcp', () => {
  it.each([
    ['0100007F', '127.0.0.1'],
    ['0A0200C0', '192.0.2.10'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000A0200C0', '192.0.2.10'],
    ['B80D0120000000000000000001000000', '2001:db8::1'],
    ['B80D0120000001000000000001000000', '2001:db8:1::1'],
  ])('%s is %s', (hex, address) => expect(hexAddress(hex)).toBe(address));
});

describe('counters', () => {
  it('sums columns, with or without a colon and blanks', () => {
    expect(parseCounters('  CPU0 CPU1\nsyn_recv_sock_toa:4294967295 1\ngetname_toa_ok 2 3\nbad row x\n')).toEqual({
      syn_recv_sock_toa: 4294967296,
      getname_toa_ok: 5,
    });
    expect(parseCounters('')).toBeUndefined();
  });
});
