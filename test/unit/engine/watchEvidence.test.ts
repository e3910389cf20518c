import { describe, expect, it } from 'vitest';
import type { EvidenceReading } from '../../../src/core/liveEvidence';
import { systemClock as clock } from '../../../src/engine/clock';
import { watchEvidence } from '../../../src/engine/watchEvidence';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { localSession } from './localSession';
import { shells } from './shells';

describe.each(shells)('watching a host under %s', (shell) => {
  it('reads its boot, its listeners and their connections, and ends there when it is ended here', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const session = localSession(shell);
    const stop = new AbortController();
    const readings: EvidenceReading[] = [];
    const listeners = [{ port, family: 'ipv4', address: '127.0.0.1', provenDual: false } as const];
    const { signal } = stop;
    const watching = watchEvidence(session, { as: 'user', listeners, clock, signal, onReading: (one) => readings.push(one) });
    await expect.poll(() => readings.length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(readings[0]).toMatchObject({
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      module: { loaded: false, countersReadable: 'absent' },
    });
    expect(readings[0]?.listeners).toContainEqual({ ...listeners[0], connections: 0 });
    stop.abort();
    await watching;
    await expect.poll(() => session.pids(), { timeout: 20_000 }).toEqual([]);
    server.close();
  });

  it('a lost connection is told', async () => {
    const session = localSession(shell);
    const options = { as: 'user', listeners: [], clock, signal: new AbortController().signal } as const;
    const watching = watchEvidence(session, { ...options, onReading: () => session.cut() });
    await expect(watching).rejects.toMatchObject({ problem: { code: 'connectionLost' } });
  });
});
