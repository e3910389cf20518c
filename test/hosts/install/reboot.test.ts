import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PATIENCE, type TrialRefusal } from '../../../src/core/trial';
import { TOA_RELEASE } from '../../../src/core/vendor';
import { loadModule } from '../../../src/engine/loadModule';
import { rebootHost, type RebootOptions, type RebootOutcome } from '../../../src/engine/reboot/rebootHost';
import { systemClock } from '../../../src/engine/clock';
import { startReboot, type RebootWay } from '../../../src/engine/reboot/startReboot';
import type { Channel, Session } from '../../../src/engine/ports';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { problemOf, rebootOptions, workbench, type Workbench } from './bench';

const target = TOA_RELEASE.el7;
const original = '3.10.0-957.el7.x86_64';
let lab: Lab;
let machine: LabHost;
let bench: Workbench;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  machine = lab.host('centos7');
});
afterAll(() => lab.stop());
afterEach(() => bench.dispose());

async function installed(): Promise<void> {
  await machine.reset();
  bench = workbench(lab, machine);
  await bench.install();
}

const reboot = async (change: Partial<RebootOptions> = {}): Promise<RebootOutcome> =>
  rebootHost(await rebootOptions(bench, target, { kind: 'lasting' }, change));
const proxy = (channel: Channel): Channel => ({
  stdout: channel.stdout,
  stderr: channel.stderr,
  write: (data) => channel.write(data),
  end: () => channel.end(),
  exit: channel.exit,
  close: () => channel.close(),
});
const defaultKernel = async (): Promise<string | undefined> => (await bench.probe()).kernel.defaultPath;

it('there and back: TOA, then the original kernel', async () => {
  await installed();
  const there = await reboot();
  expect(there.facts.kernel.running).toBe(target);
  // Any editor counts drift from here.
  expect(there.facts.record.confirmed?.release).toBe(target);
  const back = await reboot({ release: original, package: `kernel-${original}` });
  expect(back.facts.kernel.running).toBe(original);
  expect(back.facts.module.loaded).toBe(false);
  expect(back.facts.record.confirmed).toBeUndefined();
});

it.each([
  ['initramfs', `: >/boot/initramfs-${target}.img`, { code: 'kernelNotBootable', release: target, missing: 'initramfs' }],
  ['vmlinuz', `rm /boot/vmlinuz-${target}`, { code: 'kernelNotBootable', release: target, missing: 'vmlinuz' }],
  [
    'a module that is not as it was built',
    `printf x >>/lib/modules/${target}/kernel/net/toa/toa.ko.xz`,
    { code: 'stepFailed', step: 'reboot' },
  ],
])('nothing is rebooted with a broken %s, and the default stays', async (_name, breakIt, problem) => {
  await installed();
  const boots = await machine.boots();
  await machine.shell(breakIt);
  expect(await problemOf(reboot())).toMatchObject(problem);
  expect(await machine.boots()).toBe(boots);
  expect(await defaultKernel()).toBe(`/boot/vmlinuz-${original}`);
});

/** What must stand in the way of a TOA kernel: the word for it, what breaks the host so, and what mends it. */
const noWay: readonly (readonly [TrialRefusal, string, string])[] = [
  ['original', `mv /boot/initramfs-${original}.img /tmp/kept`, `mv /tmp/kept /boot/initramfs-${original}.img`],
  ['original', 'cp -a /var/lib/rpm /tmp/rpm; rpm -e --justdb --nodeps kernel-3.10.0-957.el7', 'cp -a /tmp/rpm/. /var/lib/rpm'],
  ['bootImage', 'echo BOOT_IMAGE=/vmlinuz-other >/tmp/cmdline; mount --bind /tmp/cmdline /proc/cmdline', 'umount /proc/cmdline'],
  [
    'driver',
    `printf '#!/bin/sh\ncase $1 in *toa*) ;; *) echo lib/modules/x/virtio_net.ko.xz ;; esac\n' >/usr/bin/lsinitrd; chmod 755 /usr/bin/lsinitrd`,
    'rm /usr/bin/lsinitrd',
  ],
  ['bootMounted', `cp -a /boot /tmp/boot; umount -l /boot; cp -a /tmp/boot/. /boot`, ''],
];

it('nothing is rebooted without a way back, or without a driver, and least of all where nothing returns by itself', async () => {
  await installed();
  const boots = await machine.boots();
  const once: RebootWay = { kind: 'once', run: 'trial-1', original, patience: PATIENCE };
  for (const [why, breakIt, mend] of noWay) {
    expect(await machine.shell(breakIt), breakIt).toMatchObject({ code: 0 });
    for (const way of [{ kind: 'lasting' }, once] as const) {
      const problem = await problemOf(reboot({ way }));
      expect(problem, `${why}, ${way.kind}`).toMatchObject({ code: 'trialRefused', why });
    }
    expect(await machine.shell(`${mend}\n:`)).toMatchObject({ code: 0 });
  }
  expect(await machine.boots()).toBe(boots);
  expect(await defaultKernel()).toBe(`/boot/vmlinuz-${original}`);
});

it('a host that was rebooted since the consent is not rebooted again', async () => {
  await installed();
  const facts = await bench.probe();
  const boots = await machine.boots();
  await machine.shell('reboot');
  await machine.booted(boots);
  bench.transport.drop(bench.host.id);
  expect(await problemOf(reboot({ facts }))).toEqual({ code: 'planStale', changed: ['bootId'] });
  expect(await machine.boots()).toBe(boots + 1);
});

it('is refused while another editor’s run, or anybody’s package tool, is at work', async () => {
  await installed();
  const boots = await machine.boots();
  await machine.shell(
    `exec 9>>/var/lib/toa-hosts/lock; flock -n 9; echo 'other-run 1 1 x 0' >/var/lib/toa-hosts/running; sleep 4 9>&9 </dev/null >/dev/null 2>&1 &`,
  );
  expect(await problemOf(reboot())).toEqual({ code: 'hostBusy', run: 'other-run' });
  expect(await problemOf(loadModule(await bench.connect(), { as: await bench.as(), signal: new AbortController().signal }))).toMatchObject({
    code: 'hostBusy',
  });
  await machine.shell('rm /var/lib/toa-hosts/running; sleep 5');
  await machine.shell('sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/var/run/yum.pid');
  expect(await problemOf(reboot())).toMatchObject({ code: 'yumLocked', command: expect.stringContaining('sleep') as unknown });
  expect(await machine.boots()).toBe(boots);
  expect(await defaultKernel()).toBe(`/boot/vmlinuz-${original}`);
});

it('given up before its last word, it never happens', async () => {
  await installed();
  const boots = await machine.boots();
  const session = await bench.connect();
  const facts = await bench.probe();
  const mute: Session = {
    ...session,
    open: async (command, options) => {
      const channel = await session.open(command, options);
      // Everything arrives but the word that starts the reboot: the connection is gone by then.
      return {
        ...proxy(channel),
        write: (data) => (/^toa-[0-9a-f]+\n$/.test(data.toString()) ? (channel.close(), Promise.resolve()) : channel.write(data)),
      };
    },
  };
  await startReboot(mute, { facts, release: target, way: { kind: 'lasting' }, as: await bench.as(), signal: new AbortController().signal });
  await systemClock.sleep(5000);
  expect(await machine.boots()).toBe(boots);
  expect((await machine.power()).state).toBe('up');
});

it('a shutdown that hangs is told from a boot that takes long', async () => {
  await installed();
  await machine.shell('echo before-sshd >/etc/elhost/hang-shutdown');
  expect(await problemOf(reboot({ shutdownSeconds: 5 }))).toMatchObject({ code: 'shutdownHangs' });
});

it('a host that does not come back is said not to be back', async () => {
  await installed();
  await machine.shell('echo after-sshd >/etc/elhost/hang-shutdown');
  expect(await problemOf(reboot({ bootSeconds: 6 }))).toMatchObject({ code: 'notBack' });
});

it('loads a module that did not load by itself, and names modprobe’s reason where it cannot', async () => {
  await installed();
  expect(await problemOf(loadModule(await bench.connect(), { as: await bench.as(), signal: new AbortController().signal }))).toMatchObject({
    code: 'modprobeFailed',
    message: expect.stringContaining('toa') as unknown,
  });
  await machine.shell('chmod 0644 /etc/sysconfig/modules/toa.modules');
  const outcome = await reboot();
  expect(outcome.facts.module.loaded).toBe(false);
  await loadModule(await bench.connect(), { as: await bench.as(), signal: new AbortController().signal });
  expect((await bench.probe()).module.loaded).toBe(true);
});
