import type * as module from 'ssh2';

/** The module ssh2. */
export type Ssh2 = typeof module;

/** ssh2, loaded at the first connect: it costs about 40 ms, which an editor's start should not pay. */
export async function loadSsh2(): Promise<Ssh2> {
  // A CommonJS package: Node puts it under `default`, a bundler spreads it.
  const loaded: Ssh2 & { default?: Ssh2 } = await import('ssh2');
  return loaded.default ?? loaded;
}

/** Whether ssh2 decrypts into the very bytes that were read, as its optional native ciphers do. */
export async function decryptsInPlace(): Promise<boolean> {
  const { default: crypto } = await import('ssh2/lib/protocol/crypto.js');
  return crypto.bindingAvailable;
}
