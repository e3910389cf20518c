import { copyFile, constants, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../build';
import { bootMark, buildVm, upMark, type BuiltVm, type VmDisk } from './build';
import { answers, run, upload, type Output } from './guest';
import { freePorts } from './ports';
import { startMachine, type RunningMachine } from './qemu';
import { openScrubbingCentre, type ScrubbingCentre } from './scrub';
import { within } from './wait';

export { originalKernel, toaKernel, type VmDisk } from './build';
export type { Output } from './guest';

export interface VmOptions {
  /** `xfs`: all on one XFS; `ext4`: / and /boot on ext4; `lvm`: the same with /boot on a logical volume. */
  readonly disk: VmDisk;
  /** Continue from a booted state (seconds) instead of booting (a minute). Default true. */
  readonly snapshot?: boolean;
}

/** A running VM as it once stood, to be continued from by any number of others. */
export interface KeptVm {
  readonly disk: VmDisk;
  /** The qcow2 file that holds its disk and its memory. */
  readonly image: string;
  remove(): Promise<void>;
}

/** A virtual machine that really boots: an EL7-like system under real GRUB 2, systemd, sshd, rpm and nginx. */
export interface Vm {
  readonly address: '127.0.0.1';
  /** Of sshd. Users as in the lab's other hosts: root, deploy (NOPASSWD), admin and password (sudo asks), nosudo; `labpass`. */
  readonly port: number;
  /** Of nginx, IPv4 only; what comes this way is no visitor: user-mode networking, from 10.0.2.2. */
  readonly httpPort: number;
  /** The private key (a file) that all users but `password` accept. */
  readonly key: string;
  /** A file for ssh's UserKnownHostsFile. */
  readonly knownHosts: string;
  /** `Host lab-vm`, user deploy. */
  readonly sshConfig: string;
  readonly accessLog: string;
  /** The TOA kernel's package: a file. */
  readonly toaRpm: string;
  /** A module named toa that oopses when it is loaded: a file. */
  readonly oopsModule: string;
  /** Runs a sh script as root over ssh, tools in PATH. Rejects if the connection fails. */
  run(script: string): Promise<Output>;
  /** Copies a file into it, as root. */
  upload(from: string, to: string): Promise<void>;
  /** Everything the console has said since the start: GRUB, kernel, dracut. */
  serial(): Promise<string>;
  /** How often the boot loader has started since startVm; 0 at first in a VM that continues a snapshot. */
  boots(): Promise<number>;
  /** Resolves when boots() has passed `earlier` and a boot that came after has brought up sshd. Rejects after `seconds` (300). */
  booted(earlier: number, seconds?: number): Promise<void>;
  /** Resolves when the console's text from the offset `from` on has a match, with it. Rejects after `seconds` (300). */
  said(pattern: RegExp, options?: { readonly from?: number; readonly seconds?: number }): Promise<RegExpExecArray>;
  /** Cuts the power and gives it back: what the guest had not written is lost, and it boots. */
  reset(): Promise<void>;
  /** Opens a scrubbing centre on the second network card; one at a time. */
  scrub(): Promise<ScrubbingCentre>;
  /** Ends it and keeps it as it stands, running; it goes with this process at the latest. */
  keep(): Promise<KeptVm>;
  /** Ends it and deletes its disk. */
  stop(): Promise<void>;
}

/** Builds what is missing (some minutes, kept in the user's cache), and starts a VM with a disk of its own. It ends with this process at the latest. */
export async function startVm(options: VmOptions): Promise<Vm> {
  const built = await buildVm(options.disk);
  return start(options.disk, built, (options.snapshot ?? true) ? { image: built.booted, name: built.snapshot } : undefined);
}

/** Starts another VM that goes on from where the kept one stood, with a disk of its own. */
export async function continueVm({ disk, image }: KeptVm): Promise<Vm> {
  return start(disk, await buildVm(disk), { image, name: keptState });
}

/** Name of a kept VM's snapshot within its image. */
const keptState = 'kept';

/** A state to continue from: a qcow2 file, and the name of a snapshot in it. */
interface State {
  readonly image: string;
  readonly name: string;
}

async function start(disk: VmDisk, built: BuiltVm, state: State | undefined): Promise<Vm> {
  const { dir, remove } = await ownDirectory();
  try {
    return await startIn(dir, remove, disk, built, state);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A temporary directory that is gone with this process, however that ends well. */
async function ownDirectory(): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'toa-vm-'));
  const removeNow = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    dir,
    async remove() {
      process.off('exit', removeNow);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startIn(dir: string, remove: () => Promise<void>, kind: VmDisk, built: BuiltVm, state: State | undefined): Promise<Vm> {
  const disk = join(dir, 'disk.qcow2');
  const key = join(dir, 'key');
  if (state) await copyFile(state.image, disk, constants.COPYFILE_FICLONE);
  else await must('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', built.fresh, '-F', 'qcow2', disk]);
  await copyFile(built.key, key);
  const [sshPort, httpPort, cardPort, scrubPort] = await freePorts();
  const machine = await startMachine({
    disk,
    dir,
    sshPort,
    httpPort,
    cardPort,
    scrubPort,
    ...(state ? { snapshot: state.name } : {}),
  });
  const knownHosts = join(dir, 'known_hosts');
  const hostKeys = (await readFile(built.hostKeys, 'utf8')).trim().split('\n');
  await writeFile(knownHosts, hostKeys.map((line) => `[127.0.0.1]:${sshPort} ${line}\n`).join(''));
  const sshConfig = join(dir, 'ssh_config');
  await writeFile(
    sshConfig,
    `Host lab-vm\n  HostName 127.0.0.1\n  Port ${sshPort}\n  User deploy\n  IdentityFile ${key}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${knownHosts}\n`,
  );
  const vm = describe(built, machine, {
    kind,
    disk,
    key,
    knownHosts,
    sshConfig,
    sshPort,
    httpPort,
    cardPort,
    scrubPort,
    remove,
  });
  if (state)
    await vm.run(`date -s @${Math.floor(Date.now() / 1000)} > /dev/null`); // its clock stood still
  else await vm.booted(0);
  return vm;
}

interface Place {
  readonly kind: VmDisk;
  readonly disk: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  readonly sshPort: number;
  readonly httpPort: number;
  readonly cardPort: number;
  readonly scrubPort: number;
  readonly remove: () => Promise<void>;
}

function describe(built: BuiltVm, machine: RunningMachine, place: Place): Vm {
  const { sshPort: port, httpPort, key, knownHosts, sshConfig } = place;
  const serial = () => readFile(machine.serialLog, 'utf8').catch(() => '');
  const boots = async () => (await serial()).split(bootMark).length - 1;
  return {
    address: '127.0.0.1',
    port,
    httpPort,
    key,
    knownHosts,
    sshConfig,
    accessLog: '/var/log/nginx/access.log',
    toaRpm: built.toaRpm,
    oopsModule: built.oopsModule,
    run: (script) => run({ port, key, knownHosts }, script),
    upload: (from, to) => upload({ port, key, knownHosts }, from, to),
    serial,
    boots,
    async booted(earlier, seconds = 300) {
      await within(seconds, `boot ${earlier + 1}`, serial, async () => {
        const latest = (await serial()).split(bootMark);
        return latest.length - 1 > earlier && latest.at(-1)?.includes(upMark) === true && (await answers(port));
      });
    },
    async said(pattern, { from = 0, seconds = 300 } = {}) {
      let found: RegExpExecArray | null = null;
      await within(seconds, String(pattern), serial, async () => (found = pattern.exec((await serial()).slice(from))) !== null);
      return found!;
    },
    reset: () => machine.monitor.command('system_reset').then(() => undefined),
    scrub: () => openScrubbingCentre(place.scrubPort, place.cardPort),
    async keep() {
      await machine.monitor.command('stop');
      await hmp(machine, `savevm ${keptState}`);
      await machine.monitor.command('quit');
      await machine.ended;
      const { dir, remove } = await ownDirectory();
      const image = join(dir, 'kept.qcow2');
      await rename(place.disk, image);
      await place.remove();
      return { disk: place.kind, image, remove };
    },
    async stop() {
      machine.kill();
      await machine.ended;
      await place.remove();
    },
  };
}

/** One line of qemu's own monitor; rejects with what it says, which is nothing where all went well. */
async function hmp(machine: RunningMachine, line: string): Promise<void> {
  const said = await machine.monitor.command('human-monitor-command', { 'command-line': line });
  if (said !== '') throw new Error(`qemu: ${line}: ${String(said)}`);
}
