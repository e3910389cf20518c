import { connect } from 'node:net';
import { run as runProgram, type Output } from '../namespace';

export type { Output } from '../namespace';

/** Where and how a guest is reached. */
export interface Guest {
  readonly port: number;
  /** Files. */
  readonly key: string;
  readonly knownHosts: string;
}

/** Runs a sh script as root over ssh. Rejects if the connection fails (ssh's exit code 255). */
export async function run(guest: Guest, script: string): Promise<Output> {
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${guest.knownHosts}`,
    'ConnectTimeout=60',
    'BatchMode=yes',
    'LogLevel=ERROR',
  ];
  const words = ['-F', 'none', '-i', guest.key, '-p', String(guest.port), ...options.flatMap((option) => ['-o', option])];
  const result = await runProgram('ssh', [...words, 'root@127.0.0.1', 'PATH=/sbin:/bin:/usr/sbin:/usr/bin exec /bin/sh -s'], {
    input: script,
  });
  if (result.code === 255) throw new Error(`ssh: ${result.stderr}`);
  return result;
}

/** Does an ssh server greet on that port of loopback? */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(10_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
  });
}
