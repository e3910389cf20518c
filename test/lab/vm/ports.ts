import { once } from 'node:events';
import { createServer } from 'node:net';

/** Four ports of loopback that were free a moment ago. */
export async function freePorts(): Promise<[number, number, number, number]> {
  const servers = [0, 1, 2, 3].map(() => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address ? address.port : 0;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports as [number, number, number, number];
}
