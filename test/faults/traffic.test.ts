import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ok, uploadToa } from '../lab/vm/byHand';
import type { ScrubbingCentre } from '../lab/vm/scrub';
import type { Kind } from '../lab/vm/traffic';
import { startVm, toaKernel, type Vm } from '../lab/vm/vm';

/** A path for each kind of visit, and the network that the log shows for it with the module. */
const shown = {
  '/both': '203.0.113.',
  '/ack': '203.0.113.',
  '/data': '198.51.100.',
  '/without': '198.51.100.',
  '/kind-28': '198.51.100.',
  '/kind-200': '198.51.100.',
  '/direct': '192.0.2.',
} as const;
const kinds: readonly Kind[] = [
  { share: 2, visit: { path: '/both' } },
  { share: 1, visit: { path: '/ack', on: ['ack'] } },
  { share: 1, visit: { path: '/data', on: ['data'] } },
  { share: 1, visit: { path: '/without', on: [] } },
  { share: 1, visit: { path: '/kind-28', kind: 28 } },
  { share: 1, visit: { path: '/kind-200', kind: 200 } },
  { share: 1, visit: { path: '/direct', from: '192.0.2.77', on: [] } },
];

describe('traffic that keeps coming', () => {
  let vm: Vm;
  let centre: ScrubbingCentre;
  beforeAll(async () => {
    vm = await startVm({ disk: 'xfs' });
    centre = await vm.scrub();
  });
  afterAll(async () => {
    centre.close();
    await vm.stop();
  });

  /** Of each path the networks that the log shows. */
  const networks = async (): Promise<Record<string, string[]>> => {
    const lines = (await ok(vm, `cat ${vm.accessLog}; : > ${vm.accessLog}`)).split('\n');
    const seen: Record<string, string[]> = {};
    for (const line of lines) {
      const [, network = '', path = ''] = /^(\d+\.\d+\.\d+\.)\d+ .*?"GET (\S+) /.exec(line) ?? [];
      seen[path] = [...new Set([...(seen[path] ?? []), network])];
    }
    return seen;
  };
  const visits = async (answered: number): Promise<void> => {
    const traffic = centre.traffic({ perSecond: 20, kinds });
    await expect.poll(() => traffic.counts().answered, { timeout: 120_000, interval: 250 }).toBeGreaterThan(answered);
    await traffic.stop();
    const { begun, failed, answered: all } = traffic.counts();
    expect({ failed, all }).toEqual({ failed: 0, all: begun });
  };

  test('without the module every visit is logged from where its packets come', async () => {
    await visits(100);
    const seen = await networks();
    for (const [path, network] of Object.entries(shown)) {
      expect(seen[path], path).toEqual([network.startsWith('203.') ? '198.51.100.' : network]);
    }
  });

  test('with it, visitors are logged where the option is the right one in the right place', async () => {
    await uploadToa(vm);
    const file = `lib/modules/${toaKernel}/kernel/net/toa/toa.ko.xz`;
    await ok(vm, `cd /root && rpm2cpio kernel-${toaKernel}.rpm | cpio -id --quiet './${file}' && xz -dc ${file} > toa.ko && insmod toa.ko`);
    await visits(100);
    const seen = await networks();
    for (const [path, network] of Object.entries(shown)) expect(seen[path], path).toEqual([network]);
  });

  test('it goes on while nobody answers, within its limit, and counts that', async () => {
    await ok(vm, 'ip link set eth1 down');
    const traffic = centre.traffic({ perSecond: 50, limit: 10 });
    await expect.poll(() => traffic.counts().dropped, { timeout: 60_000 }).toBeGreaterThan(10);
    expect(traffic.counts()).toMatchObject({ begun: 10, answered: 0 });
    await ok(vm, 'ip link set eth1 up; ip route replace default via 192.0.2.1 dev eth1');
    await expect.poll(() => traffic.counts().answered, { timeout: 60_000 }).toBeGreaterThan(10);
    await traffic.stop();
  });
});
