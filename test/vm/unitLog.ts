import { expect } from 'vitest';
import { systemClock as clock } from '../../src/engine/clock';
import { tailLog } from '../../src/engine/tailLog';
import { ok } from '../lab/vm/byHand';
import type { ScrubbingCentre } from '../lab/vm/scrub';
import type { Bench } from './bench';

const PATH = 'journal:nginx.service';

/** On a machine whose module is loaded: nginx writes into the journal of a real systemd; a probe finds it, and its follower sees the visitor. */
export async function unitLogged({ vm, bench }: Bench, centre: ScrubbingCentre): Promise<void> {
  await ok(
    vm,
    `sed -i 's|keepalive_timeout|access_log syslog:server=unix:/dev/log,nohostname combined; keepalive_timeout|' /etc/nginx/nginx.conf && nginx -t -q && systemctl restart nginx`,
  );
  await centre.visit({ path: '/unit-first' });
  expect((await bench.probe()).logs).toContainEqual({ path: PATH, server: 'nginx', readable: 'yes', found: 'open' });
  const stop = new AbortController();
  let seen = '';
  const done = tailLog({
    host: 'vm',
    connect: () => bench.connect(),
    path: PATH,
    as: await bench.as(),
    back: 10,
    clock,
    signal: stop.signal,
    onLines: (bytes) => (seen += bytes.toString('utf8')),
    onMark: () => undefined,
    onState: () => undefined,
  });
  const { visitor } = await centre.visit({ path: '/unit-next' });
  await expect.poll(() => seen, { timeout: 60_000 }).toMatch(/\/unit-next/);
  expect(seen).toMatch(new RegExp(`^${visitor} .*GET /unit-next `, 'm'));
  stop.abort();
  await done;
}
