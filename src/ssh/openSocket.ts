import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HostError, type Problem } from '../core/problem';
import { addressOf, type Hop } from './hop';
import type { Link } from './link';
import type { SshOptions } from './options';
import { proxyCommandSocket } from './proxyCommand';

/**
 * A TCP connection of our own (ssh2's would wait for Nagle), a `ProxyCommand`, or a channel through the hop before. Rejects with HostError
 * connectFailed; after an abort it may stay open-ended, and leaves nothing behind.
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
    if (hop.family !== 0 && isIP(hop.address) === 10 - hop.family) {
      refuse('EAFNOSUPPORT', undefined);
      return;
    }
    const socket = connectTcp({
      host: hop.address,
      port: hop.port,
      noDelay: true,
      family: hop.family,
      ...(hop.bindAddress === undefined ? {} : { localAddress: hop.bindAddress }),
    });
    const abort = (): void => {
      socket.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    const onError = (error: NodeJS.ErrnoException): void => refuse(error.code ?? error.message, error);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      signal.removeEventListener('abort', abort);
      resolve(oneWritePerTick(socket));
    });
  });
}

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
