import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import type { Clock } from '../engine/ports';
import type { Wire } from './channel';
import type { Connection } from './link';

/** How long a closing connection may take to say so before its socket is destroyed. */
const GOODBYE_MS = 2_000;

/** A connection over a signed-in ssh2 client. */
export function ssh2Connection(client: Client, socket: Duplex, clock: Clock): Connection {
  let reason = 'closed';
  // The first error is the cause; what follows it is its consequence.
  client.once('error', (error) => (reason = error.message));
  client.on('error', () => undefined);
  return {
    exec: (command, { pty }, callback) =>
      client.exec(command, { pty: pty && RAW_TERMINAL }, (error, stream) => callback(error, wireOf(stream))),
    forward: (address, port, callback) => client.forwardOut('127.0.0.1', 0, address, port, callback),
    onEnd: (listener) => client.once('close', () => listener(reason)),
    close() {
      client.end();
      clock.sleep(GOODBYE_MS).then(
        () => socket.destroy(),
        () => undefined,
      );
    },
  };
}

const wireOf = (stream: ClientChannel): Wire => ({
  stdin: stream,
  stdout: stream,
  get stderr() {
    return stream.stderr;
  },
  listen({ exited, closed }) {
    stream.on('exit', (code: number | null, name?: string) => exited(code === null ? { signal: name ?? 'unknown' } : { code }));
    stream.on('close', closed);
  },
  // ssh2 keeps a channel's state for itself; EOF or CLOSE received is what tells a whole output from a cut one.
  get whole() {
    return (stream as { incoming?: { state?: string } }).incoming?.state !== 'open';
  },
  close: () => stream.close(),
});

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
