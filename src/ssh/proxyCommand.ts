import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** How much of what the command complains is kept for the error. */
const COMPLAINT = 500;
const LAST_WORDS_MS = 1000;

/**
 * A `ProxyCommand` as the way to a server: its standard input and output (`ssh_config(5)`). Run as ssh does, by the user's shell
 * with `exec`. What it complains goes, line by line, to `complains`; the stream ends with its last words when the command fails.
 */
export function proxyCommandSocket(command: string, env: NodeJS.ProcessEnv, complains: (line: string) => void): Duplex {
  const shell = env['SHELL'] ?? '/bin/sh';
  const child =
    process.platform === 'win32'
      ? spawn(command, { shell: true, env, windowsHide: true })
      : spawn(shell, ['-c', `exec ${command}`], { env });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT);
    for (const line of text.split('\n').slice(0, 20)) if (line.trim() !== '') complains(line.slice(0, COMPLAINT));
  });
  const socket = new Duplex({
    read: () => child.stdout.resume(),
    // What cannot be written any more is explained by how the command ends.
    write: (chunk: Buffer, _encoding, written) => child.stdin.write(chunk, () => written()),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill('SIGTERM');
      done(error);
    },
  });
  const failed = (reason: string): void => {
    const words = complaint.trim().split('\n').at(-1)?.trim() ?? '';
    socket.destroy(new Error(`ProxyCommand: ${words === '' ? reason : words}`));
  };
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!socket.push(chunk)) child.stdout.pause();
  });
  // Its last words come after its output has ended, unless it lives on.
  child.stdout.once('end', () => setTimeout(() => socket.push(null), LAST_WORDS_MS).unref());
  child.once('error', (error) => failed(error.message));
  child.once('close', (code, signal) => {
    if (code === 0) socket.push(null);
    else failed(code === null ? `ended by ${signal ?? 'a signal'}` : `exit ${code}`);
  });
  // ssh2 listens once it has the stream; until then a failure must not be nobody's.
  socket.on('error', () => undefined);
  return socket;
}
