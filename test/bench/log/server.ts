import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Session } from '../../../src/engine/ports';
import { systemClock } from '../../../src/engine/clock';
import { createTransport } from '../../../src/ssh/transport';
import { makeKey, me, publicKey, startSshd, workDirectory } from '../../hosts/ssh/sshd';
import { layLine } from '../line';

/** A real sshd on this machine, with an open connection of ours and one of OpenSSH's to it. */
export interface Server {
  readonly directory: string;
  connect(): Promise<Session>;
  /** Runs a bash command line in which `$SSH` stands for the ssh client and the host; gives its output. */
  shell(command: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it with keys of its own. */
export async function startServer(): Promise<Server> {
  const work = workDirectory();
  await layLine(0, work.path);
  const [hostKey, key] = [await makeKey(work.path, 'host'), await makeKey(work.path, 'user')];
  const sshd = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: [publicKey(key)] });
  work.file('known_hosts', `[127.0.0.1]:${sshd.port} ${publicKey(hostKey)}\n`);
  const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${me}`, `IdentityFile ${key}`, 'IdentitiesOnly yes'];
  const configFile = work.file('config', ['Host bench', ...lines, `UserKnownHostsFile ${join(work.path, 'known_hosts')}`].join('\n  '));
  const transport = createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
  const control = join(work.path, 'control');
  execFileSync('ssh', ['-F', configFile, '-c', 'aes128-gcm@openssh.com', '-M', '-S', control, '-f', '-N', 'bench'], { stdio: 'ignore' });
  const env = { ...process.env, LC_ALL: 'C', HOME: work.path, SSH: `ssh -F ${configFile} -S ${control} bench` };
  return {
    directory: work.path,
    connect: () =>
      transport.connect({ id: 'bench', name: 'bench', source: 'ssh-config', logs: [] }, { signal: new AbortController().signal }),
    async shell(command) {
      const options = { env, maxBuffer: 256 * 1024 * 1024 };
      return (await promisify(execFile)('/bin/bash', ['-c', `set -o pipefail; ${command}`], options)).stdout;
    },
    stop: async () => {
      spawnSync('ssh', ['-F', configFile, '-S', control, '-O', 'exit', 'bench'], { stdio: 'ignore' });
      transport.dispose();
      await sshd.stop();
      work.remove();
    },
  };
}
