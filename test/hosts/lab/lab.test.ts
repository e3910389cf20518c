// The lab's own promises, seen through the plain ssh client: what a person following the vendor's text would see.
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab, type LabSystem } from '../../lab/lab';
import { run } from '../../lab/namespace';
import { networks } from '../../lab/traffic';
import { autoload, counter, logged, reboot, root, ssh, toa6, toa7, upload } from './byHand';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

describe('what the hosts are', () => {
  it.each([
    ['centos7', '3.10.0-957.el7.x86_64', 'CentOS Linux release 7.6.1810 (Core)'],
    ['centos6', '2.6.32-696.el6.x86_64', 'CentOS release 6.9 (Final)'],
    ['rhel7', '3.10.0-957.el7.x86_64', 'Red Hat Enterprise Linux Server release 7.6 (Maipo)'],
    ['rhel6', '2.6.32-696.el6.x86_64', 'Red Hat Enterprise Linux Server release 6.9 (Santiago)'],
  ] as const)('%s answers as one', async (system, kernel, release) => {
    const host = lab.host(system);
    const result = await ssh(host, 'uname -r; cat /etc/redhat-release; rpm -q kernel; test -e /etc/os-release; echo $?');
    expect(result.stdout.split('\n').map((line) => line.trim())).toEqual([
      kernel,
      release,
      `kernel-${kernel}`,
      system.endsWith('6') ? '1' : '0',
      '',
    ]);
    expect(await root(host, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${kernel}\n`);
  });

  it('debian12 is a system without rpm', async () => {
    const result = await ssh(lab.host('debian12'), '. /etc/os-release; echo $ID; command -v rpm; command -v yum');
    expect(result.stdout).toBe('debian\n');
  });

  it('refuses what old tools do not know, with their words', async () => {
    const old = await ssh(lab.host('centos6'), 'sync -f /; dd if=/dev/null iflag=skip_bytes; timeout -k 1 2 true; realpath /');
    expect(old.stderr).toContain("sync: invalid option -- 'f'");
    expect(old.stderr).toContain('skip_bytes');
    expect(old.stderr).toContain("timeout: invalid option -- 'k'");
    expect(old.code).toBe(127);
    expect((await ssh(lab.host('centos7'), 'dd if=/dev/zero of=/dev/null count=1 iflag=skip_bytes 2>/dev/null && realpath /')).stdout).toBe(
      '/\n',
    );
  });

  it('has users with every kind of sudo', async () => {
    const host = lab.host('centos7');
    const password = "echo labpass | sudo -k -S -p '' id -u";
    expect((await ssh(host, 'sudo -n id -u')).stdout).toBe('0\n');
    expect((await ssh(host, 'sudo -n id -u', { user: 'admin' })).stderr).toContain('a password is required');
    expect((await ssh(host, password, { user: 'admin' })).stdout).toBe('0\n');
    expect((await ssh(host, password, { user: 'nosudo' })).stderr).toMatch(/not (in the sudoers file|allowed)/);
    expect((await ssh(host, 'sudo -n id -u', { user: 'tty' })).stderr).toContain('sorry, you must have a tty to run sudo');
    expect((await ssh(host, 'sudo -n id -u', { user: 'tty', tty: true })).stdout).toBe('0\r\n');
  });
});

describe("the vendor's procedure", () => {
  it.each(['centos7', 'rhel7'] as LabSystem[])('%s: yum localinstall, autoload, reboot', async (system) => {
    const host = lab.host(system);
    const before = await logged(host, `${networks.scrubbingCentre.from}9`);
    expect(before.address).toBe(`${networks.scrubbingCentre.shown}9`);
    const id = await root(host, 'cat /proc/sys/kernel/random/boot_id');

    const file = await upload(host, lab.packages.files.el7.path);
    expect(await root(host, `yum -y --disablerepo='*' --setopt=installonly_limit=0 localinstall ${file}`)).toContain('Complete!');
    expect(await root(host, 'rpm -q kernel')).toContain(`kernel-${toa7}`);
    expect(await root(host, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${toa7}\n`);
    await autoload(host, 'toa.ko.xz');
    await reboot(host);

    expect(await root(host, 'cat /proc/sys/kernel/random/boot_id')).not.toBe(id);
    expect(await root(host, 'uname -r')).toBe(`${toa7}\n`);
    expect(await root(host, "grep -c '^toa ' /proc/modules")).toBe('1\n');
    const counts = await counter(host, 'getname_toa_ok');
    const after = await logged(host, `${networks.scrubbingCentre.from}9`);
    expect(after.address).toBe(after.visitor);
    expect(await counter(host, 'getname_toa_ok')).toBeGreaterThan(counts);
    const others = await counter(host, 'syn_recv_sock_no_toa');
    expect((await logged(host, `${networks.direct.from}9`)).address).toBe(`${networks.direct.shown}9`);
    expect(await counter(host, 'syn_recv_sock_no_toa')).toBeGreaterThan(others);
  });

  it.each(['centos6', 'rhel6'] as LabSystem[])('%s: rpm -ivh firmware and kernel, autoload, reboot', async (system) => {
    const host = lab.host(system);
    const kernel = await upload(host, lab.packages.files.el6Kernel.path);
    const firmware = await upload(host, lab.packages.files.el6Firmware.path);
    expect(await root(host, `rpm -ivh ${kernel}`, 1)).toContain('kernel-firmware >= 2.6.32-696.13.2.el6.centos.plus.toa is needed by');
    expect(await root(host, `rpm -ivh ${firmware}`, 1)).toContain('conflicts with file from package');
    await root(host, `rpm -Uvh ${firmware} && rpm -ivh ${kernel}`);
    expect(await root(host, 'rpm -q kernel | wc -l')).toBe('2\n');
    await autoload(host, 'toa.ko');
    await reboot(host);
    expect(await root(host, 'uname -r')).toBe(`${toa6}\n`);
    expect(await root(host, 'lsmod')).toMatch(/^toa /m);
    const after = await logged(host, `${networks.scrubbingCentre.from}7`);
    expect(after.address).toBe(after.visitor);
  });
});

describe('as an ordinary user', () => {
  // A user with subordinate ids, for one process: its own /etc/passwd and /etc/subuid are mounted over the machine's.
  it.skipIf(process.getuid?.() !== 0)('a lab starts', { timeout: 300_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'toa-user-'));
    await chmod(home, 0o755);
    await writeFile(join(home, 'passwd'), 'root:x:0:0::/root:/bin/sh\nordinary:x:40001:40001::/:/bin/sh\n');
    await writeFile(join(home, 'subid'), 'ordinary:400000:65536\n');
    // The checkout and node may lie where only root may look: they are mounted where everybody may.
    const checkout = join(home, 'checkout');
    await mkdir(checkout);
    await writeFile(join(home, 'node'), '');
    const script = [
      `mount --bind ${join(import.meta.dirname, '../../..')} ${checkout}`,
      `mount --bind ${process.execPath} ${home}/node`,
      `for file in passwd:passwd subid:subuid subid:subgid; do mount --bind ${home}/\${file%:*} /etc/\${file#*:}; done`,
      `chown 40001:40001 ${home}`,
      `cd ${home}`,
      `exec setpriv --reuid 40001 --regid 40001 --clear-groups env HOME=${home} TMPDIR=${home} ${home}/node ${[
        join(checkout, 'node_modules/tsx/dist/cli.mjs'),
        join(checkout, 'test/hosts/lab/ordinaryUser.ts'),
      ].join(' ')}`,
    ].join('\n');
    const result = await run('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script]);
    expect(result).toMatchObject({ code: 0, stdout: 'uid 40001: 3.10.0-957.el7.x86_64, root by sudo: 0\n' });
    await run('rm', ['-rf', home]);
  });
});

describe('the package server', () => {
  it('offers good and bad downloads', async () => {
    const { files, bad } = lab.packages;
    const good = Buffer.from(await (await fetch(files.el7.url)).arrayBuffer());
    expect(good).toEqual(readFileSync(files.el7.path));
    const rest = await fetch(files.el7.url, { headers: { range: 'bytes=1000-' } });
    expect([rest.status, (await rest.arrayBuffer()).byteLength]).toEqual([206, good.length - 1000]);
    expect((await (await fetch(bad.html)).text()).startsWith('<!DOCTYPE html>')).toBe(true);
    expect((await fetch(bad.missing)).status).toBe(404);
    expect((await (await fetch(bad.truncated)).arrayBuffer()).byteLength).toBe(good.length >> 1);
    expect((await (await fetch(bad.redirects)).arrayBuffer()).byteLength).toBe(good.length);
    await expect(fetch(bad.breaks).then((response) => response.arrayBuffer())).rejects.toThrow();
  });
});
