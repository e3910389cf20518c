import { release } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { HostError, type Problem } from '../../../src/core/problem';
import type { Clock, Transport } from '../../../src/engine/ports';
import { rebootHost, type RebootOutcome } from '../../../src/engine/reboot/rebootHost';
import type { RebootWay } from '../../../src/engine/reboot/startReboot';
import { PATIENCE } from '../../../src/core/trial';
import { facts } from '../core/build';
import { localSession } from './localSession';

vi.mock('../../../src/engine/reboot/startReboot', () => ({ startReboot: () => Promise.resolve() }));

const signal = new AbortController().signal;
const CUT: Problem = { code: 'connectionLost', reason: 'cut' };

/** This machine as if it had just been booted; `inTheWay` says what a connection for a probe meets, counted from 1. */
function reboot(inTheWay: (attempt: number) => Problem | undefined, way: RebootWay = { kind: 'lasting' }): Promise<RebootOutcome> {
  // One connection starts the reboot, one reads the boot ID.
  let attempt = -2;
  const transport: Transport = {
    connect: (host) => {
      const problem = ++attempt < 1 ? undefined : inTheWay(attempt);
      return problem === undefined ? Promise.resolve(localSession()) : Promise.reject(new HostError(problem, host.name));
    },
    drop: () => undefined,
    dispose: () => undefined,
  };
  let now = 0;
  // Somebody sets the machine's clock back all the time.
  const clock: Clock = { now: () => -now, elapsed: () => now, sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)) };
  const before = facts({ bootId: 'of the boot before', listeners: [] });
  const { host } = localSession();
  return rebootHost({
    transport,
    host,
    facts: before,
    release: release(),
    as: 'user',
    way,
    clock,
    signal,
    onPhase: () => undefined,
  });
}

describe('a host that answers with another boot ID', () => {
  it('is probed again where the first probe does not come through', async () => {
    const outcome = await reboot((attempt) => (attempt < 3 ? CUT : undefined));
    expect(outcome.facts.kernel.running).toBe(release());
  });

  it('is not back where no probe comes through before the deadline', async () => {
    await expect(reboot(() => CUT)).rejects.toMatchObject({ problem: { code: 'notBack' } });
  });

  it('has the time of two boots, and of the guard in between, for a trial', async () => {
    const trial: RebootWay = { kind: 'once', run: 'r', original: 'o', patience: PATIENCE };
    const problem: unknown = await reboot(() => CUT, trial).catch((error: unknown) => (error as HostError).problem);
    expect(problem).toMatchObject({ code: 'notBack' });
    expect((problem as { seconds: number }).seconds).toBeGreaterThan(2 * 600 + PATIENCE.bootSeconds);
  });

  it('is not tried on where a person is needed', async () => {
    const wrong: Problem = { code: 'sudoPasswordWrong', user: 'me' };
    await expect(reboot((attempt) => (attempt === 1 ? wrong : undefined))).rejects.toMatchObject({ problem: wrong });
  });
});
