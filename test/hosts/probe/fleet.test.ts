import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHostStore, type HostStore } from '../../../src/engine/hostStore';
import { systemClock } from '../../../src/engine/clock';
import { createTransport } from '../../../src/ssh/transport';
import { startLab, type Lab } from '../../lab/lab';
import type { Host } from '../../../src/core/host';
import type { Transport } from '../../../src/engine/ports';

const FLEET = 100;
let lab: Lab;
let transport: Transport;
/** Connections under way, and the most there ever were. */
const load = { now: 0, most: 0 };
/** What silent work must never do. */
const asked: string[] = [];

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6'] });
  const [seven, six] = [lab.host('centos7'), lab.host('centos6')];
  const config = join(lab.dir, 'fleet_config');
  const stranger = join(lab.dir, 'no_known_hosts');
  await writeFile(stranger, '');
  const fleetKnown = join(lab.dir, 'fleet_known_hosts');
  for (let n = 0; n < FLEET; n++) {
    const machine = n % 2 === 0 ? seven : six;
    // A name of its own for its key makes each host a connection of its own.
    const keys = (await machine.hostKeys()).map((line) => line.replace(/^\S+/, `fleet-${n}`));
    await appendFile(fleetKnown, `${keys.join('\n')}\n`);
    const place = n === 5 ? ['HostName 127.0.0.1', 'Port 1'] : [`HostName ${machine.address}`, `Port ${machine.port}`];
    const user = n === 9 ? 'password' : 'deploy';
    const trust = [`HostKeyAlias fleet-${n}`, `UserKnownHostsFile ${n === 7 ? stranger : fleetKnown}`];
    const lines = [`Host fleet-${n}`, ...place, `User ${user}`, `IdentityFile ${lab.privateKey}`, 'IdentitiesOnly yes', ...trust, ''];
    await appendFile(config, lines.join('\n'));
  }
  const ssh = createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile: config, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
  transport = {
    ...ssh,
    connect: async (host, options) => {
      if (options.prompts !== undefined) asked.push(host.name);
      load.most = Math.max(load.most, ++load.now);
      return ssh.connect(host, options).finally(() => load.now--);
    },
  };
});
afterAll(async () => {
  transport.dispose();
  await lab.stop();
});

const host = (n: number): Host => ({ id: `ssh-config:fleet-${n}`, name: `fleet-${n}`, source: 'ssh-config', logs: [] });

it(`${FLEET} hosts are probed in the background: bounded, silent, each with its own outcome, the loop left free`, async () => {
  const store: HostStore = createHostStore({
    transport,
    clock: systemClock,
    storage: { load: () => undefined, save: () => Promise.resolve() },
    settings: { staleAfterMinutes: () => 15, refreshMinutes: () => 1440 },
  });
  let turns = 0;
  const ticking = setInterval(() => turns++, 10);
  store.setHosts(Array.from({ length: FLEET }, (_, n) => host(n)));
  const open = (): number => store.views().filter((view) => view.state.kind === 'unknown').length;
  await expect.poll(open, { timeout: 150_000, interval: 200 }).toBe(0);
  clearInterval(ticking);

  const kinds = new Map(store.views().map((view) => [view.host.name, view.state.kind]));
  expect(kinds.get('fleet-5')).toBe('unreachable');
  expect(kinds.get('fleet-7')).toBe('needsSignIn');
  expect(kinds.get('fleet-9')).toBe('needsSignIn');
  expect([...kinds.values()].filter((kind) => kind === 'notInstalled')).toHaveLength(FLEET - 3);
  expect(load.most).toBeGreaterThan(1);
  expect(load.most).toBeLessThanOrEqual(32);
  expect(asked).toEqual([]);
  // The editor went on doing other things all the while: a pass in one go would leave a handful of turns.
  expect(turns).toBeGreaterThan(50);
  store.dispose();
});
