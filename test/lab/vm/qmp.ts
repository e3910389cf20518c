import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** qemu's control channel. */
export interface Monitor {
  /** Runs a QMP command and resolves with its answer; rejects with qemu's words. */
  command(name: string, args?: Record<string, unknown>): Promise<unknown>;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

/** Connects to the QMP socket at `path`, on which qemu may not listen yet: its file is there a moment before. */
export async function openMonitor(path: string): Promise<Monitor> {
  const socket = await connected(path, Date.now() + 60_000);
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  const lines = createInterface({ input: socket });
  // A machine that is killed resets the connection, which both tell; it ends with 'close'.
  for (const stream of [socket, lines]) stream.on('error', () => undefined);
  socket.on('close', () => waiting.forEach((settle) => settle({ error: { desc: 'qemu is gone' } })));
  lines.on('line', (line: string) => {
    const message = JSON.parse(line) as Message;
    if (message.id === undefined) return; // the greeting, an event
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  const command = (name: string, args: Record<string, unknown> = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, (message) => {
        if (message.error) reject(new Error(`qemu: ${name}: ${message.error.desc}`));
        else resolve(message.return);
      });
      socket.write(`${JSON.stringify({ execute: name, arguments: args, id })}\n`);
    });
  await command('qmp_capabilities');
  return { command, close: () => void socket.destroy() };
}

async function connected(path: string, until: number): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      socket.destroy();
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}
