import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/core/facts';
import type { Host } from '../../../src/core/host';
import { hostState, type HostMemory } from '../../../src/core/state';
import { autoloadContent, TOA_RELEASE } from '../../../src/core/vendor';
import { systemClock } from '../../../src/engine/clock';
import type { Session, Transport } from '../../../src/engine/ports';
import { probeHost } from '../../../src/engine/probeHost';
import { verifyHost } from '../../../src/engine/verifyHost';
import { createTransport } from '../../../src/ssh/transport';
import { startLab, type Lab, type LabHost } from '../../lab/lab';

const signal = new AbortController().signal;
let lab: Lab;
let transport: Transport;
beforeAll(async () => {
  lab = await startLab({ traffic: true });
  transport = createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile: lab.sshConfig, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
});
afterAll(async () => {
  transport.dispose();
  await lab.stop();
});

const connect = (machine: LabHost, user: string): Promise<Session> => {
  const host: Host = { id: `ssh-config:${machine.name}:${user}`, name: machine.name, user, source: 'ssh-config', logs: [] };
  return transport.connect(host, { signal });
};
const probe = async (machine: LabHost, user: string): Promise<HostFacts> =>
  probeHost(await connect(machine, user), { as: 'user', clock: systemClock, signal });

/** The vendor's procedure by hand, to have a host to look at. */
async function installAndReboot(machine: LabHost): Promise<void> {
  const boots = await machine.boots();
  await copyFile(lab.packages.files.el7.path, join(machine.root, 'var/tmp/toa.rpm'));
  const done = await machine.shell(`
    set -e
    rpm -ivh /var/tmp/toa.rpm
    printf '%s' '${autoloadContent('el7').replaceAll("'", `'\\''`)}' >/etc/sysconfig/modules/toa.modules
    chmod 0755 /etc/sysconfig/modules/toa.modules
    grubby --set-default=/boot/vmlinuz-${TOA_RELEASE.el7}
    mkdir -p /var/lib/toa-hosts && chmod 0755 /var/lib/toa-hosts && echo 3.10.0-957.el7.x86_64 >/var/lib/toa-hosts/original
    chmod 0644 /var/lib/toa-hosts/original`);
  expect(done).toMatchObject({ code: 0 });
  expect(hostState(await probe(machine, 'deploy'), {}, 1).state).toEqual({
    kind: 'awaitingReboot',
    release: TOA_RELEASE.el7,
    running: '3.10.0-957.el7.x86_64',
  });
  await machine.shell('(sleep 1; reboot) >/dev/null 2>&1 &');
  await machine.booted(boots);
  for (const user of ['deploy', 'nosudo']) transport.drop(`ssh-config:${machine.name}:${user}`);
}

describe('a probe of a fresh host', () => {
  const systems = [
    ['centos7', { id: 'centos', version: '7.6.1810', major: 7 }, 'grub2', 'notInstalled'],
    ['centos6', { id: 'centos', version: '6.9', major: 6 }, 'grub-legacy', 'notInstalled'],
    ['rhel7', { id: 'rhel', version: '7.6', major: 7 }, 'grub2', 'notInstalled'],
    ['rhel6', { id: 'rhel', version: '6.9', major: 6 }, 'grub-legacy', 'notInstalled'],
    ['debian12', { id: 'debian', version: '12', major: 12 }, undefined, 'unsupported'],
  ] as const;
  it.each(systems)('%s, as a user who may be root without a password', async (name, system, loader, kind) => {
    const machine = lab.host(name);
    const facts = await probe(machine, 'deploy');
    expect(facts).toMatchObject({ system, arch: 'x86_64', asRoot: true, sudo: 'nopasswd', user: { name: 'deploy' } });
    expect(facts).not.toHaveProperty('container');
    expect(hostState(facts, {}, 1).state.kind).toBe(kind);
    if (loader === undefined) return;
    const running = (await machine.shell('uname -r')).stdout.trim();
    expect(facts.kernel).toMatchObject({
      running,
      runningPackage: `kernel-${running}`,
      defaultPath: `/boot/vmlinuz-${running}`,
      updateDefault: 'yes',
      installed: [{ release: running, vmlinuz: true, bootEntry: true }],
    });
    expect(facts.boot).toMatchObject({ loader, efi: false, secureBoot: false });
    expect(facts.yum).toMatchObject({ exclude: [], installonlyLimit: 5 });
    expect(facts.listeners.map((one) => one.family)).toContain('ipv4');
    expect(facts.logs[0]).toMatchObject({ path: machine.accessLog, found: 'open' });
  });

  it('tells how each user becomes root', async () => {
    const machine = lab.host('centos7');
    const sudo = await Promise.all(
      ['root', 'deploy', 'admin', 'nosudo', 'tty', 'ttypass'].map(async (user) => (await probe(machine, user)).sudo),
    );
    expect(sudo).toEqual(['root', 'nopasswd', 'password', 'password', 'requiretty', 'requiretty']);
  });

  it('says that a log in a closed directory cannot be judged, and changes nothing', async () => {
    const machine = lab.host('rhel7');
    const state = 'ls -lR --time-style=full-iso /etc /var/lib /boot | grep -v /var/lib/sudo | sha256sum; ls /tmp /run | sha256sum';
    const before = (await machine.shell(state)).stdout;
    const facts = await probe(machine, 'nosudo');
    expect(facts.logs).toContainEqual({ path: '/var/log/httpd/access_log', server: 'httpd', readable: 'unknown', found: 'usual' });
    expect((await probe(machine, 'deploy')).logs[0]).toMatchObject({ path: '/var/log/httpd/access_log', readable: 'root' });
    expect((await machine.shell(state)).stdout).toBe(before);
  });

  it("sees yum's exclusions and the holder of its lock, and a held answer of sudo is not asked for again", async () => {
    const machine = lab.host('centos6');
    await machine.shell(
      `printf 'exclude=kernel* foo\\n  bar\\nproxy_password=hunter2\\n' >>/etc/yum.conf; sleep 600 >/dev/null 2>&1 & echo $! >/var/run/yum.pid`,
    );
    const session = await connect(machine, 'admin');
    const facts = await probeHost(session, { as: 'user', knownSudo: 'password', clock: systemClock, signal });
    expect(facts.yum).toMatchObject({ exclude: ['kernel*', 'foo', 'bar'], lock: { command: 'sleep 600' } });
    expect(facts.sudo).toBe('password');
    expect(facts.utcOffsetMinutes).toBe(0);
    await machine.shell('kill $(cat /var/run/yum.pid); rm /var/run/yum.pid');
  });
});

describe('a host with TOA', () => {
  let machine: LabHost;
  let memory: HostMemory;
  beforeAll(async () => {
    machine = lab.host('centos7');
    await installAndReboot(machine);
  });

  it('climbs the ladder to delivering and likely, never to proven', async () => {
    const session = await connect(machine, 'deploy');
    const result = await verifyHost(session, { as: 'user', cidrs: lab.originCidrs, windowSeconds: 5, clock: systemClock, signal });
    expect(result.ladder.map((rung) => rung.reached)).toEqual([true, true, true, true, true, false]);
    expect(result).toMatchObject({ level: 4, verdict: 'likely', likely: { holds: true, delivered: true } });
    // Some of the lab's visitors come past the scrubbing centre: counted, and never taken for the module's work.
    expect(result.diagnoses).toMatchObject([{ code: 'directVisitors' }]);
    expect(result.likely.addresses.filter((address) => address.startsWith('192.0.2.'))).toEqual([]);
    expect(result.after.record.originalKernel).toBe('3.10.0-957.el7.x86_64');
    memory = hostState(result.before, {}, result.before.takenAt).memory;
    const next = hostState(result.after, memory, result.after.takenAt);
    expect(next.state).toMatchObject({ kind: 'delivering' });
    memory = next.memory;
  });

  it('cannot be judged without the ranges', async () => {
    const session = await connect(machine, 'deploy');
    const result = await verifyHost(session, { as: 'user', cidrs: [], windowSeconds: 2, clock: systemClock, signal });
    expect(result).toMatchObject({ verdict: 'rangesNotSet', likely: { holds: false } });
  });

  it('drifts when the default kernel and the autoload file are changed, and when the module is not there', async () => {
    await machine.shell(
      `grubby --set-default=/boot/vmlinuz-3.10.0-957.el7.x86_64; chmod 0644 /etc/sysconfig/modules/toa.modules; rmmod toa`,
    );
    const { state } = hostState(await probe(machine, 'deploy'), memory, Date.now());
    if (state.kind !== 'drifted') throw new Error(state.kind);
    expect(state.was).toBe(4);
    expect(state.drift).toEqual([
      { what: 'defaultKernel', now: '3.10.0-957.el7.x86_64' },
      { what: 'moduleGone' },
      { what: 'autoloadMode', now: '0644' },
    ]);
  });
});

it('names the dual-stack listener when nothing moves', async () => {
  const machine = lab.host('centos7');
  await machine.shell('chmod 0755 /etc/sysconfig/modules/toa.modules; mkdir -p /etc/elhost; : >/etc/elhost/dual-stack');
  await machine.shell(`grubby --set-default=/boot/vmlinuz-${TOA_RELEASE.el7}`);
  const boots = await machine.boots();
  await machine.shell('(sleep 1; reboot) >/dev/null 2>&1 &');
  await machine.booted(boots);
  transport.drop(`ssh-config:${machine.name}:deploy`);
  const session = await connect(machine, 'deploy');
  const result = await verifyHost(session, { as: 'user', cidrs: lab.originCidrs, windowSeconds: 4, clock: systemClock, signal });
  expect(result.level).toBe(2);
  expect(result.diagnoses.map((one) => one.code)).toContain('dualStack');
});
