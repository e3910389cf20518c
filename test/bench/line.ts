import { execFileSync, spawn, type ChildProcess } from 'node:child_process';

/** A network namespace at a distance. */
export interface FarSide {
  /** Its address. */
  readonly address: string;
  /** Words that run a command there, to stand before it. */
  readonly inside: readonly string[];
  close(): void;
}

/**
 * A namespace beside ours, one round trip of `milliseconds` away by the delay line. 0: our own, by its loopback device.
 * Needs a network namespace of our own.
 */
export async function layLine(milliseconds: number, folder: string): Promise<FarSide> {
  ip('link set lo up');
  if (milliseconds === 0) return { address: '127.0.0.1', inside: [], close: () => undefined };
  const program = `${folder}/delay`;
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-o', program, 'test/bench/delay.c'], { stdio: 'inherit' });
  // Holds the namespace; ends with us, like the line itself.
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; read -r _'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await firstWord(holder);
  const pid = String(holder.pid);
  const inside = ['nsenter', '--target', pid, '--net'];
  const line = spawn(program, [pid, String(milliseconds / 2)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await firstWord(line);
  const far = (words: string): unknown => execFileSync('nsenter', ['--target', pid, '--net', 'ip', ...words.split(' ')]);
  ip('addr add 10.77.0.1/24 dev line');
  ip('link set line txqueuelen 20000 up');
  far('link set lo up');
  far('addr add 10.77.0.2/24 dev line');
  far('link set line txqueuelen 20000 up');
  return {
    address: '10.77.0.2',
    inside,
    close() {
      line.kill();
      holder.kill();
    },
  };
}

const ip = (words: string): unknown => execFileSync('ip', words.split(' '));

const firstWord = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${String(code)}`)));
  });
