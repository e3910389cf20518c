import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { PATIENCE, type Patience } from '../../src/core/trial';
import type { HostFacts } from '../../src/core/facts';
import type { PackageSource } from '../../src/engine/packages/preparePackages';
import { rebootHost, type RebootOutcome } from '../../src/engine/reboot/rebootHost';
import { startReboot, type RebootWay } from '../../src/engine/reboot/startReboot';
import { rebootOptions, workbenchAt, type Workbench } from '../hosts/install/bench';
import { ok } from '../lab/vm/byHand';
import { within } from '../lab/vm/wait';
import { continueVm, originalKernel, startVm, toaKernel, type KeptVm, type Vm, type VmDisk } from '../lab/vm/vm';

/** The engine against a virtual machine, as `workbench` is against a host of the lab. */
export function vmBench(vm: Vm, user = 'deploy', sudoPassword?: string): Workbench {
  const none: PackageSource = { url: '/none' };
  const place = {
    name: 'lab-vm',
    sshConfig: vm.sshConfig,
    dir: dirname(vm.key),
    sources: { el7: { url: vm.toaRpm }, el6Firmware: none, el6Kernel: none },
    originCidrs: ['198.51.100.0/24'],
    deadlineSeconds: 180,
  };
  return workbenchAt(place, user, sudoPassword);
}

/** A machine and the engine on it. */
export interface Bench {
  readonly vm: Vm;
  readonly bench: Workbench;
}

/** Works on a machine that goes on from the kept one, or is as it was delivered, and ends it; where that fails its console is kept under artefacts/vm. */
export async function withVm<T>(from: KeptVm | VmDisk, work: (bench: Bench) => Promise<T>): Promise<T> {
  const vm = typeof from === 'string' ? await startVm({ disk: from }) : await continueVm(from);
  const bench = vmBench(vm);
  try {
    return await work({ vm, bench });
  } catch (error) {
    if (error instanceof Error) error.message += `\nIts console: ${await keepConsole(vm)}`;
    throw error;
  } finally {
    bench.dispose();
    await vm.stop();
  }
}

async function keepConsole(vm: Vm): Promise<string> {
  const file = join('artefacts/vm', `${vm.port}.log`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await vm.serial());
  return file;
}

/** A machine on its original kernel, with the TOA kernel installed by the engine: each case goes on from here, so that none depends on another. */
export interface Installed extends KeptVm {
  readonly before: HostFacts;
  readonly after: HostFacts;
  /** Every default kernel that was seen while it was installed. */
  readonly defaults: readonly string[];
}

export const keepInstalled = (disk: VmDisk): Promise<Installed> =>
  withVm(disk, async ({ vm, bench }) => {
    await ok(vm, 'echo 4 > /etc/elhost/posttrans-delay');
    const before = await bench.probe();
    const watch = 'until [ -e /root/installed ]; do grubby --default-kernel; sleep 3; done | sort -u';
    const [seen, after] = await Promise.all([ok(vm, watch), bench.install().finally(() => ok(vm, ': > /root/installed'))]);
    await ok(vm, 'echo 0 > /etc/elhost/posttrans-delay');
    return { ...(await vm.keep()), before, after, defaults: seen.split('\n') };
  });

/** A guard that does not let a test wait. */
export const SHORT: Patience = { sshSeconds: 20, bootSeconds: 90 };

const way = (patience: Patience): RebootWay => ({ kind: 'once', run: 'trial-vm', original: originalKernel, patience });

/** Milliseconds of a clock: when the machine was sent down, and when it answered ssh on a kernel that it then stayed on. */
export interface Stopwatch {
  down?: number;
  answered?: number;
}

/** Reboots into the TOA kernel as a trial, as the command does. */
export async function rebootOnce({ bench }: Bench, patience: Patience = PATIENCE, watch: Stopwatch = {}): Promise<RebootOutcome> {
  return rebootHost(
    await rebootOptions(bench, toaKernel, way(patience), {
      onPhase: (phase) => {
        if (phase === 'shutDown') watch.down = Date.now();
        if (phase === 'probe') watch.answered = Date.now();
      },
    }),
  );
}

/** Gives the word to reboot into the TOA kernel, and nobody follows. */
export async function leaveReboot({ bench }: Bench, patience: Patience = PATIENCE): Promise<void> {
  const options = await rebootOptions(bench, toaKernel, way(patience));
  await startReboot(await bench.connect(), options);
  bench.transport.drop(bench.host.id);
}

/** Waits until the trial has ended with the original kernel; nothing is left of it then that would act, and nothing else is broken. */
export async function returned({ vm, bench }: Bench, watch: Stopwatch = {}): Promise<HostFacts> {
  const look = async (): Promise<string> => {
    const running = (await vm.run('uname -r; cat /etc/toa-hosts/trial/state')).stdout.trim().split('\n');
    if (running[0] === originalKernel) watch.answered ??= Date.now();
    return running.join(' ');
  };
  let seen = '';
  const back = async (): Promise<boolean> => {
    seen = await look().catch(String);
    return seen.startsWith(`${originalKernel} returned`);
  };
  await within(600, 'trial that has returned', () => vm.serial(), back, 5000).catch((error: unknown) => {
    throw new Error(`Seen last: ${seen}`, { cause: error });
  });
  expect(await ok(vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${originalKernel}`);
  await settled(vm);
  bench.transport.drop(bench.host.id);
  return bench.probe();
}

/** No choice of a boot, no argument and no guard of a trial is left. */
export async function settled(vm: Vm): Promise<void> {
  expect(await ok(vm, 'grub2-editenv list; grubby --info=ALL')).not.toMatch(/next_entry=.|fallback=|toa\.trial|rd\.emergency/);
  expect(await ok(vm, 'ls -d /etc/toa-hosts/guard /etc/systemd/system/toa-hosts-guard.service 2>&1 || :')).not.toMatch(/^\//m);
}
