import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A directory of its own for one test file: keys, configurations, known_hosts. */
export function workDirectory(): {
  readonly path: string;
  file(name: string, content: string): string;
  read(name: string): string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'toa-ssh-'));
  return {
    path,
    file(name, content) {
      writeFileSync(join(path, name), content, { mode: 0o600 });
      return join(path, name);
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A fresh key pair by ssh-keygen; the private key's path. */
export async function makeKey(directory: string, name: string, options: readonly string[] = ['-t', 'ed25519']): Promise<string> {
  const path = join(directory, name);
  const passphrase = options.includes('-N') ? [] : ['-N', ''];
  await run('ssh-keygen', ['-q', '-C', name, ...passphrase, ...options, '-f', path]);
  return path;
}

/** `type base64` of a public key file. */
export const publicKey = (path: string): string => readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');

export interface Sshd {
  readonly port: number;
  /** What it has logged so far. */
  log(): string;
  /** Ends it and every connection of its own. */
  stop(): Promise<void>;
}

/** Whom tests sign in as: sshd may run as an ordinary user, for that user. */
export const me = userInfo().username;

export interface SshdOptions {
  readonly directory: string;
  readonly hostKeys: readonly string[];
  /** Public key lines that may sign in. */
  readonly authorized: readonly string[];
  /** More lines of sshd_config; they come first, so they win. */
  readonly settings?: readonly string[];
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Words that run it elsewhere, to stand before its own. */
  readonly inside?: readonly string[];
}

/** A real sshd on a loopback port of its own, ready when this resolves. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const port = options.port ?? (await freePort());
  const config = join(options.directory, `sshd_${port}`);
  writeFileSync(`${config}.keys`, options.authorized.join('\n') + '\n', { mode: 0o600 });
  writeFileSync(
    config,
    [
      ...(options.settings ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...options.hostKeys.map((key) => `HostKey ${key}`),
      `AuthorizedKeysFile ${config}.keys`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'LogLevel VERBOSE',
      'MaxStartups 200',
      // Under sshd bash reads ~/.bashrc unless it is a shell in a shell; what a person has there is no part of a test.
      'SetEnv SHLVL=2',
    ].join('\n') + '\n',
  );
  // Privilege separation wants it; only root may make it, and only root's sshd needs it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const [program, ...words] = [...(options.inside ?? []), '/usr/sbin/sshd', '-D', '-e', '-f', config];
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await listening(child, () => log);
  return { port, log: () => log, stop: () => stop(child) };
}

function listening(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!log().includes('Server listening on')) return;
      child.off('exit', died);
      child.stderr?.off('data', look);
      resolve();
    };
    const died = (): void => reject(new Error(`sshd did not start: ${log()}`));
    child.once('exit', died);
    child.stderr?.on('data', look);
    look();
  });
}

/** With everything under it: each connection's process has a session of its own and would live on. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const tree = descendants(child.pid);
  for (const pid of [child.pid, ...tree]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }
  await gone;
}

function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    children = [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** A real ssh-agent holding the given keys. */
export async function startAgent(keys: readonly string[]): Promise<{ readonly socket: string; stop(): void }> {
  const { stdout } = await run('ssh-agent', ['-s']);
  const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(stdout)?.[1] ?? '';
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  for (const key of keys) await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return { socket, stop: () => void process.kill(pid) };
}
