import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseProbe } from '../../../src/core/probe';
import { parseCounters } from '../../../src/core/probe/kernel';
import { hexAddress } from '../../../src/core/probe/sockets';
import { hostState } from '../../../src/core/state';
import { support } from '../../../src/core/support';

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
    expect(new Set(kinds)).toEqual(new Set(['notInstalled', 'awaitingReboot', 'notLoaded', 'loaded', 'unsupported']));
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
