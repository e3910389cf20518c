import { afterEach, expect, it, vi } from 'vitest';
import { HostError } from '../../../src/core/problem';
import { startReboot } from '../../../src/engine/reboot/startReboot';
import { facts } from '../core/build';
import { localSession } from './localSession';

afterEach(() => void vi.restoreAllMocks());

it('the deadline of what is prepared does not count the time that a person needs for a password', async () => {
  const order: string[] = [];
  const signal = new AbortController().signal;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    order.push('deadline');
    return signal;
  });
  const session = {
    ...localSession(),
    open: () => {
      order.push('open');
      return localSession().open('echo "no shell of ours"', { signal });
    },
  };
  const started = startReboot(session, { facts: facts(), release: 'x', as: 'user', way: { kind: 'lasting' }, signal });
  await expect(started).rejects.toBeInstanceOf(HostError);
  expect(order[0]).toBe('open');
});
