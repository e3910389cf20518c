import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EditorServer } from './server';

/**
 * Kills the extension host without a goodbye, as a crash or the system's memory killer does, and resolves when it is gone.
 * VS Code starts another one by itself, up to twice in five minutes.
 */
export async function killExtensionHost({ pid }: Pick<EditorServer, 'pid'>): Promise<void> {
  const host = extensionHost(pid);
  process.kill(host, 'SIGKILL');
  while (below(pid).includes(host)) await sleep(50);
}

/** The extension host's process below the server's. Throws if there is not exactly one. */
export function extensionHost(server: number): number {
  const hosts = below(server).filter((one) => /--type=extensionHost/.test(read(one, 'cmdline')));
  if (hosts.length !== 1) throw new Error(`${hosts.length} extension hosts below ${server}`);
  return hosts[0]!;
}

/** Everything that descends from a process, by the system's own table. */
export function below(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      // Behind the name, which may hold anything: state, then the parent.
      .map((name) => [Number(name), Number(read(Number(name), 'stat').split(') ').at(-1)?.split(' ')[1])]),
  );
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found.slice(1);
}

/** Empty for a process that has just ended. */
function read(pid: number, file: 'stat' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
