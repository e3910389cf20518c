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
  const command = 'PATH=/sbin:/bin:/usr/sbin:/usr/bin exec /bin/sh -s';
  const result = await runProgram('ssh', [...options(guest), '-p', String(guest.port), 'root@127.0.0.1', command], { input: script });
  if (result.code === 255) throw new Error(`ssh: ${result.stderr}`);
  return result;
}

/** Copies a file into the guest, as root. */
export async function upload(guest: Guest, from: string, to: string): Promise<void> {
  const result = await runProgram('scp', [...options(guest), '-q', '-P', String(guest.port), from, `root@127.0.0.1:${to}`]);
  if (result.code !== 0) throw new Error(`scp: ${result.stderr}`);
}

function options(guest: Guest): string[] {
  const settings = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${guest.knownHosts}`, 'ConnectTimeout=120', 'BatchMode=yes'];
  return ['-F', 'none', '-i', guest.key, ...[...settings, 'LogLevel=ERROR'].flatMap((setting) => ['-o', setting])];
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
