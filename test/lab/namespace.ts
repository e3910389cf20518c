import { spawn, spawnSync } from 'node:child_process';

/** An ordinary user's lab lives in a user namespace with the user's subordinate ids (`/etc/subuid`, package uidmap). */
export const rootless = process.getuid?.() !== 0;

/** What hosts may not do, even where the lab runs as the machine's root: touch the machine's own kernel and clock. */
export const withoutKernel = ['setpriv', '--bounding-set=-sys_module,-sys_boot,-sys_time'];

/** The environment of everything that runs as a lab's root. */
export const rootEnvironment = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  HOME: '/root',
  ...(rootless ? { LAB_ROOTLESS: '1' } : {}),
};

/** `command` as (namespaced) root in a mount namespace of its own. */
export function asRoot(command: readonly string[]): [string, string[]] {
  const user = rootless ? ['--user', '--map-root-user', '--map-auto'] : [];
  return ['unshare', [...user, '--mount', '--propagation', 'private', '--', ...command]];
}

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Never rejects for an exit code; a program that does not start rejects. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env ?? process.env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString() + (signal ? `\n${signal}` : ''),
      }),
    );
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(options.input ?? '');
  });
}

/** Like `run`, as (namespaced) root; rejects with the program's own words if it fails. */
export async function runAsRoot(command: readonly string[], env: Record<string, string> = {}): Promise<Output> {
  const result = await run(...asRoot(command), { env: { ...rootEnvironment, ...env } });
  if (result.code !== 0) throw new Error(`${command.join(' ')}: exit ${result.code}\n${result.stdout}${result.stderr}`);
  return result;
}

/** Deletes a lab's directory at once, also while the process exits; a part of it may belong to subordinate ids. */
export function removeNow(directory: string): void {
  const [program, args] = asRoot(['rm', '-rf', '--one-file-system', directory]);
  spawnSync(program, args, { env: rootEnvironment, stdio: 'ignore' });
}
