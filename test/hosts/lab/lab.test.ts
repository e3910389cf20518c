// The lab's own promises, seen through the plain ssh client: what a person following the vendor's text would see.
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab, type LabHost, type LabSystem } from '../../lab/lab';
import { run, type Output } from '../../lab/namespace';
import { networks, visit, visitorOf } from '../../lab/traffic';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const toa7 = '3.10.0-957.21.3.el7.toa.x86_64';
const toa6 = '2.6.32-696.13.2.el6.centos.plus.toa.x86_64';

function ssh(host: LabHost, command: string, options: { user?: string; input?: string; tty?: boolean } = {}): Promise<Output> {
  const user = ['-l', options.user ?? 'deploy', ...(options.tty ? ['-tt'] : [])];
  return run('ssh', ['-F', lab.sshConfig, '-o', 'LogLevel=ERROR', ...user, host.name, command], { input: options.input ?? '' });
}

/** Runs `command` as root and gives its stdout; fails the test unless it answers `code`. */
async function root(host: LabHost, command: string, code = 0): Promise<string> {
  const result = await ssh(host, 'sudo sh', { input: `(\n${command}\n) </dev/null\n` });
  expect(result, command).toMatchObject({ code });
  return result.stdout + result.stderr;
}

async function upload(host: LabHost, path: string): Promise<string> {
  const to = `/root/${path.split('/').at(-1) ?? ''}`;
  const result = await host.shell(`base64 -d > ${to} <<'E'\n${readFileSync(path).toString('base64')}\nE`);
  expect(result).toMatchObject({ code: 0 });
  return to;
}

async function reboot(host: LabHost): Promise<void> {
  const boots = await host.boots();
  await ssh(host, 'sudo reboot');
  await host.booted(boots);
}

const modules = (extension: string) => `#! /bin/bash
if [ -e /lib/modules/\`uname -r\`/kernel/net/toa/${extension} ] ;
then
modprobe toa > /dev/null 2>&1
fi
`;

async function autoload(host: LabHost, extension: string): Promise<void> {
  const text = Buffer.from(modules(extension)).toString('base64');
  await root(host, `echo ${text} | base64 -d > /etc/sysconfig/modules/toa.modules; chmod 755 /etc/sysconfig/modules/toa.modules`);
}

/** The addresses of the last log line and of the visitor that its connection carried. */
async function logged(host: LabHost, from: string): Promise<{ address: string; visitor: string }> {
  const token = `/token-${Math.random().toString(36).slice(2)}`;
  const port = await visit(host, from, { path: token });
  const line = await root(host, `for i in 1 2 3 4 5; do grep ${token} ${host.accessLog} && break; sleep 1; done`);
  return { address: line.split(' ')[0] ?? '', visitor: visitorOf(port) };
}

const counter = async (host: LabHost, row: string) =>
  Number(
    await root(host, `awk '$1 ~ /^${row}:?$/ { for (i = 2; i <= NF; i++) if ($i != ":") n += $i } END { print n }' /proc/net/toa_stats`),
  );

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

describe('traps of the real ones', () => {
  it('a dual-stack listener hides visitors from the module', async () => {
    const host = lab.host('rhel7');
    await host.shell('touch /etc/elhost/dual-stack');
    await reboot(host);
    expect((await root(host, 'cat /proc/net/tcp6')).split('\n').some((row) => / 0{32}:0050 .* 0A /.test(row))).toBe(true);
    expect((await root(host, 'cat /proc/net/tcp')).split('\n').some((row) => / 00000000:0050 .* 0A /.test(row))).toBe(false);
    expect((await logged(host, `${networks.scrubbingCentre.from}9`)).address).toBe(`::ffff:${networks.scrubbingCentre.shown}9`);
  });

  it('grubby answers 0 for a kernel without an entry and changes nothing', async () => {
    for (const system of ['centos7', 'centos6'] as const) {
      const host = lab.host(system);
      const before = await root(host, 'grubby --default-kernel; cat /boot/grub*/grub*');
      await root(host, 'grubby --set-default=/boot/vmlinuz-9.9.9');
      expect(await root(host, 'grubby --default-kernel; cat /boot/grub*/grub*')).toBe(before);
    }
  });

  it('grub2-reboot boots an entry once', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const file = await upload(host, lab.packages.files.el7.path);
    await root(host, `sed -i s/UPDATEDEFAULT=yes/UPDATEDEFAULT=no/ /etc/sysconfig/kernel; rpm -ivh ${file}`);
    expect(await root(host, 'grubby --default-kernel')).toContain('957.el7');
    await root(
      host,
      `grub2-reboot "$(grubby --info=/boot/vmlinuz-${toa7} | sed -n s/^title=//p)"; [ $(wc -c < /boot/grub2/grubenv) = 1024 ]`,
    );
    expect(await root(host, 'grub2-editenv list')).toContain(`next_entry=CentOS Linux (${toa7}) 7 (Core)`);
    await reboot(host);
    expect(await root(host, 'uname -r; cat /proc/cmdline')).toMatch(new RegExp(`^${toa7}\nBOOT_IMAGE=/vmlinuz-${toa7} `));
    await reboot(host);
    expect(await root(host, 'uname -r')).toBe('3.10.0-957.el7.x86_64\n');
  });

  it('the default moves in %post, the initramfs comes in %posttrans, and a power cut in between is the end', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const file = await upload(host, lab.packages.files.el7.path);
    await host.shell(`echo 60 > /etc/elhost/posttrans-delay; setsid rpm -i ${file} > /dev/null 2>&1 < /dev/null &`);
    await expect.poll(() => root(host, 'grubby --default-kernel'), { timeout: 60_000 }).toContain('.toa.');
    expect(await root(host, `ls /boot/initramfs-${toa7}.img`, 2)).toContain('No such file');
    await host.stop();
    await expect(host.start()).rejects.toThrow('VFS: Unable to mount root');
    expect((await host.power()).state).toBe('dead');
    await host.reset();
  });

  it('installonly_limit makes yum erase the original kernel', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const newer = await upload(host, lab.packages.others.el7Newer.path);
    await root(host, `rpm -i ${newer}`);
    await reboot(host);
    const file = await upload(host, lab.packages.files.el7.path);
    await root(host, `sed -i s/installonly_limit=5/installonly_limit=2/ /etc/yum.conf; yum -y --disablerepo='*' localinstall ${file}`);
    expect(await root(host, 'rpm -q kernel')).not.toContain('3.10.0-957.el7.x86_64');
  });

  it('rpm refuses an older kernel, yum lets it in', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const newer = await upload(host, lab.packages.others.el7Newer.path);
    const file = await upload(host, lab.packages.files.el7.path);
    await root(host, `rpm -i ${newer}`);
    expect(await root(host, `rpm -ivh ${file}`, 1)).toContain(
      '(which is newer than kernel-3.10.0-957.21.3.el7.toa.x86_64) is already installed',
    );
    await root(host, `yum -y --disablerepo='*' --setopt=installonly_limit=0 localinstall ${file}`);
    expect(await root(host, 'rpm -q kernel | wc -l')).toBe('3\n');
    expect(await root(host, `yum -y --disablerepo='*' localinstall ${file}`)).toContain('Nothing to do');
  });

  it('yum: dead repositories, excluded, locked, missing dependency, unsigned, no .rpm', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const file = await upload(host, lab.packages.files.el7.path);
    const install = `yum -y --disablerepo='*' --setopt=exit_on_lock=1`;
    expect(await root(host, `yum -y localinstall ${file}`, 1)).toContain('Cannot find a valid baseurl for repo: base/7/x86_64');
    await root(host, "echo 'exclude=kernel*' >> /etc/yum.conf");
    expect(await root(host, `${install} localinstall ${file}`)).toContain('Nothing to do');
    await root(host, "sed -i '/exclude/d' /etc/yum.conf");
    await host.shell('sleep 1000 > /dev/null 2>&1 & echo $! > /var/run/yum.pid');
    expect(await root(host, `${install} localinstall ${file}`, 200)).toMatch(
      /Existing lock \/var\/run\/yum.pid: another copy is running as pid \d+\./,
    );
    await host.shell('kill $(cat /var/run/yum.pid); rm /var/run/yum.pid; rpm -e --nodeps linux-firmware');
    expect(await root(host, `${install} localinstall ${file}`, 1)).toMatch(
      /Error: Package: kernel-3.*\n +Requires: linux-firmware >= 20180911-69/,
    );
    expect(await root(host, `rpm -ivh ${file}`, 1)).toContain('linux-firmware >= 20180911-69 is needed by');
    await root(host, 'echo localpkg_gpgcheck=1 >> /etc/yum.conf');
    expect(await root(host, `${install} localinstall ${file}`, 1)).toContain('is not signed');
    expect(await root(host, `cp ${file} /root/kernel.part; ${install} localinstall /root/kernel.part`)).toContain('Nothing to do');
    expect(await root(host, 'rpm -q kernel')).toBe('kernel-3.10.0-957.el7.x86_64\n');
  });

  it('el6 keeps its default, counted anew, while UPDATEDEFAULT is no', async () => {
    const host = lab.host('centos6');
    await host.reset();
    const files = [await upload(host, lab.packages.files.el6Firmware.path), await upload(host, lab.packages.files.el6Kernel.path)];
    await root(host, `sed -i s/UPDATEDEFAULT=yes/UPDATEDEFAULT=no/ /etc/sysconfig/kernel; rpm -U ${files[0]}; rpm -i ${files[1]}`);
    expect(await root(host, 'grubby --default-kernel; grep ^default= /boot/grub/grub.conf')).toBe(
      '/boot/vmlinuz-2.6.32-696.el6.x86_64\ndefault=1\n',
    );
    await root(host, `grubby --set-default=/boot/vmlinuz-${toa6}; [ "$(grubby --default-index)" = 0 ]`);
  });

  it('rpm refuses for want of room on /boot', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const file = await upload(host, lab.packages.files.el7.path);
    await host.limitBoot(1000);
    expect(await root(host, `rpm -ivh ${file}`, 1)).toMatch(
      /installing package kernel-3\S+ needs \S+ (more space )?on the \/boot filesystem/,
    );
    await reboot(host);
    await root(host, `rpm -ivh ${file}`);
  });

  it('the failing package fails', async () => {
    const host = lab.host('centos7');
    await host.reset();
    const file = await upload(host, lab.packages.others.el7Failing.path);
    expect(await root(host, `rpm -ivh ${file}`, 1)).toContain('scriptlet failed');
    expect(await root(host, 'rpm -q kernel; grubby --default-kernel')).not.toContain('toa');
  });

  it('a shutdown can hang', async () => {
    const host = lab.host('centos7');
    await host.shell('echo yes > /etc/elhost/hang-shutdown');
    const boots = await host.boots();
    await ssh(host, 'sudo reboot');
    await expect.poll(() => host.shell('cat /run/elhost/power').then((output) => output.stdout)).toBe('reboot\n');
    expect((await ssh(host, 'uname -r')).code).toBe(0);
    expect(await host.boots()).toBe(boots);
    await host.reset();
  });
});

describe('as an ordinary user', () => {
  // A user with subordinate ids, for one process: its own /etc/passwd and /etc/subuid are mounted over the machine's.
  it.skipIf(process.getuid?.() !== 0)('a lab starts', { timeout: 300_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'toa-user-'));
    await chmod(home, 0o755);
    await writeFile(join(home, 'passwd'), 'root:x:0:0::/root:/bin/sh\nordinary:x:40001:40001::/:/bin/sh\n');
    await writeFile(join(home, 'subid'), 'ordinary:400000:65536\n');
    const script = [
      `for file in passwd:passwd subid:subuid subid:subgid; do mount --bind ${home}/\${file%:*} /etc/\${file#*:}; done`,
      `chown 40001:40001 ${home}`,
      `exec setpriv --reuid 40001 --regid 40001 --clear-groups env HOME=${home} TMPDIR=${home} ${process.execPath} ${[
        join(import.meta.dirname, '../../../node_modules/tsx/dist/cli.mjs'),
        join(import.meta.dirname, 'ordinaryUser.ts'),
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
