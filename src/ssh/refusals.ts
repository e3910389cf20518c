import type { Client } from 'ssh2';

/** The server's last SSH_MSG_USERAUTH_FAILURE (RFC 4252, 5.1). */
export interface Refusal {
  /** Methods that can continue. */
  readonly left: readonly string[];
  /** True: what was tried was right, and more is wanted. */
  readonly partial: boolean;
}

type Listener = (protocol: unknown, left: string[], partial: boolean) => void;

/**
 * Reads along what the server answers to each attempt. ssh2 1.17 forgets it where the attempt was made by an agent (client.js returns
 * before it stores the list), so that two-factor sign-ins would fail; its message table is the one place to see it. Call after `connect`.
 */
export function watchRefusals(client: Client): () => Refusal | undefined {
  let last: Refusal | undefined;
  const handlers = (client as unknown as { _protocol?: { _handlers?: { USERAUTH_FAILURE?: Listener } } })._protocol?._handlers;
  const original = handlers?.USERAUTH_FAILURE;
  if (handlers && original) {
    handlers.USERAUTH_FAILURE = (protocol, left, partial) => {
      last = { left, partial };
      original(protocol, left, partial);
    };
  }
  return () => last;
}
