import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../../src/core/facts';
import { panelVerdict, type PanelVerdictInput } from '../../../../src/core/log/verdict';
import type { HostMemory } from '../../../../src/core/state';
import { facts as plainFacts } from '../../ui/facts';

const TOA = '3.10.0-957.21.3.el7.toa.x86_64';
const NOW = plainFacts().takenAt;
const none = { visitor: 0, origin: 0, private: 0, public: 0, unparsed: 0 };
const origin = { ...none, origin: 100, private: 3 };
const visitors = { ...none, visitor: 90, origin: 5 };
const installed = plainFacts({
  kernel: { running: '3.10.0-957.el7.x86_64', packagesRead: true, installed: [{ release: TOA, vmlinuz: true }] },
});
const booted = plainFacts({ kernel: { running: TOA, packagesRead: true, installed: [{ release: TOA, vmlinuz: true }] } });
const loaded = (toa: number, ok: number, more: Partial<HostFacts> = {}): HostFacts => ({
  ...booted,
  module: { loaded: true, lookalikes: [], countersReadable: 'yes', counters: { syn_recv_sock_toa: toa, getname_toa_ok: ok } },
  ...more,
});
const before: HostMemory = { counters: { values: { syn_recv_sock_toa: 10, getname_toa_ok: 10 }, bootId: booted.bootId, at: NOW - 60_000 } };
const likely: HostMemory = { ...before, likely: { bootId: booted.bootId, at: NOW } };
const proof = { address: '203.0.113.47', log: '/l', peer: '192.0.2.18', at: NOW, bootId: booted.bootId };
const dual: Partial<HostFacts> = { listeners: [{ port: 80, family: 'dual', address: '::', provenDual: false }] };

const judge = (
  facts: HostFacts | undefined,
  lines: PanelVerdictInput['lines'],
  memory: HostMemory = before,
  more: Partial<PanelVerdictInput> = {},
) => panelVerdict({ ...(facts === undefined ? {} : { facts }), memory, stale: false, cidrsSet: true, lines, ...more });

describe('panelVerdict', () => {
  it.each([
    ['nothing known, only back-to-origin', judge(undefined, origin), 'notArrive', 'neutral'],
    ['nothing known, visitors in the log', judge(undefined, visitors), 'nothingYet', 'neutral'],
    ['nothing known, no ranges', judge(undefined, origin, before, { cidrsSet: false }), 'rangesNotSet', 'attention'],
    ['not installed', judge(plainFacts(), origin), 'notArrive', 'neutral'],
    ['not installed, direct visitors', judge(plainFacts(), visitors), 'nothingYet', 'neutral'],
    ['awaiting reboot', judge(installed, origin), 'notArrive', 'neutral'],
    ['not loaded', judge(booted, origin), 'notLoaded', 'attention'],
    ['loaded, flat', judge(loaded(10, 10), origin), 'loadedNothing', 'attention'],
    ['loaded, flat, no traffic', judge(loaded(10, 10), none), 'nothingYet', 'neutral'],
    ['loaded, read once', judge(loaded(10, 10), origin, {}), 'nothingYet', 'neutral'],
    ['received, not asked', judge(loaded(90, 10), origin), 'receivedNotAsked', 'attention'],
    ['delivering, visitors in the log', judge(loaded(90, 90), visitors), 'nothingYet', 'neutral'],
    ['delivering, log shows origin only', judge(loaded(90, 90), origin), 'notArrive', 'attention'],
    ['likely', judge(loaded(90, 90), visitors, likely), 'likely', 'neutral'],
    ['likely, no ranges', judge(loaded(90, 90), visitors, likely, { cidrsSet: false }), 'rangesNotSet', 'attention'],
    ['likely, stale', judge(loaded(90, 90), visitors, likely, { stale: true }), 'nothingYet', 'neutral'],
    ['proven', judge(loaded(90, 90), visitors, { ...likely, proof }), 'arrive', 'proven'],
    ['proven, stale', judge(loaded(90, 90), visitors, { ...likely, proof }, { stale: true }), 'lastKnown', 'neutral'],
    [
      'proven in an earlier boot',
      judge(loaded(90, 90), visitors, { ...before, proof: { ...proof, bootId: 'other' } }),
      'nothingYet',
      'neutral',
    ],
  ])('%s', (_, verdict, code, tone) => {
    expect([verdict.code, verdict.tone]).toEqual([code, tone]);
  });

  it('is green at level 5 only, whatever the log shows', () => {
    for (const facts of [undefined, plainFacts(), installed, booted, loaded(10, 10), loaded(90, 10), loaded(90, 90)]) {
      for (const lines of [none, origin, visitors]) {
        for (const memory of [{}, before, likely]) expect(judge(facts, lines, memory).tone).not.toBe('proven');
      }
    }
  });

  it('names the dual-stack listener', () => {
    expect(judge(loaded(10, 10, dual), origin).diagnosis).toMatchObject({ code: 'dualStack', port: 80, address: '::' });
  });
});
