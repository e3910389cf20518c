import { describe, expect, test } from 'vitest';
import { logBuffer } from '../../../../src/engine/logBuffer';
import type { HostView } from '../../../../src/engine/hostStore';
import type { EvidenceReading } from '../../../../src/core/liveEvidence';
import { parseCidrs } from '../../../../src/shared/address';
import { hostNow, panelStatus, type StatusInput } from '../../../../src/ui/logPanel/status';
import { facts, viewOf } from '../facts';

const HOUR = 3_600_000;
const taken = facts().takenAt;
const at = (time: number): string => {
  const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString())!;
  return `${day}/${month}/${year}:${clock} +0000`;
};

/** The status of a panel that has seen one line of each of these times, by the host's clock. */
function status(view: HostView, ...times: readonly number[]) {
  return statusWith({}, view, ...times);
}
function statusWith(more: Partial<StatusInput>, view: HostView, ...times: readonly number[]) {
  const now = taken + 60_000;
  const buffer = logBuffer(parseCidrs(['192.0.2.0/25']).ranges, { now: () => hostNow(view, now), zone: () => 0 });
  const text = times.map((time) => `192.0.2.18 - - [${at(time)}] "GET / HTTP/1.1" 200 3 "-" "-"`);
  const ends = text.map((_, i) => text.slice(0, i + 1).join('\n').length);
  buffer.append(Buffer.from(text.join('\n')), ends, 0);
  return panelStatus({
    view,
    logName: 'access.log',
    buffer,
    rows: { epoch: 0, base: 0, end: times.length },
    cidrsSet: true,
    live: { tone: 'neutral', icon: '', text: '' },
    connected: true,
    limit: 1000,
    asRoot: false,
    now,
    range: 'halfHour',
    marks: [
      { kind: 'boot', at: taken - 600_000, text: 'boot' },
      { kind: 'boot', at: taken - HOUR, text: 'long ago' },
    ],
    sight: { filter: { left: 0 }, find: { count: 0, left: 0 } },
    ...more,
  });
}
const linesOf = (made: ReturnType<typeof status>) => made.verdict.log.rows[0]?.value;

describe('the chart and the figures', () => {
  test.each([-26 * HOUR, -2 * HOUR, 0, 3 * HOUR])('go by the host’s clock, which may differ by %i ms', (skew) => {
    const view = viewOf({ kind: 'unknown' }, { facts: facts({ hostTime: taken + skew, uptimeSeconds: 600 }) });
    const made = status(view, taken + skew - 300_000, taken + skew + 30_000);
    expect(linesOf(made)).toBe('2');
    expect(made.verdict.heading).toBe('Visitors’ addresses do not arrive');
  });

  test('without a line nothing is said of visitors', () => {
    const { verdict } = status(viewOf({ kind: 'notInstalled', system: 'CentOS 7' }));
    expect([verdict.heading, verdict.text]).toEqual(['Nothing to judge yet', expect.stringContaining('shown nothing since the boot')]);
  });

  test('count from the boot, and mark it where it lies in sight', () => {
    const view = viewOf({ kind: 'unknown' }, { facts: facts({ uptimeSeconds: 600 }) });
    const made = status(view, taken - 900_000, taken - 300_000);
    expect(linesOf(made)).toBe('1');
    expect(made.share.marks).toEqual([{ kind: 'boot', at: taken - 600_000, text: 'boot' }]);
  });
});

describe('counters read live', () => {
  const TOA = '3.10.0-957.21.3.el7.toa.x86_64';
  const kernel = { running: TOA, packagesRead: true, installed: [{ release: TOA, vmlinuz: true }] };
  const host = (readable: 'yes' | 'denied') =>
    viewOf(
      { kind: 'unknown' },
      { facts: facts({ kernel, uptimeSeconds: 600, module: { loaded: true, lookalikes: [], countersReadable: readable } }) },
    );
  const reading = (at: number, received: number, delivered: number, without = 0): EvidenceReading => ({
    at,
    bootId: facts().bootId,
    module: {
      loaded: true,
      lookalikes: [],
      countersReadable: 'yes',
      counters: { syn_recv_sock_toa: received, getname_toa_ok: delivered, syn_recv_sock_no_toa: without },
    },
    listeners: [{ port: 80, address: '::', family: 'dual', provenDual: true, connections: 4 }],
  });
  const window = (received: number, delivered: number, without = 0) => ({
    evidence: { first: reading(taken + 20_000, 5, 5), last: reading(taken + 60_000, 5 + received, 5 + delivered, without) },
  });
  const figures = ({ verdict }: ReturnType<typeof status>) =>
    [verdict.kernel, verdict.log].map(({ caption, rows }) => [
      caption,
      ...rows.map(({ name, value, flat }) => `${name} ${value}${flat ? ' flat' : ''}`),
    ]);

  test.each(['yes', 'denied'] as const)('stand beside the log of the same seconds (a probe could read them: %s)', (readable) => {
    const made = statusWith(window(3, 2), host(readable), taken + 30_000, taken + 50_000, taken - 100_000);
    expect(figures(made)).toEqual([
      ['Kernel, last 40 s', 'syn_recv_sock_toa +3', 'getname_toa_ok +2'],
      ['access.log, same 40 s', 'lines 2', 'with a visitor 0 · 0.0 %'],
    ]);
    expect(made.verdict.level).toBe('evidence 4 of 5: delivering');
  });

  test('flat under traffic is a finding, with its cause', () => {
    const made = statusWith(window(0, 0, 7), host('denied'), taken + 50_000);
    expect(figures(made)[0]).toEqual(['Kernel, last 40 s', 'syn_recv_sock_toa 0 flat', 'getname_toa_ok 0 flat', 'syn_recv_sock_no_toa +7']);
    expect(made.verdict.listeners?.all).toEqual([
      { text: '[::]:80 dual-stack, an IPv4 peer was seen on it, 4 connections', attention: true },
    ]);
    expect([made.verdict.heading, made.verdict.why[0]?.[1]]).toEqual([
      'Loaded, but no visitor’s address arrives',
      expect.stringContaining('the listener is [::]:80') as string,
    ]);
  });

  test('are of no use after a reboot that no probe has seen', () => {
    const view = { ...host('yes'), facts: facts({ bootId: 'earlier' }) };
    expect(statusWith(window(3, 2), view, taken + 50_000).verdict.listeners).toBeUndefined();
  });
});
