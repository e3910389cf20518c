import type { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { HostError, type Problem } from '../core/problem';
import type { Channel, Exit } from '../engine/ports';

/** What a channel needs to know about the connection under it. */
export interface Carrier {
  /** The host, for errors. */
  readonly host: string;
  /** Why the connection ended, once it has. */
  readonly reason: string;
  onEnd(listener: () => void): () => void;
}

/** Wraps an ssh2 channel. `signal` closes it; `released` is called once when it is over. */
export function wrapChannel(stream: ClientChannel, carrier: Carrier, signal: AbortSignal, released: () => void): Channel {
  let failure: HostError | undefined;
  let exited: Exit | undefined;
  let finished = false;
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
    finish(problem);
    stream.close();
    // What still arrives is of no use to anyone; flowing lets the channel be taken down.
    stream.resume();
    stream.stderr.resume();
  };
  const abort = (): void => close({ code: 'cancelled' });
  const lost = (reason: string): Problem => ({ code: 'connectionLost', reason });
  const unsubscribe = carrier.onEnd(() => {
    // All output and the exit code have come: the result stands although the connection is gone.
    if (exited === undefined || !sawEof(stream)) finish(lost(carrier.reason));
  });

  stream.on('exit', (code: number | null, name?: string) => {
    exited ??= code === null ? { signal: name ?? 'unknown' } : { code };
    // Nobody takes stdin any more; ssh2 would leave a write that waits for room waiting for ever.
    wake();
  });
  stream.on('close', () => finish(exited === undefined ? lost('channel closed without an exit status') : undefined));
  stream.on('error', () => undefined);
  stream.stderr.on('error', () => undefined);
  signal.addEventListener('abort', abort);

  /** Resolves at the stream's next event, or at the end of the channel. */
  const change = (readable: Readable): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        waiters.delete(done);
        readable.off('readable', done).off('end', done);
        resolve();
      };
      waiters.add(done);
      readable.once('readable', done).once('end', done);
    });

  async function* chunks(readable: Readable): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (failure) throw failure;
      const chunk = readable.read() as Buffer | null;
      if (chunk) yield chunk;
      else if (readable.readableEnded) return;
      else if (finished) return;
      else await change(readable);
    }
  }

  return {
    stdout: chunks(stream),
    stderr: chunks(stream.stderr),
    exit,
    write: (data) =>
      new Promise((resolve, reject) => {
        const refuse = (): void => reject(failure ?? new HostError(lost('stdin is closed'), carrier.host));
        if (finished || exited || stream.writableEnded) {
          refuse();
          return;
        }
        waiters.add(refuse);
        stream.write(data, (error) => {
          waiters.delete(refuse);
          if (error) refuse();
          else resolve();
        });
      }),
    end: () => {
      if (!finished) stream.end();
    },
    close: () => close(),
  };
}

/** ssh2 keeps a channel's state for itself; EOF or CLOSE received is what tells a whole output from a cut one. */
const sawEof = (stream: ClientChannel): boolean => (stream as { incoming?: { state?: string } }).incoming?.state !== 'open';
