import type { Duplex } from 'node:stream';
import type { OpenSshHop } from '../core/problem';
import type { Clock } from '../engine/ports';
import type { Wire } from './channel';
import type { Hop } from './hop';

/** Without a channel for this long, a connection is closed. */
const IDLE_MS = 5 * 60_000;

/** One verified, authenticated connection to one server, by whichever client. */
export interface Connection {
  /** Starts a command. `failed` names why the server or the client would not; throws where the connection is gone. */
  exec(command: string, options: { readonly pty: boolean }, callback: (failed: Error | undefined, wire: Wire) => void): void;
  /** Opens a TCP connection from the far end. */
  forward(address: string, port: number, callback: (failed: Error | undefined, stream: Duplex) => void): void;
  /** Calls back once, with the reason, when the connection is over. */
  onEnd(listener: (reason: string) => void): void;
  close(): void;
}

/** A connection to one hop; shared by everyone who goes there, or through there. */
export interface Link extends Pick<Connection, 'exec' | 'forward' | 'close'> {
  readonly hop: Hop;
  /** Hops on the way here, this one included, that go by the system's OpenSSH client. */
  readonly byOpenSsh: readonly OpenSshHop[];
  readonly ended: boolean;
  /** Why it ended, once it has. */
  readonly reason: string;
  /** When a channel was last closed, as the clock's `elapsed` has it; -Infinity: none yet. */
  readonly closedAt: number;
  channelClosed(): void;
  onEnd(listener: () => void): () => void;
  /** Marks the link as used until the returned function is called. */
  hold(): () => void;
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly byOpenSsh: readonly OpenSshHop[];
  /** Lets go of what the connection goes through, at its end. */
  readonly release?: (() => void) | undefined;
}

/** Takes over a connection. */
export function createLink(connection: Connection, hop: Hop, { clock, byOpenSsh, release }: LinkOptions): Link {
  const listeners = new Set<() => void>();
  let ended = false;
  let reason = 'closed';
  let closedAt = -Infinity;
  let users = 0;
  let idle = new AbortController();

  const over = (): void => {
    if (ended) return;
    ended = true;
    idle.abort();
    release?.();
    for (const listener of [...listeners]) listener();
    listeners.clear();
  };
  connection.onEnd((why) => {
    if (!ended) reason = why;
    over();
  });
  const close = (): void => {
    connection.close();
    over();
  };
  const watchIdle = (): void => {
    idle = new AbortController();
    clock.sleep(IDLE_MS, idle.signal).then(close, () => undefined);
  };
  watchIdle();

  return {
    hop,
    byOpenSsh,
    get ended() {
      return ended;
    },
    get reason() {
      return reason;
    },
    get closedAt() {
      return closedAt;
    },
    channelClosed() {
      closedAt = clock.elapsed();
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exec: (command, options, callback) => connection.exec(command, options, callback),
    forward: (address, port, callback) => connection.forward(address, port, callback),
    hold() {
      if (users++ === 0) idle.abort();
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        if (--users === 0 && !ended) watchIdle();
      };
    },
    close,
  };
}
