import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HostError, type Problem } from '../core/problem';
import { dial } from './dial';
import { addressOf, type Hop } from './hop';
import type { Link } from './link';
import type { SshOptions } from './options';
import { proxyCommandSocket } from './proxyCommand';
import { connectToRead } from './reading';

/**
 * A TCP connection of our own (ssh2's would wait for Nagle), a `ProxyCommand`, or a channel through the hop before. Rejects with HostError
 * connectFailed; after an abort it may stay unsettled, and leaves nothing behind.
 */
export function openSocket(hop: Hop, below: Link | undefined, signal: AbortSignal, options: SshOptions): Promise<Duplex> {
  const failed = (reason: string): Problem => ({ code: 'connectFailed', address: addressOf(hop), reason, phase: 'tcp' });
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, cause: unknown): void => reject(new HostError(failed(reason), hop.name, { hop: hop.name, cause }));
    if (below) {
      const release = below.hold();
      try {
        below.forward(hop.address, hop.port, (error, channel) => {
          release();
          if (error) refuse(error.message, error);
          else if (signal.aborted) channel.destroy();
          else resolve(channel);
        });
      } catch (error) {
        release();
        refuse(below.reason, error);
      }
      return;
    }
    if (hop.proxyCommand !== undefined) {
      if (signal.aborted) refuse('cancelled', signal.reason);
      else
        resolve(
          proxyCommandSocket(hop.proxyCommand, { ...options.env }, (line) => options.transcript.line(hop.name, `ProxyCommand: ${line}`)),
        );
      return;
    }
    dial(hop, signal, { open: connectToRead }).then(
      (socket) => resolve(oneWritePerTick(socket)),
      (error: unknown) => refuse(reasonOf(error), error),
    );
  });
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);

/** ssh2 writes a packet in up to three pieces; what is written in one tick leaves in one system call. */
function oneWritePerTick(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  let corked = false;
  const corking = (...args: Parameters<typeof write>): boolean => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
  return Object.assign(socket, { write: corking });
}
