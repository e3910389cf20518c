import { describe, expect, it } from 'vitest';
import type { Memento, SecretStorage } from 'vscode';
import type { SecretRequest } from '../../../src/engine/ports';
import { createSecretCache, type SecretCache } from '../../../src/ui/secretCache';

/** The editor's two stores, as far as the cache uses them; they outlive a cache as they outlive a window. */
function stores(): { readonly secrets: Map<string, string>; readonly open: () => SecretCache } {
  const secrets = new Map<string, string>();
  const values = new Map<string, unknown>();
  const storage = {
    get: (key: string) => Promise.resolve(secrets.get(key)),
    store: (key: string, value: string) => Promise.resolve(void secrets.set(key, value)),
    delete: (key: string) => Promise.resolve(void secrets.delete(key)),
  } as unknown as SecretStorage;
  const state = {
    get: (key: string, otherwise: unknown) => values.get(key) ?? otherwise,
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  } as unknown as Memento;
  return { secrets, open: () => createSecretCache(storage, state) };
}

const request: SecretRequest = { kind: 'password', host: 'web-01', hop: 'web-01', user: 'deploy', address: '192.0.2.1:22', hidden: true };
const SECRET = 'correct horse';

describe.each(['password', 'sudo'] as const)('a remembered secret: %s', (kind) => {
  const asked = { ...request, kind };
  const others: readonly (readonly [string, SecretRequest])[] = [
    ['another address under the same name', { ...asked, address: '192.0.2.2:22' }],
    ['another port', { ...asked, address: '192.0.2.1:2222' }],
    ['another HostKeyAlias', { ...asked, hostKeyAlias: 'fleet' }],
    ['another host', { ...asked, host: 'web-02' }],
    ['another hop', { ...asked, hop: 'bastion' }],
    ['another user', { ...asked, user: 'root' }],
  ];

  it.each(others)('is not given to %s, in the same window or a later one', async (_name, other) => {
    const { open } = stores();
    const cache = open();
    await cache.put(asked, SECRET, true);
    expect([await cache.get(asked), await open().get(asked)]).toEqual([SECRET, SECRET]);
    expect([await cache.get(other), await open().get(other)]).toEqual([undefined, undefined]);
  });

  it('is stored only when asked, and gone once refused or forgotten', async () => {
    const { secrets, open } = stores();
    const cache = open();
    await cache.put(asked, SECRET, false);
    expect([secrets.size, await open().get(asked)]).toEqual([0, undefined]);
    await cache.put(asked, SECRET, true);
    await cache.drop(asked);
    expect([secrets.size, await cache.get(asked)]).toEqual([0, undefined]);
    await cache.put(asked, SECRET, true);
    expect([await open().clear(), secrets.size]).toEqual([1, 0]);
  });
});

it('a passphrase belongs to its key file, on whatever host; an answer is never kept', async () => {
  const cache = stores().open();
  const passphrase: SecretRequest = { ...request, kind: 'passphrase', detail: '/home/me/.ssh/id' };
  await cache.put(passphrase, SECRET, true);
  expect(await cache.get({ ...passphrase, host: 'web-02', address: '192.0.2.2:22' })).toBe(SECRET);
  expect(await cache.get({ ...passphrase, detail: '/home/me/.ssh/other' })).toBeUndefined();
  const answer: SecretRequest = { ...request, kind: 'answer', detail: 'Token:' };
  await cache.put(answer, '123456', true);
  expect(await cache.get(answer)).toBeUndefined();
});
