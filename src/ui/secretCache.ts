import type { Memento, SecretStorage } from 'vscode';
import type { SecretRequest } from '../engine/ports';

/** Secrets by what they are for: in memory while the editor runs, in its secret storage only when asked. */
export interface SecretCache {
  get(request: SecretRequest): Promise<string | undefined>;
  put(request: SecretRequest, value: string, remember: boolean): Promise<void>;
  /** It was refused: gone from memory and storage. */
  drop(request: SecretRequest): Promise<void>;
  /** Forgets all; the number of those that were stored. */
  clear(): Promise<number>;
}

/** Names of stored secrets (never their values), because the editor's storage cannot list them. */
const INDEX = 'toa.rememberedSecrets';

export function createSecretCache(storage: SecretStorage, state: Memento): SecretCache {
  const memory = new Map<string, string>();
  const index = (): readonly string[] => state.get<readonly string[]>(INDEX, []);
  return {
    get: async (request) => {
      const key = secretKey(request);
      return key === undefined ? undefined : (memory.get(key) ?? (await storage.get(key)));
    },
    put: async (request, value, remember) => {
      const key = secretKey(request);
      if (key === undefined) return;
      memory.set(key, value);
      if (!remember) return;
      await storage.store(key, value);
      await state.update(INDEX, [...new Set([...index(), key])]);
    },
    drop: async (request) => {
      const key = secretKey(request);
      if (key === undefined) return;
      memory.delete(key);
      await storage.delete(key);
      await state.update(
        INDEX,
        index().filter((known) => known !== key),
      );
    },
    clear: async () => {
      memory.clear();
      const stored = index();
      for (const key of stored) await storage.delete(key);
      await state.update(INDEX, []);
      return stored.length;
    },
  };
}

/**
 * What a secret is for. A passphrase belongs to its key file, everything else to one user on one host at one address, so
 * that no password ever reaches another host, nor another machine that got the host's name. Answers to a server's own questions may be one-time codes: never kept.
 */
function secretKey(request: SecretRequest): string | undefined {
  switch (request.kind) {
    case 'answer':
      return undefined;
    case 'passphrase':
      return JSON.stringify(['toa', request.kind, request.detail ?? '']);
    case 'password':
    case 'sudo':
      return JSON.stringify(['toa', request.kind, request.host, request.hop, request.user, request.address, request.hostKeyAlias ?? '']);
  }
}
