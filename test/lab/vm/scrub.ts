import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { answerArp, decode } from './frames';
import { converse, type Connection, type Visit, type Visited } from './conversation';
import { startTraffic, type Traffic, type TrafficOptions } from './traffic';

export type { Visit, Visited } from './conversation';

/** A scrubbing centre on the VM's second network card. */
export interface ScrubbingCentre {
  /** Makes a visit and resolves when its last answer has come; rejects if the origin resets it or after 60 s. */
  visit(visit?: Visit): Promise<Visited>;
  /** Keeps visits coming, whether they are answered or not. */
  traffic(options: TrafficOptions): Traffic;
  close(): void;
}

/** The addresses it forwards from. */
export const backToOrigin = '198.51.100.0/24';

/** Speaks raw ethernet frames, one in each UDP datagram, with the network card (`-netdev dgram`) behind `cardPort` of loopback. */
export async function openScrubbingCentre(ownPort: number, cardPort: number): Promise<ScrubbingCentre> {
  const socket = createSocket('udp4');
  const connections = new Map<number, Connection>();
  let nextPort = 20_000 + Math.floor(Math.random() * 20_000);
  let turn = 0;
  const send = (frame: Buffer) => socket.send(frame, cardPort, '127.0.0.1', () => undefined); // no VM there: lost, like on a wire
  socket.on('message', (frame) => {
    const arp = answerArp(frame);
    const segment = decode(frame);
    if (arp) send(arp);
    else if (segment) connections.get(segment.toPort)?.receive(segment);
  });
  socket.bind(ownPort, '127.0.0.1');
  await once(socket, 'listening');

  const visit = (wanted: Visit = {}): Promise<Visited> => {
    turn++;
    nextPort = nextPort === 60_000 ? 20_000 : nextPort + 1;
    const from = wanted.from ?? `198.51.100.${1 + (turn % 250)}`;
    const visitor = wanted.visitor ?? `203.0.113.${1 + (turn % 250)}`;
    return converse(connections, send, wanted, { from, visitor, fromPort: nextPort });
  };
  return {
    visit,
    traffic: (options) => startTraffic(visit, options),
    close: () => end(socket, connections),
  };
}

function end(socket: Socket, connections: ReadonlyMap<number, Connection>): void {
  connections.forEach((connection) => connection.fail(new Error('The scrubbing centre is closed.')));
  socket.close();
}
