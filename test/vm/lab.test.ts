import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { originalKernel, startVm, toaKernel, type Vm } from '../lab/vm/vm';

const title = (kernel: string) => `CentOS Linux (${kernel}) 7 (Core)`;
const minutes = 60_000;

/** What the vendor's procedure leaves behind, by hand. `default` stays with the original kernel. */
const install = `set -e
  sed -i s/UPDATEDEFAULT=yes/UPDATEDEFAULT=no/ /etc/sysconfig/kernel
  yum -y '--disablerepo=*' --setopt=exit_on_lock=1 localinstall /root/kernel-${toaKernel}.rpm < /dev/null
  cat > /etc/sysconfig/modules/toa.modules <<'M'
#! /bin/bash
if [ -e /lib/modules/\`uname -r\`/kernel/net/toa/toa.ko.xz ] ;
then
modprobe toa > /dev/null 2>&1
fi
M
  chmod 755 /etc/sysconfig/modules/toa.modules`;
const bootOnce = `set -e
  grub2-reboot '${title(toaKernel)}'
  sync
  fsfreeze -f / && fsfreeze -u /`;

async function ok(vm: Vm, script: string): Promise<string> {
  const { code, stdout, stderr } = await vm.run(script);
  expect(code, `${stdout}${stderr}`).toBe(0);
  return stdout.trim();
}

/** Restarts by itself and is back. */
async function restart(vm: Vm): Promise<void> {
  const before = await vm.boots();
  await ok(vm, '(sleep 1; systemctl reboot) > /dev/null 2>&1 < /dev/null &');
  await vm.booted(before);
}

describe('one VM, from the original kernel to the visitors in the log and back', () => {
  let vm: Vm;
  beforeAll(async () => (vm = await startVm({ disk: 'xfs' })), 30 * minutes);
  afterAll(() => vm.stop());

  test('it starts as a healthy original host', async () => {
    expect(await ok(vm, 'uname -r')).toBe(originalKernel);
    expect(await ok(vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${originalKernel}`);
    expect(await ok(vm, 'cat /proc/1/comm')).toBe('systemd');
    expect(await ok(vm, 'systemctl --failed --no-legend; rpm -V kernel | grep -v " g /boot/initramfs" || :')).toBe('');
    expect(await ok(vm, 'cat /proc/cmdline')).not.toMatch(/panic|rd\./);
    expect(await ok(vm, 'grub2-probe --target=abstraction /boot/grub2; grub2-probe --target=fs /boot/grub2')).toBe('xfs');
  });

  test('without the module the log shows the back-to-origin address', async () => {
    const centre = await vm.scrub();
    const { from, answers } = await centre.visit({ path: '/before' });
    centre.close();
    expect(answers).toEqual([`${from}\n`]);
    expect(await ok(vm, `grep ' /before ' ${vm.accessLog}`)).toMatch(new RegExp(`^${from} `));
  });

  test('the initramfs comes only in %posttrans, over many seconds', { timeout: 10 * minutes }, async () => {
    await vm.upload(vm.toaRpm, `/root/kernel-${toaKernel}.rpm`);
    const looking = `n=0; while [ ! -e /root/done ]; do
        [ -e /boot/vmlinuz-${toaKernel} ] && grubby --info=ALL | grep -q '^kernel=.*toa' && { size=$(stat -c %s /boot/initramfs-${toaKernel}.img 2>/dev/null || echo none)
        echo "$size"; }; sleep 1; done`;
    const [seen] = await Promise.all([ok(vm, looking), ok(vm, `${install}\n: > /root/done`)]);
    const sizes = seen.split('\n');
    expect(sizes).toContain('none');
    expect(new Set(sizes).size).toBeGreaterThan(3);
    expect(await ok(vm, `rpm -V kernel-${toaKernel.replace('.x86_64', '')} | grep -v ' g /boot/initramfs' || :`)).toBe('');
    expect(await ok(vm, 'grubby --default-kernel')).toBe(`/boot/vmlinuz-${originalKernel}`);
  });

  test('boot once boots the TOA kernel, and GRUB has cleared it', { timeout: 10 * minutes }, async () => {
    const bootId = await ok(vm, 'cat /proc/sys/kernel/random/boot_id');
    await ok(vm, bootOnce);
    await restart(vm);
    expect(await ok(vm, 'uname -r')).toBe(toaKernel);
    expect(await ok(vm, 'cat /proc/sys/kernel/random/boot_id')).not.toBe(bootId);
    expect(await ok(vm, 'grub2-editenv list')).toMatch(new RegExp(`^saved_entry=${title(originalKernel).replace(/[()]/g, '\\$&')}$`, 'm'));
    expect(await ok(vm, 'grub2-editenv list')).not.toMatch(/^next_entry=./m);
    expect(await ok(vm, `cut -d ' ' -f 1 /proc/modules`)).toMatch(/^toa$/m);
  });

  test('with the module the log shows the visitor, where the option is the right one in the right place', async () => {
    const centre = await vm.scrub();
    const answer = async (visit: Parameters<typeof centre.visit>[0]) => {
      const { from, visitor, answers } = await centre.visit(visit);
      return answers.every((text) => text === `${visitor}\n`)
        ? 'visitor'
        : answers.every((text) => text.endsWith(`${from}\n`))
          ? 'origin'
          : answers;
    };
    expect(await answer({ path: '/after', visitor: '203.0.113.77' })).toBe('visitor');
    expect(await answer({ on: ['ack'] })).toBe('visitor');
    expect(await answer({ on: ['syn'] })).toBe('origin');
    expect(await answer({ on: [] })).toBe('origin');
    expect(await answer({ kind: 28 })).toBe('origin');
    expect(await answer({ kind: 200 })).toBe('origin');
    expect(await answer({ port: 81 })).toBe('origin'); // dual-stack: an IPv6 socket
    expect(await answer({ port: 82, on: ['ack'] })).toBe('origin'); // deferred accept
    expect(await answer({ port: 82, on: ['data'] })).toBe('visitor');
    expect(await answer({ requests: 3, pause: 100 })).toBe('visitor');
    centre.close();
    expect(await ok(vm, `grep ' /after ' ${vm.accessLog}`)).toMatch(/^203\.0\.113\.77 /);
  });

  test('the counters count', async () => {
    const read = async () => {
      const rows = (await ok(vm, 'cat /proc/net/toa_stats')).split('\n').slice(1);
      return Object.fromEntries(
        rows.map((row) => {
          const [name = '', ...counts] = row.split(/[\s:]+/).filter(Boolean);
          return [name, counts.map(Number).reduce((sum, count) => sum + count, 0)];
        }),
      );
    };
    const centre = await vm.scrub();
    const before = await read();
    await centre.visit();
    await centre.visit({ on: [] });
    const after = await read();
    centre.close();
    expect(Object.keys(after)).toEqual([
      'syn_recv_sock_toa',
      'syn_recv_sock_no_toa',
      'getname_toa_ok',
      'getname_toa_mismatch',
      'getname_toa_bypass',
      'getname_toa_empty',
    ]);
    expect(after['syn_recv_sock_toa']! - before['syn_recv_sock_toa']!).toBe(1);
    expect(after['syn_recv_sock_no_toa']! - before['syn_recv_sock_no_toa']!).toBeGreaterThanOrEqual(1);
    expect(after['getname_toa_ok']! - before['getname_toa_ok']!).toBe(1);
  });

  test('a power cut brings the original kernel back: the trial was for once', { timeout: 10 * minutes }, async () => {
    const before = await vm.boots();
    await vm.reset();
    await vm.booted(before);
    expect(await ok(vm, 'uname -r')).toBe(originalKernel);
  });

  test('it does not help: a root that is not found is waited for for ever', { timeout: 10 * minutes }, async () => {
    // The arguments only shorten the wait for the device.
    await ok(vm, `grubby --update-kernel=/boot/vmlinuz-${toaKernel} --args='root=/dev/nowhere rd.retry=5 rd.timeout=10'\n${bootOnce}`);
    const before = await vm.boots();
    const from = (await vm.serial()).length;
    await ok(vm, '(sleep 1; systemctl reboot) > /dev/null 2>&1 < /dev/null &');
    await vm.said(/emergency mode|Entering emergency|Press Enter for maintenance/i, { from });
    expect(await vm.boots()).toBe(before + 1);
    await new Promise((later) => setTimeout(later, 20_000));
    expect(await vm.boots()).toBe(before + 1);
  });
});

test('with /boot on LVM, GRUB cannot clear next_entry: the same entry comes again', { timeout: 40 * minutes }, async () => {
  const vm = await startVm({ disk: 'lvm' });
  try {
    expect(await ok(vm, 'grub2-probe --target=abstraction /boot/grub2')).toMatch(/lvm/);
    await ok(vm, `grub2-editenv - set 'next_entry=${title(originalKernel)}'; sync; fsfreeze -f /boot && fsfreeze -u /boot`);
    const before = await vm.boots();
    await vm.reset();
    await vm.booted(before);
    expect(await vm.serial()).toMatch(/diskfilter writes are not supported/);
    expect(await ok(vm, 'grub2-editenv list')).toMatch(/^next_entry=CentOS/m);
  } finally {
    await vm.stop();
  }
});

test('/ and /boot on ext4 start from a cold disk, too', { timeout: 40 * minutes }, async () => {
  const vm = await startVm({ disk: 'ext4', snapshot: false });
  try {
    expect(await ok(vm, `awk '$2 == "/" || $2 == "/boot" { print $3 }' /proc/mounts | sort -u`)).toBe('ext4');
    expect(await ok(vm, 'grub2-probe --target=fs /boot/grub2')).toBe('ext2');
    expect(await vm.boots()).toBe(1);
  } finally {
    await vm.stop();
  }
});
