import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootOnce, installScript, ok, restart, titleOf, uploadToa } from '../lab/vm/byHand';
import { originalKernel, startVm, toaKernel, type Vm } from '../lab/vm/vm';

const minutes = 60_000;

describe('one VM, by hand: from the original kernel to the visitors in the log', () => {
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
    await uploadToa(vm);
    const looking = `n=0; while [ ! -e /root/done ]; do
        [ -e /boot/vmlinuz-${toaKernel} ] && grubby --info=ALL | grep -q '^kernel=.*toa' && { size=$(stat -c %s /boot/initramfs-${toaKernel}.img 2>/dev/null || echo none)
        echo "$size"; }; sleep 1; done`;
    const [seen] = await Promise.all([ok(vm, looking), ok(vm, `${installScript}\n: > /root/done`)]);
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
    expect(await ok(vm, 'grub2-editenv list')).toMatch(
      new RegExp(`^saved_entry=${titleOf(originalKernel).replace(/[()]/g, '\\$&')}$`, 'm'),
    );
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
});
