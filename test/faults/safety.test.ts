import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutToOriginal, ok } from '../lab/vm/byHand';
import * as faults from '../lab/vm/faults';
import { originalKernel, toaKernel, type KeptVm, type Vm } from '../lab/vm/vm';
import { keepInstalled, leaveReboot, withVm } from '../vm/bench';
import { table } from './table';

// What brings a host back is the product's, not the lab's: with one of its safeties taken out while the host goes down, the faults which
// that one covers are the end of it.

const row = table('safety');
const emergency = /emergency mode|Entering emergency|Press Enter for maintenance/i;
const up = new RegExp(`lab: up, ${toaKernel}`);

interface Lost {
  readonly without: 'guard' | 'arguments' | 'fallback';
  readonly fault: string;
  readonly inject: (vm: Vm) => Promise<unknown>;
  /** What the console says last. */
  readonly says: RegExp;
}

const lost: readonly Lost[] = [
  { without: 'arguments', fault: 'panic in the initramfs', inject: (vm) => faults.panics(vm), says: /Kernel panic/ },
  { without: 'arguments', fault: 'root not found', inject: faults.rootNotFound, says: emergency },
  { without: 'guard', fault: 'network dead', inject: faults.networkDead, says: up },
  { without: 'guard', fault: 'a mount of fstab fails', inject: faults.mountFails, says: emergency },
  { without: 'fallback', fault: 'vmlinuz gone', inject: (vm) => faults.kernelUnreadable(vm, 'gone'), says: /Press any key/ },
];

describe('with a safety taken out, the host is lost until somebody cuts the power', () => {
  let kept: KeptVm | undefined;
  beforeAll(async () => {
    kept = await keepInstalled('xfs');
  });
  afterAll(() => kept?.remove());

  test.concurrent.each(lost)('without $without: $fault', ({ without, fault, inject, says }) =>
    withVm(kept!, async ({ vm, bench }) => {
      await inject(vm);
      await faults.withoutSafety(vm, without);
      const boots = await vm.boots();
      const from = (await vm.serial()).length;
      await leaveReboot({ vm, bench }, { sshSeconds: 15, bootSeconds: 60 });
      await vm.said(says, { from });
      // Twice as long as any of the safeties would have waited.
      await sleep(120_000);
      expect(await vm.boots()).toBe(boots + 1);
      await expect(vm.run('true')).rejects.toThrow();
      await cutToOriginal(vm);
      row({
        fault: `${fault} (xfs)`,
        injected: `and without the product's ${without}`,
        recovered: 'not by itself: lost for 2 minutes, until the power was cut',
      });
    }),
  );

  test.concurrent('without the guard: a panic ends on the original kernel, and nobody puts the trial in order', () =>
    withVm(kept!, async ({ vm, bench }) => {
      await faults.panics(vm);
      await faults.withoutSafety(vm, 'guard');
      const boots = await vm.boots();
      await leaveReboot({ vm, bench });
      await vm.booted(boots + 1, 600);
      await sleep(60_000);
      expect(await ok(vm, 'uname -r')).toBe(originalKernel);
      expect(await ok(vm, 'cat /etc/toa-hosts/trial/state')).toBe('armed');
      row({
        fault: 'panic in the initramfs (xfs)',
        injected: "and without the product's guard",
        recovered: 'original by the arguments; the trial is never put in order',
      });
    }),
  );
});
