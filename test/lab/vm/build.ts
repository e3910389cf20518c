import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, isKept, kept, must } from '../build';
import { runAsRoot } from '../namespace';
import { answers, run } from './guest';
import { freePorts } from './ports';
import { startMachine, type Machine, type RunningMachine } from './qemu';
import { within } from './wait';

/** `xfs`: all on one XFS; `ext4`: / and /boot on ext4; `lvm`: the same with /boot on a logical volume. */
export type VmDisk = 'xfs' | 'ext4' | 'lvm';

/** What VMs of one kind start from: files, kept in the user's cache under a hash of their sources. */
export interface BuiltVm {
  /** A qcow2 disk that was never booted. */
  readonly fresh: string;
  /** A qcow2 disk over it, with a snapshot of the running system. */
  readonly booted: string;
  /** That snapshot's name. */
  readonly snapshot: string;
  /** The private key that all users but `password` accept. */
  readonly key: string;
  /** The guest's public host keys, one in a line. */
  readonly hostKeys: string;
  readonly toaRpm: string;
  readonly oopsModule: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const script = (name: string) => join(here, 'image', name);
const snapshot = 'booted';
/** `uname -r` of the TOA kernel, and of what a VM runs at first. */
export const toaKernel = '3.10.0-957.21.3.el7.toa.x86_64';
export const originalKernel = '3.10.0-957.el7.x86_64';

/** What grub.cfg and the unit lab-ready print on the console. */
export const bootMark = 'lab: boot loader';
export const upMark = 'lab: up';

/** Builds what is missing: about 3 minutes for Debian's packages, once, and 3 minutes for each kind of disk. */
export async function buildVm(disk: VmDisk): Promise<BuiltVm> {
  const names = await namesOf(disk);
  const base = await kept(names.base, (to) => must('bash', [script('base.sh'), to]));
  const parts = await kept(names.parts, (to) => makeParts(base, to));
  const made = await kept(names.disk, (to, final) => makeDisk(disk, base, parts, to, final));
  return {
    fresh: join(made, 'fresh.qcow2'),
    booted: join(made, 'booted.qcow2'),
    snapshot,
    key: join(parts, 'key'),
    hostKeys: join(made, 'host-keys'),
    oopsModule: join(parts, 'modules/oops.ko'),
    toaRpm: join(parts, 'rpms', `kernel-${toaKernel}.rpm`),
  };
}

/** Is there nothing left for buildVm to do? */
export const isVmBuilt = async (disk: VmDisk): Promise<boolean> => isKept((await namesOf(disk)).disk);

/** What a VM is made from, in the cache: each name holds a hash of the sources. */
async function namesOf(disk: VmDisk): Promise<{ readonly base: string; readonly parts: string; readonly disk: string }> {
  const partSources = [
    'vm/image/base.sh',
    'vm/image/modules.sh',
    'vm/image/rpms.sh',
    'vm/toa-module',
    'vm/release-module',
    'vm/oops-module',
    'rpm',
  ];
  const base = await hashOf(['vm/image/base.sh']);
  const parts = await hashOf(partSources, String(process.getuid?.()));
  const made = await hashOf(['vm/image', 'vm/usr', 'vm/qemu.ts', 'usr', 'machine/systems.sh', 'machine/dev.sh'], parts);
  return { base: `vm-base-${base}`, parts: `vm-parts-${parts}`, disk: `vm-${disk}-${made}` };
}

async function makeParts(base: string, to: string): Promise<void> {
  await must('bash', [script('modules.sh'), join(base, 'headers'), join(to, 'modules')]);
  await runAsRoot(['bash', script('rpms.sh'), join(base, 'root.tar'), join(to, 'modules'), join(to, 'rpms')]);
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', join(to, 'key')]);
}

async function makeDisk(disk: VmDisk, base: string, parts: string, to: string, final: string): Promise<void> {
  const root = join(to, 'root');
  const raw = join(to, 'disk.img');
  const env = { DISK: disk };
  const sources = [join(base, 'root.tar'), join(parts, 'rpms'), join(parts, 'modules'), join(parts, 'key.pub')];
  await runAsRoot(['bash', script('root.sh'), root, ...sources], env);
  await keepHostKeys(join(root, 'etc/ssh'), join(to, 'host-keys'));
  const boot = join(to, 'direct');
  await runAsRoot([
    'sh',
    '-c',
    'mkdir "$2" && cp "$1"/boot/vmlinuz-* "$2/vmlinuz" && cp "$1"/boot/initramfs-* "$2/initramfs" && chmod 644 "$2"/*',
    'sh',
    root,
    boot,
  ]);
  await runAsRoot(['bash', script('disk.sh'), root, raw], env);
  await runAsRoot(['rm', '-rf', root, `${root}.boot`]);

  const work = join(to, 'work.qcow2');
  await must('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', raw, '-F', 'raw', work]);
  await firstBoot(disk, work, boot, to);
  const fresh = join(to, 'fresh.qcow2');
  await must('nice', ['qemu-img', 'convert', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd', work, fresh]);
  await Promise.all([work, raw, boot].map((path) => rm(path, { recursive: true })));
  await makeSnapshot(fresh, join(to, 'booted.qcow2'), { dir: to, key: join(parts, 'key'), hostKeys: join(to, 'host-keys') });
  // The disk below is named by its path, and this directory is about to be renamed.
  await must('qemu-img', ['rebase', '-u', '-b', join(final, 'fresh.qcow2'), '-F', 'qcow2', join(to, 'booted.qcow2')]);
}

async function keepHostKeys(folder: string, to: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('_key.pub'));
  const keys = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  await writeFile(to, keys.map((key) => `${key.trim()}\n`).join(''));
}

/** One boot into the program first-boot instead of systemd. */
async function firstBoot(disk: VmDisk, image: string, boot: string, dir: string): Promise<void> {
  const root = disk === 'xfs' ? '/dev/vda1' : '/dev/vda2';
  const machine = await startBuilding({
    disk: image,
    dir,
    direct: {
      kernel: join(boot, 'vmlinuz'),
      initramfs: join(boot, 'initramfs'),
      arguments: `root=${root} rw console=ttyS0 quiet mitigations=off no_timer_check init=/usr/lib/elhost/first-boot`,
    },
  });
  try {
    await within(600, 'first boot', machine.serial, async () => /lab: first boot (done|failed)/.test(await machine.serial()));
    await machine.ended;
  } finally {
    machine.kill();
    await machine.ended;
  }
  const said = await machine.serial();
  if (!said.includes('lab: first boot done')) throw new Error(`The first boot failed:\n${said.slice(-3000)}`);
}

/** Boots a disk over `fresh` and keeps the running system in it. */
async function makeSnapshot(fresh: string, booted: string, place: { dir: string; key: string; hostKeys: string }): Promise<void> {
  await must('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', fresh, '-F', 'qcow2', booted]);
  const machine = await startBuilding({ disk: booted, dir: place.dir });
  try {
    await within(600, 'boot', machine.serial, async () => (await machine.serial()).includes(upMark) && (await answers(machine.sshPort)));
    const knownHosts = join(place.dir, 'known_hosts');
    const keys = (await readFile(place.hostKeys, 'utf8')).trim().split('\n');
    await writeFile(knownHosts, keys.map((key) => `[127.0.0.1]:${machine.sshPort} ${key}\n`).join(''));
    await run({ port: machine.sshPort, key: place.key, knownHosts }, 'sync');
    await machine.monitor.command('human-monitor-command', { 'command-line': `savevm ${snapshot}` });
    await rm(knownHosts);
  } finally {
    machine.kill();
    await machine.ended;
  }
}

async function startBuilding(
  machine: Pick<Machine, 'disk' | 'dir' | 'direct'>,
): Promise<RunningMachine & { readonly sshPort: number; readonly serial: () => Promise<string> }> {
  const [sshPort, httpPort, cardPort, scrubPort] = await freePorts();
  const running = await startMachine({ ...machine, sshPort, httpPort, cardPort, scrubPort });
  return { ...running, sshPort, serial: () => readFile(running.serialLog, 'utf8').catch(() => '') };
}
