import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HostError, type Problem } from '../../../src/core/problem';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { snapshot } from './snapshot';
import { workbench, type Workbench } from './bench';

let lab: Lab;
let bench: Workbench;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'debian12'] });
});
afterAll(() => lab.stop());
afterEach(() => bench.dispose());

/** The problem that an action ends in; failing to fail is a failure. */
async function problemOf(action: Promise<unknown>): Promise<Problem> {
  const error: unknown = await action.then(
    () => new Error('nothing went wrong'),
    (reason: unknown) => reason,
  );
  if (error instanceof HostError || (error instanceof Error && 'problem' in error)) {
    expect(error).toHaveProperty('host', bench.host.name);
    return (error as HostError).problem;
  }
  throw error;
}

/** Puts the packages that stand in the way where a host's own rpm can take them. */
async function bring(machine: LabHost, ...names: (keyof Lab['packages']['others'])[]): Promise<void> {
  for (const name of names) {
    const { path, nevra } = lab.packages.others[name];
    await copyFile(path, join(machine.root, 'var/tmp', `${nevra}.rpm`));
  }
}

/** A newer kernel beside the running one, which stays the default. */
const beside = (nevra: string): string =>
  `saved=$(grubby --default-kernel) && rpm -i --nodeps /var/tmp/${nevra}.rpm && grubby --set-default="$saved"`;

/** Sets a fault up on a fresh host, and expects `act` to end in the problem with the host as it was. */
async function fault(machine: LabHost, setUp: string, act: () => Promise<unknown>, expected: object): Promise<void> {
  await machine.reset();
  await bring(machine, 'el6Newer', 'el6NewerFirmware');
  if (setUp !== '') expect(await machine.shell(setUp)).toMatchObject({ code: 0 });
  const before = await snapshot(machine);
  expect(await problemOf(act())).toMatchObject(expected);
  expect(await snapshot(machine)).toBe(before);
}

describe('CentOS 7', () => {
  const use = (user?: string, password?: string): LabHost => {
    const machine = lab.host('centos7');
    bench = workbench(lab, machine, user, password);
    return machine;
  };

  it('a missing dependency: says which, then installs with --nodeps on choice', async () => {
    const machine = use();
    await fault(machine, 'rpm -e --nodeps linux-firmware', () => bench.install(), {
      code: 'rpmRefused',
      remedy: 'repositories',
      left: 'unchanged',
    });
    expect(await problemOf(bench.install({ repositories: true }))).toMatchObject({ code: 'rpmRefused', remedy: 'nodeps' });
    const after = await bench.install({ nodeps: true });
    expect(after.kernel.installed.map((k) => k.release)).toContain('3.10.0-957.21.3.el7.toa.x86_64');
  });

  it('a newer kernel is no obstacle to yum, and is refused by rpm until --oldpackage is chosen', async () => {
    const machine = use();
    await machine.reset();
    await bring(machine, 'el7Newer');
    expect(await machine.shell(beside('kernel-3.10.0-1160.119.1.el7.x86_64'))).toMatchObject({ code: 0 });
    const before = await snapshot(machine);
    expect(await problemOf(bench.install({ tool: 'rpm' }))).toMatchObject({ code: 'rpmRefused', remedy: 'oldpackage' });
    expect(await snapshot(machine)).toBe(before);
    const after = await bench.install({ tool: 'rpm', oldpackage: true });
    expect(after.kernel.installed.map((k) => k.release)).toHaveLength(3);
    expect(after.kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-957.el7.x86_64');
  });

  it('yum’s installonly_limit never removes the original kernel', async () => {
    const machine = use();
    await machine.reset();
    await machine.shell(`printf 'installonly_limit=1\\n' >>/etc/yum.conf`);
    const after = await bench.install();
    expect(after.kernel.installed.map((k) => k.release)).toEqual(['3.10.0-957.el7.x86_64', '3.10.0-957.21.3.el7.toa.x86_64']);
  });

  it('exclude=kernel*: yum does nothing and exits 0; the choice is offered and works', async () => {
    const machine = use();
    await fault(machine, `printf 'exclude=kernel*\\n' >>/etc/yum.conf`, () => bench.install(), {
      code: 'rpmRefused',
      remedy: 'disableExcludes',
    });
    const after = await bench.install({ disableExcludes: true });
    expect(after.kernel.installed).toHaveLength(2);
  });

  it('yum’s lock held by another: named, nothing planned', async () => {
    const machine = use();
    const lock = `sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/var/run/yum.pid`;
    await fault(machine, lock, () => bench.install(), { code: 'yumLocked', command: expect.stringContaining('sleep') as unknown });
  });

  it('yum’s lock taken after the plan: yum ends at once instead of waiting, the holder is named', async () => {
    const machine = use();
    await machine.reset();
    const plan = await bench.plan();
    await machine.shell(`sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/var/run/yum.pid`);
    const before = await snapshot(machine);
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'yumLocked' });
    expect(await snapshot(machine)).toBe(before);
  });

  it('a scriptlet that fails: the package tool’s words, and the default where it was', async () => {
    const machine = use();
    await machine.reset();
    const failing = lab.packages.others.el7Failing;
    const plan = await bench.plan({}, { el7: failing });
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'rpmRefused' });
    expect((await bench.probe()).kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-957.el7.x86_64');
  });

  it.each([
    ['an HTML page saved as .rpm', () => lab.packages.bad.html, { code: 'notAnRpm', looksLike: 'html' }],
    ['a truncated package', () => lab.packages.bad.truncated, { code: 'notAnRpm', looksLike: 'truncated' }],
    [
      'another kernel under the vendor’s name',
      () => lab.packages.bad.wrongPackage,
      { code: 'packageUnexpected', actual: 'kernel-3.10.0-1160.119.1.el7.x86_64' },
    ],
    ['an address that is not there', () => lab.packages.bad.missing, { code: 'downloadFailed', setting: 'toa.packages.el7.url' }],
    ['a local file that is not there', () => '/nowhere/kernel.rpm', { code: 'fileUnreadable', path: '/nowhere/kernel.rpm' }],
  ])('%s: refused before anything is sent', async (_name, url, expected) => {
    const machine = use();
    await fault(machine, '', () => bench.plan({}, { el7: { url: url() } }), expected);
  });

  it('a wrong SHA-256: refused before anything is sent', async () => {
    const machine = use();
    const { url } = lab.packages.files.el7;
    await fault(machine, '', () => bench.plan({}, { el7: { url, sha256: 'a'.repeat(64) } }), {
      code: 'hashMismatch',
      setting: 'toa.packages.el7.sha256',
    });
  });

  it('a package swapped on the host after the upload: root’s own copy is hashed, and refused', async () => {
    const machine = use();
    await machine.reset();
    const plan = await bench.plan();
    const before = await snapshot(machine);
    // The plan's own hash is made wrong for the host's check only: the upload is what it says.
    const tampered = { ...plan, script: plan.script.replaceAll(` ${plan.packages[0]!.sha256} `, ` ${'b'.repeat(64)} `) };
    expect(tampered.script).not.toBe(plan.script);
    expect(await problemOf(bench.apply(tampered))).toMatchObject({ code: 'uploadCorrupt' });
    expect(await snapshot(machine)).toBe(before);
  });

  it('the saved default is not the running kernel: a step of its own puts that right', async () => {
    const machine = use();
    await machine.reset();
    await bring(machine, 'el7Newer');
    await machine.shell('rpm -i --nodeps /var/tmp/kernel-3.10.0-1160.119.1.el7.x86_64.rpm');
    const plan = await bench.plan();
    expect(plan.facts.kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-1160.119.1.el7.x86_64');
    expect(plan.steps.map((s) => s.id)).toContain('makeRunningDefault');
    const after = await bench.apply(plan);
    expect(after.kernel.defaultPath).toBe('/boot/vmlinuz-3.10.0-957.el7.x86_64');
  });

  it('the running kernel’s package was removed: refused, for there is no way back', async () => {
    const machine = use();
    await fault(machine, 'rpm -e --justdb --nodeps kernel-3.10.0-957.el7.x86_64', () => bench.plan(), {
      code: 'noWayBack',
      missing: 'package',
    });
    await fault(machine, ': >/boot/initramfs-3.10.0-957.el7.x86_64.img', () => bench.plan(), { code: 'noWayBack', missing: 'initramfs' });
  });

  it('facts that changed since the plan: nothing is done, and what changed is named', async () => {
    const machine = use();
    await machine.reset();
    const plan = await bench.plan();
    const boots = await machine.boots();
    await machine.shell('reboot');
    await machine.booted(boots);
    const before = await snapshot(machine);
    expect(await problemOf(bench.apply(plan))).toEqual({ code: 'planStale', changed: ['bootId'] });
    expect(await snapshot(machine)).toBe(before);
  });

  it('a full /boot: said before anything is fetched', async () => {
    const machine = use();
    const full = `mkdir -p /tmp/b && cp -a /boot/. /tmp/b && mount -t tmpfs -o size=6m tmpfs /boot && cp -a /tmp/b/. /boot`;
    await fault(machine, full, () => bench.plan(), { code: 'spaceLow', where: '/boot' });
  });
});

describe('CentOS 6', () => {
  it('firmware new enough: left alone, the kernel installed by itself', async () => {
    const machine = lab.host('centos6');
    bench = workbench(lab, machine);
    await machine.reset();
    await bring(machine, 'el6NewerFirmware');
    await machine.shell('rpm -U --nodeps /var/tmp/kernel-firmware-2.6.32-754.35.1.el6.x86_64.rpm');
    const after = await bench.install();
    expect(after.kernel.installed).toHaveLength(2);
    expect(after.firmware).toContain('2.6.32-754.35.1.el6');
  });

  it('a newer kernel: rpm’s words, nothing changed, then --oldpackage on choice', async () => {
    const machine = lab.host('centos6');
    bench = workbench(lab, machine);
    const newer = `rpm -U --nodeps /var/tmp/kernel-firmware-2.6.32-754.35.1.el6.x86_64.rpm && ${beside('kernel-2.6.32-754.35.1.el6.x86_64')}`;
    await fault(machine, newer, () => bench.install(), {
      code: 'rpmRefused',
      remedy: 'oldpackage',
      message: expect.stringContaining('which is newer than') as unknown,
    });
    const after = await bench.install({ oldpackage: true });
    expect(after.kernel.installed.map((k) => k.release)).toContain('2.6.32-696.13.2.el6.centos.plus.toa.x86_64');
    expect(after.kernel.defaultPath).toBe('/boot/vmlinuz-2.6.32-696.el6.x86_64');
  });

  it('yum’s lock taken after the plan: rpm, which would not mind it, is not started, and the holder is named', async () => {
    const machine = lab.host('centos6');
    bench = workbench(lab, machine);
    await machine.reset();
    const plan = await bench.plan();
    await machine.shell(`sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/var/run/yum.pid`);
    const before = await snapshot(machine);
    expect(await problemOf(bench.apply(plan))).toMatchObject({ code: 'yumLocked', command: 'sleep 300' });
    expect(await snapshot(machine)).toBe(before);
  });

  it('a missing dependency is found before the firmware is touched', async () => {
    const machine = lab.host('centos6');
    bench = workbench(lab, machine);
    await fault(machine, 'rpm -e --nodeps el6-base', () => bench.install(), { code: 'rpmRefused', remedy: 'nodeps', left: 'unchanged' });
    // What is waived is the dependency that is missing, not the firmware that is too old.
    const after = await bench.install({ nodeps: true });
    expect(after.kernel.installed).toHaveLength(2);
    expect(after.firmware).toContain('2.6.32-696.13.2.el6.centos.plus.toa');
  });
});

describe('other hosts', () => {
  it('an unsupported system: refused with the reason', async () => {
    bench = workbench(lab, lab.host('debian12'));
    expect(await problemOf(bench.plan())).toMatchObject({ code: 'unsupported', reason: 'distribution' });
  });

  it('a changed host key: refused with file and line, nothing sent', async () => {
    const machine = lab.host('centos7');
    const known = join(lab.dir, 'known_hosts');
    const real = await machine.hostKeys();
    const others = await lab.host('centos6').hostKeys();
    const wrong = others.map((line) => line.replace(/^\S+/, real[0]!.split(' ')[0]!));
    await writeFile(known, `${wrong.join('\n')}\n`);
    try {
      bench = workbench(lab, machine);
      expect(await problemOf(bench.connect())).toMatchObject({ code: 'hostKeyChanged', file: known });
    } finally {
      await writeFile(known, `${(await Promise.all(lab.hosts.map((host) => host.hostKeys()))).flat().join('\n')}\n`);
    }
  });

  it('a host that is down: said with its address', async () => {
    const machine = lab.host('centos7');
    await machine.stop();
    bench = workbench(lab, machine);
    expect(await problemOf(bench.connect())).toMatchObject({
      code: 'connectFailed',
      address: expect.stringContaining(machine.address) as unknown,
    });
    await machine.start();
  });
});
