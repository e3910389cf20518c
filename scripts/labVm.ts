import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../test/lab/lab';
import { buildVm, isVmBuilt } from '../test/lab/vm/build';
import { startVm } from '../test/lab/vm/vm';

const disk = 'xfs';

/** The machine of `npm start` that really boots: `lab-vm` in the lab's SSH configuration. */
export interface LabVm {
  /** Settings that name its package for all hosts of its kind: the other one's kernel would not boot it. Empty until it is built. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * Builds its image where that was never done, starts it, and has visits come to it from then on. The editor finds it in the SSH
   * configuration at once, and tries again when that is written anew. Rejects with what the tools said.
   */
  start(changed: (settings: LabVm['settings']) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Has the editor list it, as a host that does not answer yet. */
export async function listLabVm(lab: Pick<Lab, 'sshConfig'>): Promise<LabVm> {
  const others = await readFile(lab.sshConfig, 'utf8');
  await appendFile(lab.sshConfig, '\nHost lab-vm\n  HostName 127.0.0.1\n  Port 9\n  User deploy\n');
  let building: ChildProcess | undefined;
  const undo: (() => Promise<void> | void)[] = [];
  return {
    settings: (await isVmBuilt(disk)) ? await packageSettings() : {},
    async start(changed) {
      if (!(await isVmBuilt(disk))) {
        console.log('lab-vm: building its image, about 6 minutes, once. The other hosts are there already.');
        building = buildInBackground();
        await built(building);
        building = undefined;
        await changed(await packageSettings());
      }
      console.log('lab-vm is starting …');
      const vm = await startVm({ disk });
      undo.push(() => vm.stop());
      await vm.run(steadyClock);
      const centre = await vm.scrub();
      undo.push(() => centre.close());
      centre.traffic({ perSecond: 4 });
      await writeFile(lab.sshConfig, `${others}\n${await readFile(vm.sshConfig, 'utf8')}`);
      console.log('lab-vm is ready: it really boots, panics and loses power; a reboot takes one to three minutes.');
    },
    async stop() {
      if (building !== undefined) await endBuild(building);
      for (const step of undo.reverse()) await step();
    },
  };
}

/** An emulated processor's own counter is measured at boot, on a busy machine wrongly: the guest's minutes would not be ours. */
const steadyClock = `echo acpi_pm > /sys/devices/system/clocksource/clocksource0/current_clocksource
  grubby --update-kernel=ALL --args=clocksource=acpi_pm`;

async function packageSettings(): Promise<LabVm['settings']> {
  const { toaRpm } = await buildVm(disk);
  const sha256 = createHash('sha256')
    .update(await readFile(toaRpm))
    .digest('hex');
  return { 'toa.packages.el7.url': toaRpm, 'toa.packages.el7.sha256': sha256 };
}

/** A process group of its own, so that it can be ended with all its tools; nice, because the editor is in use meanwhile. */
const buildInBackground = (): ChildProcess =>
  spawn('nice', ['-n', '10', process.execPath, '--import', 'tsx', path.resolve('test/lab/vm/main.ts')], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });

async function built(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-3000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`its image was not built:\n${said}`);
}

/** The tools end, and the build removes what they had begun. */
async function endBuild({ pid, exitCode, signalCode }: ChildProcess): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  for (const [signal, patience] of [['SIGTERM', 30_000] as const, ['SIGKILL', 3000] as const]) {
    const deadline = Date.now() + patience;
    while (send(-pid, signal) && Date.now() < deadline) await sleep(200);
  }
}

/** False once nobody is left in the group. */
function send(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(group, signal);
    return true;
  } catch {
    return false;
  }
}
