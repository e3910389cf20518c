import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networks, type Target } from './traffic';

/** A protected address of this machine, in front of a host. */
export interface ProtectedAddress {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Port forwarding as an Anti-DDoS instance does it: each connection that comes is one to the host, from an address of the
 * network. From the scrubbing centre's it carries a visitor (preload/toa.c), as its option 254 would.
 */
export async function openProtectedAddress(target: Target, network: keyof typeof networks = 'scrubbingCentre'): Promise<ProtectedAddress> {
  const sockets = new Set<Socket>();
  const server = createServer((tester) => {
    const localAddress = `${networks[network].from}${1 + Math.floor(Math.random() * 200)}`;
    const origin = connect({ host: target.address, port: target.httpPort, localAddress });
    for (const [socket, other] of [
      [tester, origin],
      [origin, tester],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
