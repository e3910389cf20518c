import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { asRoot, rootEnvironment, rootless, run, runAsRoot, withoutKernel, type Output } from './namespace';
import { systems, type LabSystem } from './systems';

const here = dirname(fileURLToPath(import.meta.url));
/** A boot takes about a second on a quiet machine. */
const bootDeadline = 90_000;

/** `dead`: the boot loader's pick cannot boot (no kernel, no initramfs); `off`: powered off, or not started. */
export type Power = 'booting' | 'up' | 'off' | 'dead';

export interface LabHost {
  /** `lab-centos7`; a second host of a system is `lab-centos7-2`. */
  readonly name: string;
  readonly system: LabSystem;
  /** A loopback address of its own. */
  readonly address: string;
  /** Of sshd. The host itself believes in 22. */
  readonly port: number;
  /** Of the web server. The host itself believes in 80. */
  readonly httpPort: number;
  /** The host's / as a directory of this machine; /usr (an overlay) and /boot are mounted only inside: use shell(). */
  readonly root: string;
  /** The web server's access log, as the host names it. */
  readonly accessLog: string;
  /**
   * Runs a sh script as root inside the host, past ssh and sudo: to set up faults and to look at the outcome. What it
   * leaves running must have its output redirected, or this waits for it. Works on a host that does not boot, too.
   */
  shell(script: string): Promise<Output>;
  /** Lines for known_hosts. */
  hostKeys(): Promise<string[]>;
  power(): Promise<{ readonly state: Power; readonly reason: string }>;
  /** How often it has booted since it was built or reset. */
  boots(): Promise<number>;
  /** Switches the power on and resolves when sshd answers. Rejects if the host dies on the way or after 90 s. */
  start(): Promise<void>;
  /** Pulls the plug. */
  stop(): Promise<void>;
  /** Resolves when boots() has passed `boots` and sshd answers. */
  booted(boots: number): Promise<void>;
  /** Leaves this much room there, on a filesystem of its own, until the next reboot or reset; again changes how much. */
  limit(place: '/boot' | '/var', freeKiB: number): Promise<void>;
  /** Back to the freshly built state, running. About 2 s. */
  reset(): Promise<void>;
  /** Pulls the plug at once, without waiting: for the lab's end. */
  kill(): void;
}

export interface HostPlace {
  readonly name: string;
  readonly system: LabSystem;
  readonly dir: string;
  readonly template: string;
  readonly address: string;
  readonly port: number;
  readonly httpPort: number;
}

/** A host in its freshly built state, not started. */
export async function createHost(place: HostPlace): Promise<LabHost> {
  const { dir, address, port, httpPort, name } = place;
  let machine: ChildProcess | undefined;
  await restore(place);

  const file = (path: string) =>
    readFile(join(dir, path), 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
  const boots = async () => Number(await file('boots'));
  const power = async () => {
    const [state = '', reason = ''] = (await file('state')).split(/: (.*)/s);
    return machine === undefined ? ({ state: 'off', reason: '' } as const) : { state: state as Power, reason };
  };

  async function stop(): Promise<void> {
    if (machine === undefined) return;
    const gone = once(machine, 'exit');
    kill();
    await gone;
    machine = undefined;
  }

  function kill(): void {
    if (machine?.pid === undefined || machine.exitCode !== null || machine.signalCode !== null) return;
    process.kill(-machine.pid, 'SIGKILL');
  }

  async function start(): Promise<void> {
    if (machine !== undefined) return;
    const before = await boots();
    const [program, args] = asRoot(['/bin/sh', join(here, 'machine/machine.sh'), dir]);
    const log = join(dir, 'machine.log');
    await writeFile(join(dir, 'state'), 'booting\n');
    machine = spawn(program, args, { env: rootEnvironment, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
    machine.stderr?.on('data', (chunk: Buffer) => void writeFile(log, chunk, { flag: 'a' }).catch(() => undefined));
    machine.unref();
    await booted(before);
  }

  async function booted(earlier: number): Promise<void> {
    const deadline = Date.now() + bootDeadline;
    for (;;) {
      const { state, reason } = await power();
      if (state === 'dead') throw new Error(`${name} does not boot: ${reason}`);
      if (machine?.exitCode != null || machine?.signalCode != null) throw new Error(`${name}: ${await file('machine.log')}`);
      if ((await boots()) > earlier && state === 'up' && (await answers(address, port))) return;
      if (Date.now() > deadline)
        throw new Error(`${name} did not boot in ${bootDeadline / 1000} s: ${await file('root/var/log/boot.log')}`);
      await sleep(50);
    }
  }

  async function shell(script: string): Promise<Output> {
    if (machine?.pid === undefined) throw new Error(`${name} is not started`);
    const init = await file('init');
    const user = rootless ? ['--user'] : [];
    const enter = init
      ? ['--target', init, ...user, '--mount', '--pid', '--uts', '--time', '--cgroup', '--root', '--wd', ...withoutKernel]
      : ['--target', String(machine.pid), ...user, '--mount', ...withoutKernel, 'chroot', join(dir, 'root')];
    return run('nsenter', [...enter, '/bin/sh', '-s'], { input: script, env: { ...rootEnvironment, TERM: 'dumb' } });
  }

  return {
    name,
    system: place.system,
    address,
    port,
    httpPort,
    root: join(dir, 'root'),
    accessLog: systems[place.system].accessLog,
    shell,
    hostKeys: () => hostKeys(place),
    power,
    boots,
    start,
    stop,
    booted,
    kill,
    async limit(place, freeKiB) {
      const script = `set -e; size=$(($(du -sk ${place} | cut -f1) + ${freeKiB}))
        if [ "$(stat -f -c %T ${place})" = tmpfs ]; then exec mount -o remount,size=\${size}k ${place}; fi
        cp -a ${place} /tmp/limited
        mount -t tmpfs -o mode=755,size=\${size}k tmpfs ${place}; cp -a /tmp/limited/. ${place}/; rm -r /tmp/limited`;
      const result = await shell(script);
      if (result.code !== 0) throw new Error(`${name}: ${result.stderr}`);
    },
    async reset() {
      await stop();
      await restore(place);
      await start();
    },
  };
}

async function restore({ dir, template, name, address, port, httpPort }: HostPlace): Promise<void> {
  await mkdir(dir, { recursive: true });
  await runAsRoot(['sh', '-c', 'cd "$1" && rm -rf root usr boot work && cd "$2" && cp -a root usr boot work "$1"', 'sh', dir, template]);
  await writeFile(join(dir, 'boots'), '0\n');
  await writeFile(join(dir, 'root/etc/elhost/network'), `${address} ${port} ${httpPort}\n`);
  await writeFile(join(dir, 'root/etc/hostname'), `${name}\n`);
}

async function hostKeys({ dir, address, port }: HostPlace): Promise<string[]> {
  const folder = join(dir, 'root/etc/ssh');
  const names = (await readdir(folder)).filter((name) => name.endsWith('_key.pub'));
  const keys = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return keys.map((key) => `[${address}]:${port} ${key.trim()}`);
}

/** Does an ssh server greet there? */
function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(5000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
  });
}
