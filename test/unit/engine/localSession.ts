import { spawn } from 'node:child_process';
import type { Channel, Session } from '../../../src/engine/ports';

/** A Session whose far end is a real shell on this machine: what `sh` gets and answers is real, only the wire is missing. */
export function localSession(options: { readonly shell?: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly user?: string } = {}): Session {
  const shell = options.shell ?? ['/bin/sh'];
  return {
    host: { id: 'settings:local', name: 'local', source: 'settings', logs: [] },
    address: '127.0.0.1:22',
    user: options.user ?? 'tester',
    ended: false,
    onEnd: () => () => undefined,
    open: (command) => {
      // `exec /bin/sh` in our constants becomes the shell under test.
      const asked = command.replaceAll('/bin/sh', shell.join(' '));
      const child = spawn('/bin/sh', ['-c', asked], { env: { ...process.env, ...options.env }, stdio: 'pipe' });
      child.stdin.on('error', () => undefined);
      const channel: Channel = {
        stdout: child.stdout,
        stderr: child.stderr,
        write: (data) => new Promise((resolve) => child.stdin.write(data, () => resolve())),
        end: () => child.stdin.end(),
        exit: new Promise((resolve) => child.on('close', (code, signal) => resolve(code === null ? { signal: signal ?? 'KILL' } : { code }))),
        close: () => {
          child.stdin.destroy();
          child.kill('SIGKILL');
        },
      };
      return Promise.resolve(channel);
    },
  };
}
