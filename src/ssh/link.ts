import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../engine/ports';
import type { Hop } from './hop';

/** Without a channel for this long, a connection is closed. */
const IDLE_MS = 5 * 60_000;
/** How long a closing connection may take to say so before its socket is destroyed. */
const GOODBYE_MS = 2_000;

/** One verified, authenticated connection to one hop; shared by everyone who goes there, or through there. */
export interface Link {
  readonly hop: Hop;
  readonly ended: boolean;
  /** Why it ended, once it has. */
  readonly reason: string;
  onEnd(listener: () => void): () => void;
  /** Starts a command; the callback as in ssh2. Throws where the connection is gone. */
  exec(command: string, options: { readonly pty: boolean }, callback: (error: Error | undefined, channel: ClientChannel) => void): void;
  forward(address: string, port: number, callback: (error: Error | undefined, channel: ClientChannel) => void): void;
  /** Marks the link as used until the returned function is called. */
  hold(): () => void;
  close(): void;
}

/** Takes over a connected client. The link below a jump is held until this one ends. */
export function createLink(client: Client, socket: Duplex, hop: Hop, clock: Clock, releaseBelow: () => void): Link {
  const listeners = new Set<() => void>();
  let ended = false;
  let reason = 'closed';
  let users = 0;
  let idle = new AbortController();

  const over = (): void => {
    if (ended) return;
    ended = true;
    idle.abort();
    releaseBelow();
    for (const listener of [...listeners]) listener();
    listeners.clear();
  };
  // The first error is the cause; what follows it is its consequence.
  client.once('error', (error) => (reason = error.message));
  client.on('error', () => undefined);
  client.on('close', over);

  const close = (): void => {
    client.end();
    clock.sleep(GOODBYE_MS).then(
      () => socket.destroy(),
      () => undefined,
    );
    over();
  };
  const watchIdle = (): void => {
    idle = new AbortController();
    clock.sleep(IDLE_MS, idle.signal).then(close, () => undefined);
  };
  watchIdle();

  return {
    hop,
    get ended() {
      return ended;
    },
    get reason() {
      return reason;
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exec: (command, options, callback) => client.exec(command, { pty: options.pty && RAW_TERMINAL }, callback),
    forward: (address, port, callback) => client.forwardOut('127.0.0.1', 0, address, port, callback),
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

/**
 * A terminal that leaves bytes alone: no echo (a password must never come back), no line editing, no CR before LF, no
 * signals from control characters. RFC 4254, section 8.
 */
const RAW_TERMINAL: PseudoTtyOptions = {
  term: 'dumb',
  cols: 400,
  rows: 50,
  modes: { ECHO: 0, ICANON: 0, ISIG: 0, IEXTEN: 0, ICRNL: 0, INLCR: 0, IGNCR: 0, IXON: 0, IXOFF: 0, OPOST: 0, ONLCR: 0 },
};
