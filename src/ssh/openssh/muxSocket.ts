import { connect } from 'node:net';

/** Our own end of a master's control socket (OpenSSH's PROTOCOL.mux, version 4). It tells when the master is gone, and keeps it. */
export interface MuxSocket {
  /** Whether the master still answers. */
  alive(): Promise<boolean>;
  onEnd(listener: () => void): void;
  /** Has the master close the connection and end. */
  terminate(): void;
  /** Lets go of the master. */
  close(): void;
}

const HELLO = 1;
const VERSION = 4;
const ALIVE_CHECK = 0x1000_0004;
const TERMINATE = 0x1000_0005;
const IS_ALIVE = 0x8000_0005;
const LONGEST_PACKET = 64 * 1024;
const ANSWER_MS = 5_000;

/** Undefined where no master answers there. */
export async function openMuxSocket(path: string): Promise<MuxSocket | undefined> {
  const socket = connect(path);
  const listeners: (() => void)[] = [];
  const waiting = new Map<number, (alive: boolean) => void>();
  let requests = 0;
  let ended = false;
  let bytes = Buffer.alloc(0);
  let greeted: (() => void) | undefined;
  const send = (...words: number[]): void => {
    const packet = Buffer.alloc(4 + 4 * words.length);
    [4 * words.length, ...words].forEach((word, index) => packet.writeUInt32BE(word, 4 * index));
    socket.write(packet);
  };
  const take = (packet: Buffer): void => {
    const type = packet.length >= 4 ? packet.readUInt32BE(0) : 0;
    if (type === HELLO && packet.length >= 8 && packet.readUInt32BE(4) === VERSION) greeted?.();
    if (type === IS_ALIVE && packet.length >= 8) waiting.get(packet.readUInt32BE(4))?.(true);
  };
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const end = 4 + bytes.readUInt32BE(0);
      take(bytes.subarray(4, end));
      bytes = bytes.subarray(end);
    }
    if (bytes.length > LONGEST_PACKET) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
    for (const answer of waiting.values()) answer(false);
    for (const listener of listeners) listener();
  });
  socket.on('connect', () => send(HELLO, VERSION));

  /** Resolves to false at the end, or when no answer comes. */
  const answered = (ask: (answer: (yes: boolean) => void) => number): Promise<boolean> => {
    if (ended) return Promise.resolve(false);
    return new Promise((resolve) => {
      const answer = (yes: boolean): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(yes);
      };
      const timer = setTimeout(() => answer(false), ANSWER_MS);
      const id = ask(answer);
      waiting.set(id, answer);
    });
  };

  const usable = await answered((answer) => {
    greeted = () => answer(true);
    return requests++;
  });
  if (!usable) {
    socket.destroy();
    return undefined;
  }
  return {
    alive: () =>
      answered(() => {
        send(ALIVE_CHECK, ++requests);
        return requests;
      }),
    onEnd: (listener) => void listeners.push(listener),
    terminate() {
      send(TERMINATE, ++requests);
      setTimeout(() => socket.destroy(), ANSWER_MS).unref();
    },
    close: () => socket.destroy(),
  };
}
