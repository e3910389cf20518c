import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootOnce, cutToOriginal, installByHand, ok, reboot } from '../lab/vm/byHand';
import * as faults from '../lab/vm/faults';
import { startVm, toaKernel, type Vm } from '../lab/vm/vm';

const minutes = 60_000;
const up = new RegExp(`lab: up, ${toaKernel}`);
const emergency = /emergency mode|Entering emergency|Press Enter for maintenance/i;

interface Case {
  readonly name: string;
  readonly breakIt: (vm: Vm) => Promise<faults.Lift>;
  /** What the console says then. */
  readonly says: RegExp;
  /** A sh command that fails on a TOA kernel which answers; without it nobody answers. */
  readonly fails?: string;
}

const loaded = 'grep -q "^toa .*Live" /proc/modules';
const cases: readonly Case[] = [
  { name: 'it panics in the initramfs', breakIt: (vm) => faults.panics(vm), says: /Kernel panic/ },
  { name: 'it panics while the system starts', breakIt: (vm) => faults.panics(vm, 'system'), says: /Kernel panic/ },
  { name: 'it freezes', breakIt: faults.freezes, says: /lab: frozen/ },
  { name: 'root is not found', breakIt: faults.rootNotFound, says: emergency },
  { name: 'the initramfs is truncated', breakIt: (vm) => faults.initramfsTruncated(vm), says: /Kernel panic/ },
  { name: 'the kernel is truncated', breakIt: (vm) => faults.kernelUnreadable(vm, 'truncated'), says: /Press any key/ },
  { name: 'the kernel is zeros', breakIt: (vm) => faults.kernelUnreadable(vm, 'zeros'), says: /Press any key/ },
  { name: 'the kernel is gone', breakIt: (vm) => faults.kernelUnreadable(vm, 'gone'), says: /Press any key/ },
  { name: 'the network is dead', breakIt: faults.networkDead, says: up },
  { name: 'sshd does not start', breakIt: faults.sshdDead, says: up },
  { name: 'a mount fails', breakIt: faults.mountFails, says: emergency },
  { name: 'the module is missing', breakIt: (vm) => faults.moduleMissing(vm), says: up, fails: `modprobe toa || ${loaded}` },
  { name: 'the module is refused', breakIt: faults.moduleRefused, says: up, fails: `modprobe toa || ${loaded}` },
  { name: 'the module oopses', breakIt: (vm) => faults.moduleOopses(vm), says: /BUG:|Oops|invalid opcode/, fails: loaded },
];

describe('without the product, a broken TOA kernel is the end of it, until somebody cuts the power', () => {
  let vm: Vm;
  beforeAll(async () => {
    vm = await startVm({ disk: 'xfs' });
    await installByHand(vm);
  }, 30 * minutes);
  afterAll(() => vm.stop());

  test.each(cases)('$name', { timeout: 15 * minutes }, async ({ breakIt, says, fails }) => {
    const lift = await breakIt(vm);
    await ok(vm, bootOnce);
    const from = (await vm.serial()).length;
    const boots = await vm.boots();
    await reboot(vm);
    await vm.said(says, { from });
    if (fails === undefined) {
      await sleep(20_000);
      await expect(vm.run('true')).rejects.toThrow();
      expect(await vm.boots()).toBe(boots + 1);
    } else {
      await vm.said(up, { from });
      expect((await vm.run(fails)).code).not.toBe(0);
    }
    await cutToOriginal(vm);
    expect(await ok(vm, 'systemctl --failed --no-legend')).toBe('');
    await lift();
  });
});

test('the power is cut when the guest says so', { timeout: 15 * minutes }, async () => {
  const vm = await startVm({ disk: 'xfs' });
  try {
    const boots = await vm.boots();
    await ok(vm, '(sleep 2; : > /run/now) > /dev/null 2>&1 < /dev/null &');
    await faults.cutPowerWhen(vm, '[ -e /run/now ]');
    await vm.booted(boots);
  } finally {
    await vm.stop();
  }
});
