import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMonitor, type Monitor } from './qmp';

export interface Machine {
  /** The qcow2 disk, /dev/vda; written to. */
  readonly disk: string;
  /** A second disk, /dev/vdb, raw. */
  readonly second?: string;
  /** Name of an internal snapshot of `disk` to continue from. */
  readonly snapshot?: string;
  /** Where its socket and its console's text (`serial.log`) are kept. */
  readonly dir: string;
  /** On 127.0.0.1: the guest's ssh and web server. */
  readonly sshPort: number;
  readonly httpPort: number;
  /** UDP on 127.0.0.1: the second network card, and whom it speaks to. */
  readonly cardPort: number;
  readonly scrubPort: number;
  /** Boots this kernel instead of what the disk holds. */
  readonly direct?: { readonly kernel: string; readonly initramfs: string; readonly arguments: string };
}

export interface RunningMachine {
  readonly monitor: Monitor;
  readonly serialLog: string;
  /** Resolves when qemu has ended. */
  readonly ended: Promise<void>;
  /** Ends qemu at once. */
  kill(): void;
}

/**
 * Starts qemu, always with software emulation: hardware acceleration is not there for everybody and hangs where it is nested.
 * The emulator ends with this process, however that ends. What belongs to the machine's shape (cards, memory, cores) is
 * constant, since a snapshot only continues in the same shape. 384 MB in the guest, up to 800 MB here.
 */
export async function startMachine(machine: Machine): Promise<RunningMachine> {
  const socket = join(machine.dir, 'qmp.sock');
  const serialLog = join(machine.dir, 'serial.log');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...options(machine, socket, serialLog)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit').then(() => undefined);
  try {
    const monitor = await monitorOf(child, socket, () => said);
    return { monitor, serialLog, ended, kill: () => void child.kill('SIGKILL') };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function options(machine: Machine, socket: string, serialLog: string): string[] {
  const { sshPort, httpPort, cardPort, scrubPort, direct } = machine;
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '384', '-display', 'none', '-nodefaults', '-no-user-config'],
    ...['-qmp', `unix:${socket},server=on,wait=off`, '-serial', `file:${serialLog}`],
    ...['-drive', `file=${machine.disk},if=virtio,format=qcow2,cache=unsafe,discard=unmap`],
    ...(machine.second ? ['-drive', `file=${machine.second},if=virtio,format=raw,cache=unsafe`] : []),
    ...['-device', 'virtio-rng-pci'],
    ...['-netdev', `user,id=lab,restrict=on,ipv6=off,${forward(sshPort, 22)},${forward(httpPort, 80)}`],
    ...['-device', 'virtio-net-pci,netdev=lab,romfile='],
    ...['-netdev', `dgram,id=scrub,${udp('local', cardPort)},${udp('remote', scrubPort)}`],
    ...['-device', 'virtio-net-pci,netdev=scrub,romfile=,mac=52:54:00:00:00:10'],
    ...(machine.snapshot ? ['-loadvm', machine.snapshot] : []),
    ...(direct ? ['-kernel', direct.kernel, '-initrd', direct.initramfs, '-append', direct.arguments] : []),
  ];
}

const forward = (here: number, there: number) => `hostfwd=tcp:127.0.0.1:${here}-10.0.2.15:${there}`;
const udp = (side: 'local' | 'remote', port: number) => `${side}.type=inet,${side}.host=127.0.0.1,${side}.port=${port}`;

async function monitorOf(child: ChildProcess, socket: string, said: () => string): Promise<Monitor> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`qemu did not start: ${said()}`);
    const there = await access(socket).then(
      () => true,
      () => false,
    );
    if (there) return openMonitor(socket);
    if (Date.now() > deadline) throw new Error(`qemu does not answer: ${said()}`);
    await sleep(50);
  }
}
