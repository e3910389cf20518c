import { spawn, type ChildProcess } from 'node:child_process';
import type { Channel, Exit, Session } from '../../../src/engine/ports';
import { HostError } from '../../../src/core/problem';

/**
 * A session to this machine: the same shells, tools and files as over SSH, without the wire. `cut` does what a lost
 * connection does: every command's stdin ends, and nobody reads its output any more.
 */
export function localSession(shell = '/bin/sh'): Session & { readonly cut: () => void; readonly pids: () => number[] } {
  const children = new Set<ChildProcess>();
  return {
    host: { id: 'settings:here', name: 'here', source: 'settings', logs: [] },
    address: 'localhost',
    user: 'me',
    byOpenSsh: [],
    ended: false,
    onEnd: () => () => undefined,
    // The product's command line is the constant `exec /bin/sh -s`; tests choose the shell behind it.
    open: (command) => {
      const [file = '', ...words] = shell.split(' ');
      const child = command === 'exec /bin/sh -s' ? spawn(file, [...words, '-s']) : spawn('/bin/sh', ['-c', command]);
      children.add(child);
      child.once('close', () => children.delete(child));
      return Promise.resolve(channelOf(child));
    },
    cut: () => children.forEach(sever),
    pids: () => [...children].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  };
}

function channelOf(child: ChildProcess): Channel {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes');
  stdin.on('error', () => undefined);
  let closed = false;
  let cancel: () => void = () => undefined;
  const exit = new Promise<Exit>((resolve, reject) => {
    cancel = () => reject(new HostError({ code: 'cancelled' }, 'here'));
    child.once('exit', (code, signal) => {
      if (code === null) reject(new HostError({ code: 'connectionLost', reason: String(signal) }, 'here'));
      else resolve({ code });
    });
  });
  exit.catch(() => undefined);
  return {
    stdout: readable(stdout, () => closed),
    stderr: readable(stderr, () => closed),
    write: (data) => new Promise((resolve) => stdin.write(data, () => resolve())),
    end: () => stdin.end(),
    exit,
    close: () => {
      closed = true;
      cancel();
      sever(child);
    },
  };
}

/** Ends where its own side has closed it, and fails where it was cut. */
async function* readable(stream: NodeJS.ReadableStream, closed: () => boolean): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch {
    if (closed()) return;
    throw new HostError({ code: 'connectionLost', reason: 'cut' }, 'here');
  }
}

function sever(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
}
