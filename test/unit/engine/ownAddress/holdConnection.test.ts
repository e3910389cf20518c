import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock as clock } from '../../../../src/engine/clock';
import { holdConnection } from '../../../../src/engine/ownAddress/holdConnection';

/** A server's key and certificate, which nobody has signed. */
function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=shop'],
    { stdio: 'pipe' },
  );
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}

it.each([
  ['127.0.0.1', false],
  ['127.0.0.1', true],
  ['localhost', true],
])('holds one connection to %s open by asking again over it (TLS: %s)', async (host, tls) => {
  const asked: (string | undefined)[] = [];
  const server = tls ? createSecure(selfSigned()) : createPlain();
  server.on('request', ({ url, headers }, response) => {
    asked.push(`${url} ${String(headers['x-forwarded-for'])}`);
    response.end('here');
  });
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const signal = new AbortController().signal;
  const options = { path: '/token', headers: { 'x-forwarded-for': '198.18.0.1' }, clock, signal, timeoutSeconds: 30 };
  const held = holdConnection({ host, port, tls }, options);
  await held.answered;
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(held.state()).toMatchObject({ status: 200, openedAt: expect.any(Number) as number });
  expect(held.state().closedAfter).toBeUndefined();
  expect([connections, [...new Set(asked)]]).toEqual([1, ['/token 198.18.0.1']]);
  held.close();
  server.close();
});
