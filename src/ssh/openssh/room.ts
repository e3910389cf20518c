import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

/** What ssh's askpass wants to know: the prompt, and `SSH_ASKPASS_PROMPT` (`confirm`, `none`) where ssh sets it. */
export interface Question {
  readonly prompt: string;
  readonly hint: string | undefined;
}

export interface Visitor {
  /** The answer; undefined: none. `signal` fires when nobody waits for it any more. */
  answer(question: Question, signal: AbortSignal): Promise<string | undefined>;
  /** The stream that stands for the way to the server. */
  connect(): Promise<Duplex>;
}

/** A private directory (0700) for sockets, logs and the two scripts that ssh starts. */
export interface Room {
  /** A new name in the directory, short enough for a socket (`unix(7)`: 108 bytes, 104 on macOS, where ssh appends 17 while it binds). */
  path(suffix: string): string;
  /** Lets one ssh process in until `leave`: the environment it needs, and the command that is its ProxyCommand. */
  admit(visitor: Visitor): { readonly env: Readonly<Record<string, string>>; readonly proxyCommand: string; readonly leave: () => void };
  close(): Promise<void>;
}

/** A prompt is no longer than this; whoever sends more is not ssh. */
const LONGEST_HELLO = 64 * 1024;
const LONGEST_DIRECTORY = 60;

/** `program`: the path of `askpass.ts` as built. */
export async function openRoom(program: string): Promise<Room> {
  const windows = process.platform === 'win32';
  const directory = await mkdtemp(join(!windows && tmpdir().length > LONGEST_DIRECTORY ? '/tmp' : tmpdir(), 'toa-'));
  const socketPath = windows ? `\\\\.\\pipe\\toa-${randomBytes(12).toString('hex')}` : join(directory, 's');
  const launcher = join(directory, windows ? 'ask.cmd' : 'ask');
  await writeFile(launcher, windows ? WINDOWS_LAUNCHER : LAUNCHER, { mode: 0o700 });
  const visitors = new Map<string, Visitor>();
  const server = createServer((socket) => receive(socket, visitors));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  server.unref();
  let names = 0;
  return {
    path: (suffix) => join(directory, `${(names++).toString(36)}${suffix}`),
    admit(visitor) {
      const token = randomBytes(24).toString('hex');
      visitors.set(token, visitor);
      return {
        env: {
          SSH_ASKPASS: launcher,
          // Before 8.4 ssh asks this way wherever there is a display and no terminal.
          DISPLAY: process.env['DISPLAY'] ?? ':0',
          TOA_SSH_NODE: process.execPath,
          TOA_SSH_PROGRAM: program,
          TOA_SSH_SOCKET: socketPath,
          TOA_SSH_TOKEN: token,
        },
        proxyCommand: `${launcher} --connect`,
        leave: () => void visitors.delete(token),
      };
    },
    async close() {
      visitors.clear();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const LAUNCHER = '#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec "$TOA_SSH_NODE" "$TOA_SSH_PROGRAM" "$@"\n';
const WINDOWS_LAUNCHER = '@set ELECTRON_RUN_AS_NODE=1\r\n@"%TOA_SSH_NODE%" "%TOA_SSH_PROGRAM%" %*\r\n';

interface Hello extends Question {
  readonly token: string;
  readonly want: string;
}

function receive(socket: Socket, visitors: ReadonlyMap<string, Visitor>): void {
  const gone = new AbortController();
  let bytes = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('close', () => gone.abort());
  const listen = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf(10);
    if (end < 0 && bytes.length < LONGEST_HELLO) return;
    socket.off('data', listen).pause();
    const hello = end < 0 ? undefined : parse(bytes.toString('utf8', 0, end));
    const visitor = hello && find(visitors, hello.token);
    if (!hello || !visitor) {
      socket.destroy();
      return;
    }
    socket.unshift(bytes.subarray(end + 1));
    serve(socket, hello, visitor, gone.signal).catch(() => socket.destroy());
  };
  socket.on('data', listen);
}

async function serve(socket: Socket, hello: Hello, visitor: Visitor, gone: AbortSignal): Promise<void> {
  if (hello.want === 'connection') {
    const far = await visitor.connect();
    far.on('error', () => socket.destroy());
    far.on('close', () => socket.destroy());
    socket.on('close', () => far.destroy());
    socket.pipe(far).pipe(socket);
    return;
  }
  // Read on, so that the end is seen when ssh takes its question back.
  socket.resume();
  const answer = await visitor.answer(hello, gone);
  socket.end(answer === undefined ? '' : `${answer}\n`);
}

function find(visitors: ReadonlyMap<string, Visitor>, token: string): Visitor | undefined {
  const given = Buffer.from(token);
  for (const [known, visitor] of visitors) {
    if (known.length === given.length && timingSafeEqual(Buffer.from(known), given)) return visitor;
  }
  return undefined;
}

function parse(text: string): Hello | undefined {
  try {
    const { token, want, prompt, hint } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token !== 'string' || typeof want !== 'string' || typeof prompt !== 'string') return undefined;
    return { token, want, prompt, hint: typeof hint === 'string' ? hint : undefined };
  } catch {
    return undefined;
  }
}
