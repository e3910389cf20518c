import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import type { Wire } from '../channel';
import type { Connection } from '../link';
import { asForward, inSession, sharedArguments } from './commandLine';
import type { MuxSocket } from './muxSocket';
import type { Room } from './room';

type Env = Readonly<Record<string, string | undefined>>;
type Start = (rest: readonly string[], log: string) => ChildProcess;

/** A connection over the control socket of a master: ours, which `close` ends, or the person's own, which it leaves alone. */
export function sharedConnection(socket: string, mux: MuxSocket, room: Room, env: Env, whose: 'ours' | 'theirs'): Connection {
  const start: Start = (rest, log) => spawn('ssh', sharedArguments(socket, log, rest), { env, stdio: 'pipe', windowsHide: true });
  return {
    exec: (command, { pty }, callback) =>
      callback(
        undefined,
        wireOf(start, inSession(command, pty), room, () => mux.alive()),
      ),
    forward: (address, port, callback) => callback(undefined, forwardOver(start, address, port, room)),
    onEnd: (listener) => mux.onEnd(() => listener('the ssh client ended')),
    close: () => (whose === 'ours' ? mux.terminate() : mux.close()),
  };
}

/** Where the client has no connection sharing (Windows): a connection of its own for each command. `start` begins one. */
export function separateConnection(start: Start, room: Room): Connection {
  const children = new Set<ChildProcess>();
  let over: (reason: string) => void = () => undefined;
  const begin: Start = (rest, log) => {
    const child = start(rest, log);
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  return {
    exec: (command, { pty }, callback) =>
      callback(
        undefined,
        wireOf(begin, inSession(command, pty), room, () => Promise.resolve(true)),
      ),
    forward: (address, port, callback) => callback(undefined, forwardOver(begin, address, port, room)),
    onEnd: (listener) => (over = listener),
    close() {
      for (const child of children) child.kill('SIGKILL');
      over('closed');
    },
  };
}

function wireOf(start: Start, rest: readonly string[], room: Room, alive: () => Promise<boolean>): Wire {
  const log = room.path('.log');
  const child = start(rest, log) as ChildProcess & { stdin: Wire['stdin']; stdout: Wire['stdout']; stderr: Wire['stderr'] };
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    listen({ exited, closed }) {
      child.on('error', () => undefined);
      child.once('close', (code) => {
        exitOf(code, log, alive)
          .then((found) => {
            if (found !== undefined) exited({ code: found });
          })
          .finally(() => {
            closed();
            rm(log, { force: true }).catch(() => undefined);
          })
          .catch(() => undefined);
      });
    },
    whole: true,
    close: () => child.kill('SIGKILL'),
  };
}

/**
 * The command's own exit code, or undefined: the connection was lost. ssh answers 255 for its own failures too, so only its log
 * tells then (mux.c, clientloop.c); and a client whose master died after the code came may have passed on half of the output.
 */
async function exitOf(code: number | null, log: string, alive: () => Promise<boolean>): Promise<number | undefined> {
  if (code === null) return undefined;
  if (code === 255) {
    const text = await readFile(log, 'utf8').catch(() => '');
    if (!/(?:exit status from master|debug1: Exit status) 255\s*$/m.test(text)) return undefined;
  }
  return (await alive()) ? code : undefined;
}

function forwardOver(start: Start, address: string, port: number, room: Room): Duplex {
  const log = room.path('.log');
  const child = start(asForward(address, port), log);
  child.on('error', () => undefined);
  child.stderr?.resume();
  child.once('close', () => void rm(log, { force: true }).catch(() => undefined));
  if (!child.stdin || !child.stdout) throw new Error('no pipes');
  const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
  stream.once('close', () => child.kill());
  return stream;
}
