import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis';
import type { Exposure } from '../../../src/core/exposure';
import type { HostFacts, Listener } from '../../../src/core/facts';
import { parseRewrites } from '../../../src/core/log/rewrites';
import type { LogSample } from '../../../src/core/log/sample';
import { verification, type VerificationInput } from '../../../src/core/verification';
import { parseCidrs } from '../../../src/shared/address';
import { BOOT, facts, rows, TOA, working } from './build';

const dual: Listener = { port: 80, address: '::', family: 'dual', provenDual: true };
const v4: Listener = { port: 80, address: '0.0.0.0', family: 'ipv4', provenDual: false };
const log = (bytes: number): HostFacts['logs'] => [{ path: '/l', server: 'nginx', readable: 'yes', found: 'open', bytes }];
/** Two readings ten seconds apart between which these counters rose. */
const window = (rises: Parameters<typeof rows>[0], change: Parameters<typeof facts>[0] = {}): readonly [HostFacts, HostFacts] => [
  working(rows(), { takenAt: 0, logs: log(100), ...change }),
  working(rows(rises), { takenAt: 10_000, logs: log(100), ...change }),
];
const sample = (addresses: Readonly<Record<string, 'visitor' | 'origin' | 'private' | 'public'>>, forwardedFor = 0): LogSample => {
  const top = Object.entries(addresses).map(([address, addressClass]) => ({ address, addressClass, count: 10 }));
  const classes = { visitor: 0, origin: 0, private: 0, public: 0, unparsed: 0 };
  for (const one of top) classes[one.addressClass] += 10;
  return { path: '/l', lines: top.length * 10, classes, forwardedFor, names: 0, last: [], top };
};
const codes = (list: readonly { readonly code: string }[]): readonly string[] => list.map((one) => one.code);

describe('readings that fail', () => {
  it('nothing moves behind a dual-stack listener', () => {
    const [before, after] = window({}, { listeners: [dual] });
    expect(diagnose(before, { ...after, logs: log(900) })).toEqual([
      { code: 'dualStack', port: 80, address: '::', proven: true, traffic: true },
    ]);
    expect(diagnose(before, after)).toMatchObject([{ traffic: false }]);
    expect(diagnose(...window({}, { listeners: [v4] }))).toEqual([]);
    expect(diagnose(...window({ syn_recv_sock_toa: 5, getname_toa_ok: 5 }, { listeners: [dual] }))).toEqual([]);
  });
  it('connections without the option', () => {
    expect(diagnose(...window({ syn_recv_sock_no_toa: 40 }))).toEqual([{ code: 'otherTraffic', noToa: 40 }]);
  });
  it('received and never asked for', () => {
    expect(diagnose(...window({ syn_recv_sock_toa: 40 }))).toEqual([{ code: 'notAsked', received: 40 }]);
  });
  it('the hooks in other hands', () => {
    const other = window({ getname_toa_mismatch: 3, getname_toa_bypass: 1, getname_toa_ok: 9 }, { module: { lookalikes: ['vtoa'] } });
    expect(codes(diagnose(...window({ getname_toa_bypass: 1 })))).toEqual(['hooksTaken']);
    expect(diagnose(...other)).toEqual([{ code: 'hooksTaken', mismatch: 3, bypass: 1, lookalikes: ['vtoa'] }]);
  });
  it('X-Forwarded-For, and ranges that are not set', () => {
    const same = window({});
    expect(diagnose(...same, { sample: sample({ '203.0.113.1': 'visitor' }, 8) })).toEqual([{ code: 'forwardedFor', lines: 8, of: 10 }]);
    expect(diagnose(...same, { sample: sample({ '203.0.113.1': 'visitor' }, 1) })).toEqual([]);
    expect(codes(diagnose(...same, { sample: sample({ '203.0.113.1': 'public' }) }))).toEqual(['rangesNotSet']);
  });
  it('visitors past the scrubbing centre', () => {
    expect(diagnose(...window({}), { direct: ['192.0.2.1'] })).toEqual([{ code: 'directVisitors', peers: ['192.0.2.1'], count: 1 }]);
  });
  it('requests over connections from before the window, where no dual-stack listener hides new ones', () => {
    const [before, after] = window({}, { listeners: [v4] });
    const grown = { ...after, logs: log(900) };
    expect(diagnose(before, grown)).toEqual([{ code: 'oldConnections' }]);
    expect(diagnose(before, after)).toEqual([]);
    expect(codes(diagnose(before, { ...grown, listeners: [v4, { ...dual, port: 81 }] }))).toEqual(['dualStack']);
    expect(diagnose(before, { ...grown, module: { ...after.module, counters: rows({ syn_recv_sock_no_toa: 1 }) } })).toEqual([]);
  });
  it('names in place of addresses, and addresses that a header may have brought', () => {
    const same = window({});
    expect(diagnose(...same, { sample: { ...sample({ '203.0.113.1': 'visitor' }), names: 8 } })).toEqual([
      { code: 'hostNames', lines: 8, of: 10 },
    ]);
    const rewrites = parseRewrites('real_ip_header X-Real-IP\nset_real_ip_from 198.51.100.0/24\nend')!;
    expect(diagnose(...same, { rewrites })).toEqual([{ code: 'realip', directives: rewrites.directives }]);
    expect(diagnose(...same, { rewrites: parseRewrites('real_ip_header X-Real-IP\nend')! })).toEqual([]);
  });
  it('who else reaches the origin, by its own rules', () => {
    const same = window({});
    const port = (admits: Exposure['admits'], foreign: readonly string[] = []): Exposure => ({
      port: 80,
      admits,
      sources: foreign,
      foreign,
    });
    expect(diagnose(...same, { exposure: [port('limited'), port('unknown')] })).toEqual([]);
    expect(diagnose(...same, { exposure: [port('limited', ['203.0.113.7/32'])] })).toEqual([
      { code: 'exposed', ports: [80], sources: ['203.0.113.7/32'] },
    ]);
    expect(diagnose(...same, { exposure: [port('limited', ['203.0.113.7/32']), { ...port('open'), port: 443 }] })).toEqual([
      { code: 'exposed', ports: [80, 443], sources: [] },
    ]);
  });
  it('normal things are no finding', () => {
    expect(diagnose(...window({ getname_toa_empty: 400, syn_recv_sock_no_toa: 2, syn_recv_sock_toa: 90, getname_toa_ok: 70 }))).toEqual([]);
    expect(diagnose(...window({ syn_recv_sock_no_toa: 90, syn_recv_sock_toa: 90, getname_toa_ok: 70 }))).toEqual([]);
  });
  it('two boots are not compared', () => {
    const [before, after] = window({ syn_recv_sock_no_toa: 90 });
    expect(diagnose(before, { ...after, bootId: 'other' })).toEqual([]);
  });
});

describe('the verdict', () => {
  const { ranges } = parseCidrs(['198.51.100.0/24']);
  const visitors = sample({ '203.0.113.1': 'visitor', '203.0.113.2': 'visitor', '203.0.113.3': 'visitor', '198.51.100.4': 'origin' });
  const origins = sample({ '198.51.100.4': 'origin' });
  const rising = { syn_recv_sock_toa: 50, getname_toa_ok: 50 };
  const judge = ([before, after]: readonly [HostFacts, HostFacts], more: Partial<VerificationInput> = {}) =>
    verification({ before, after, memory: {}, ranges, peers: ['198.51.100.4'], ...more });

  it('likely: counters rise, several public addresses that are nobody’s raw peer', () => {
    expect(judge(window(rising), { sample: visitors })).toMatchObject({
      verdict: 'likely',
      level: 4,
      likely: { holds: true, peers: 1 },
      seconds: 10,
    });
  });
  it('not likely where the logged visitors are raw peers, the peers are not known, or too few', () => {
    const direct = judge(window(rising), { sample: visitors, peers: ['203.0.113.1', '203.0.113.2', '198.51.100.4'] });
    expect(direct).toMatchObject({ verdict: 'nothingYet', likely: { holds: false, addresses: ['203.0.113.3'] } });
    expect(codes(direct.diagnoses)).toEqual(['directVisitors']);
    const { peers: _peers, ...unread } = {
      peers: [],
      before: window(rising)[0],
      after: window(rising)[1],
      memory: {},
      ranges,
      sample: visitors,
    };
    expect(_peers).toEqual([]);
    expect(verification(unread).likely.holds).toBe(false);
  });
  it('not likely where a header may have brought the addresses', () => {
    const rewrites = parseRewrites('set_real_ip_from 198.51.100.0/24\nend')!;
    expect(judge(window(rising), { sample: visitors, rewrites }).likely.holds).toBe(false);
  });
  it('visitors in the log without a rising counter prove nothing: scanners come directly', () => {
    expect(judge(window({}), { sample: visitors })).toMatchObject({ level: 2, likely: { holds: false } });
    expect(judge([facts({ takenAt: 0 }), facts({ takenAt: 9 })], { sample: visitors }).verdict).toBe('notArrive');
  });
  it('arrive: only with a proof of this boot', () => {
    const proof = { address: '203.0.113.1', log: '/l', peer: '198.51.100.4', at: 1, bootId: BOOT };
    expect(judge(window(rising), { memory: { proof } })).toMatchObject({ verdict: 'arrive', level: 5, proof: { address: '203.0.113.1' } });
    expect(judge(window(rising), { memory: { proof: { ...proof, bootId: 'x' } }, sample: visitors }).verdict).toBe('likely');
  });
  it('a rise before the window is none in it', () => {
    const memory = { earlier: { values: rows(), bootId: BOOT, at: -600_000 }, counters: { values: rows(), bootId: BOOT, at: -300_000 } };
    const flat = working(rows(rising), { takenAt: 0, logs: log(1) });
    expect(judge([flat, { ...flat, takenAt: 10_000 }], { memory }).level).toBe(2);
  });
  it.each([
    ['rangesNotSet', window(rising), { sample: sample({ '203.0.113.1': 'public' }), ranges: parseCidrs([]).ranges }],
    ['forwardedFor', window(rising), { sample: { ...visitors, forwardedFor: 40 } }],
    ['receivedNotAsked', window({ syn_recv_sock_toa: 50 }), { sample: origins }],
    ['loadedNothing', window({ syn_recv_sock_no_toa: 50 }), { sample: origins }],
    ['nothingYet', window({}), {}],
    ['notArrive', window(rising), { sample: origins }],
    ['notArrive', [facts({ takenAt: 0 }), facts({ takenAt: 1 })], { sample: origins }],
  ] as const)('%s', (verdict, readings, more) => {
    expect(judge(readings, more).verdict).toBe(verdict);
  });
  it('offers to load a module that is there and not loaded', () => {
    const absent = { takenAt: 0, module: { loaded: false, lookalikes: [], countersReadable: 'absent', file: '/lib/toa.ko.xz' } } as const;
    const booted = working(rows(), absent);
    expect(judge([booted, { ...booted, takenAt: 9 }])).toMatchObject({ verdict: 'notLoaded', canLoad: true, level: 1 });
    expect(booted.kernel.running).toBe(TOA);
  });
});
