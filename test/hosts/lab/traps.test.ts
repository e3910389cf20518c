// Where real Enterprise Linux hosts hurt, the lab's must hurt too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../lab/lab';
import { networks } from '../../lab/traffic';
import { logged, reboot, root, ssh, toa6, toa7, upload } from './byHand';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'rhel7'] });
});
afterAll(() => lab.stop());

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
    await host.limit('/boot', 1000);
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
