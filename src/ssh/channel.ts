import type { Readable, Writable } from 'node:stream';
import { HostError, type Problem } from '../core/problem';
import type { Channel, Exit } from '../engine/ports';

/** A command under way, over whichever client. */
export interface Wire {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** `exited` comes at most once and before `closed`; `closed` once. */
  listen(events: { readonly exited: (exit: Exit) => void; readonly closed: () => void }): void;
  /** Whether all output has come. */
  readonly whole: boolean;
  close(): void;
}

/** What a channel needs to know about the connection under it. */
export interface Carrier {
  /** The host, for errors. */
  readonly host: string;
  /** Why the connection ended, once it has. */
  readonly reason: string;
  onEnd(listener: () => void): () => void;
}

/** Bytes that wait for a slow reader before the output is paused. */
const MOST_HELD = 256 * 1024;

/** A channel over a wire. `signal` closes it; `released` is called once when it is over. */
export function wrapChannel(wire: Wire, carrier: Carrier, signal: AbortSignal, released: () => void): Channel {
  const { stdin, stdout, stderr } = wire;
  let failure: HostError | undefined;
  let exited: Exit | undefined;
  let finished = false;
  /** Closed by us: what still arrives is wanted by nobody. */
  let dropped = false;
  const waiters = new Set<() => void>();
  const wake = (): void => {
    for (const waiter of [...waiters]) waiter();
  };
  let settle: { resolve(exit: Exit): void; reject(error: HostError): void } | undefined;
  const exit = new Promise<Exit>((resolve, reject) => (settle = { resolve, reject }));
  exit.catch(() => undefined); // whoever never asks for the exit must not crash the editor

  /** `problem` fails the outputs and the exit; without one the outputs just end, and the exit is what came, or a cancellation. */
  const finish = (problem?: Problem): void => {
    if (finished) return;
    finished = true;
    if (problem) failure = new HostError(problem, carrier.host);
    if (failure) settle?.reject(failure);
    else if (exited) settle?.resolve(exited);
    else settle?.reject(new HostError({ code: 'cancelled' }, carrier.host));
    signal.removeEventListener('abort', abort);
    unsubscribe();
    wake();
    released();
  };
  const close = (problem?: Problem): void => {
    dropped = true;
    finish(problem);
    wire.close();
    // Flowing lets the channel be taken down.
    stdout.resume();
    stderr.resume();
  };
  const abort = (): void => close({ code: 'cancelled' });
  const lost = (reason: string): Problem => ({ code: 'connectionLost', reason });
  const unsubscribe = carrier.onEnd(() => {
    // All output and the exit code have come: the result stands although the connection is gone.
    if (exited === undefined || !wire.whole) finish(lost(carrier.reason));
  });

  wire.listen({
    exited: (exit) => {
      exited ??= exit;
      // Nobody takes stdin any more; ssh2 would leave a write that waits for room waiting for ever.
      wake();
    },
    closed: () => finish(exited === undefined ? lost('channel closed without an exit status') : undefined),
  });
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  signal.addEventListener('abort', abort);

  /** What has come of an output, piece by piece as it came: `read()` would make one copy of all that waits. */
  async function* chunks(readable: Readable): AsyncGenerator<Uint8Array> {
    const held: Buffer[] = [];
    let bytes = 0;
    let wakeUp: () => void = () => undefined;
    const listen = (chunk: Buffer): void => {
      if (dropped) return;
      held.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_HELD) readable.pause();
      wakeUp();
    };
    const woken = (): void => wakeUp();
    waiters.add(woken);
    readable.on('data', listen).on('end', woken);
    try {
      for (;;) {
        if (failure) throw failure;
        const chunk = held.shift();
        if (chunk) {
          bytes -= chunk.length;
          if (bytes < MOST_HELD && readable.isPaused()) readable.resume();
          yield chunk;
        } else if (dropped || readable.readableEnded || (finished && readable.readableLength === 0)) {
          return;
        } else {
          readable.resume();
          await new Promise<void>((resolve) => (wakeUp = resolve));
        }
      }
    } finally {
      waiters.delete(woken);
      readable.off('data', listen).off('end', woken);
    }
  }

  return {
    stdout: chunks(stdout),
    stderr: chunks(stderr),
    exit,
    write: (data) =>
      new Promise((resolve, reject) => {
        const refuse = (): void => reject(failure ?? new HostError(lost('stdin is closed'), carrier.host));
        if (finished || exited || stdin.writableEnded) {
          refuse();
          return;
        }
        waiters.add(refuse);
        stdin.write(data, (error) => {
          waiters.delete(refuse);
          if (error) refuse();
          else resolve();
        });
      }),
    end: () => {
      if (!finished) stdin.end();
    },
    close: () => close(),
  };
}
