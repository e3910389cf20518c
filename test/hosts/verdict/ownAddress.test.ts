import { copyFile } from 'node:fs/promises';
import { exec } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OwnAddressFault } from '../../../src/core/ownAddress';
import { systemClock as clock } from '../../../src/engine/clock';
import { testOwnAddress, type OwnAddressOptions, type OwnAddressTest } from '../../../src/engine/ownAddress/testOwnAddress';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { openProtectedAddress, type ProtectedAddress } from '../../lab/protectedAddress';
import { networks } from '../../lab/traffic';
import { toa7 } from '../lab/byHand';
import { workbench, type Workbench } from '../install/bench';

// The own-address test on a host with the module: what proves, and each thing that must not.

const never = new AbortController().signal;
let lab: Lab;
let machine: LabHost;
let bench: Workbench;
let address: ProtectedAddress;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'], traffic: true });
  machine = lab.host('centos7');
  bench = workbench(lab, machine);
  await copyFile(lab.packages.files.el7.path, join(machine.root, 'var/tmp/toa.rpm'));
  const boots = await machine.boots();
  expect(await machine.shell(`rpm -i --nodeps /var/tmp/toa.rpm && grubby --set-default=/boot/vmlinuz-${toa7}`)).toMatchObject({ code: 0 });
  await machine.shell('reboot');
  await machine.booted(boots);
  address = await openProtectedAddress(machine);
});
afterAll(async () => {
  bench.dispose();
  await address.close();
  await lab.stop();
});

/** nginx's configuration: the one that is read, and the one that runs (with the host's own address in it). */
const configs = '/etc/nginx/nginx.conf /run/elhost/web.conf';
const reload = 'kill -HUP $(cat /run/nginx.pid); sleep 1';
/** Changes nginx's configuration by sed, until the end of the test. */
async function configured(change: string): Promise<void> {
  const done = await machine.shell(`set -e
    for file in ${configs}; do
      cp "$file" "$file.kept"
      sed -i '${change}' "$file"
      ! cmp -s "$file" "$file.kept"
    done
    ${reload}`);
  expect(done).toMatchObject({ code: 0 });
}
afterEach(() =>
  machine.shell(`[ -e /etc/nginx/nginx.conf.kept ] || exit 0
    for file in ${configs}; do mv "$file.kept" "$file"; done
    ${reload}`),
);

const test = async (options: Partial<OwnAddressOptions> = {}, port = address.port): Promise<OwnAddressTest> =>
  testOwnAddress(await bench.connect(), {
    target: { host: '127.0.0.1', port, tls: false },
    as: await bench.as(),
    cidrs: lab.originCidrs,
    clock,
    signal: never,
    ...options,
  });
const faults = ({ outcome }: OwnAddressTest): readonly (OwnAddressFault['code'] | undefined)[] =>
  outcome.conditions.filter(({ met }) => !met).map(({ fault }) => fault?.code);

it('before the module is loaded nothing is tested: connections from then would not count', async () => {
  expect(faults(await test())).toContain('notLoaded');
  expect((await machine.shell(`modprobe toa; grep -c toa-test ${machine.accessLog}`)).stdout.trim()).toBe('0');
});

describe('with the module', () => {
  it('proves: raw peer inside the ranges, the visitor in the token’s line, nobody’s peer, the counter rose', async () => {
    const { outcome, verification } = await test();
    expect(outcome.conditions.map(({ condition, met }) => [condition, met])).toEqual(
      ['open', 'peer', 'line', 'nobody', 'delivered'].map((condition) => [condition, true]),
    );
    expect(outcome.proof).toMatchObject({ log: machine.accessLog });
    expect(outcome.proof?.address).toMatch(/^203\.0\.113\./);
    expect(outcome.proof?.peer).toMatch(/^198\.51\.100\./);
    expect(verification).toMatchObject({ verdict: 'arrive', level: 5 });
    const { stdout } = await machine.shell(`grep toa-test ${machine.accessLog} | head -n 1`);
    expect(stdout).toContain(outcome.proof?.address);
  });

  it('proves by the curl command from another machine', async () => {
    const made: Promise<unknown>[] = [];
    const { outcome } = await test({ onCommand: (command) => made.push(promisify(exec)(command)), lineSeconds: 120 });
    expect(outcome.conditions.filter(({ met }) => !met)).toEqual([]);
    expect(outcome.proof?.address).toMatch(/^203\.0\.113\./);
    await Promise.all(made);
  });

  it('waits for a log that is written in blocks', async () => {
    await configured('s|access.log main|access.log main buffer=64k flush=8s|');
    expect((await test()).outcome.proof?.address).toMatch(/^203\.0\.113\./);
  });

  it('the line must carry the tester’s address where that is known', async () => {
    expect(faults(await test({ ownAddress: '203.0.113.255' }))).toEqual(['notMine']);
  });

  it('a direct connection is named: to the origin itself, or from a peer outside the ranges', async () => {
    const toOrigin = await test({ target: { host: machine.address, port: machine.httpPort, tls: false } });
    expect(faults(toOrigin)).toContain('toOrigin');
    const direct = await openProtectedAddress(machine, 'direct');
    const past = await test({}, direct.port);
    await direct.close();
    expect(faults(past)).toEqual(expect.arrayContaining(['noPeer', 'rawPeer']));
    expect(past.outcome.conditions.find(({ condition }) => condition === 'peer')?.fault).toMatchObject({
      outside: [expect.stringMatching(/^192\.0\.2\./)],
    });
    expect(past.verification.level).toBeLessThan(5);
  });

  it('a tester of a private network is no visitor', async () => {
    const inside = await openProtectedAddress(machine, 'healthCheck');
    expect(faults(await test({}, inside.port))).toEqual(expect.arrayContaining(['noPeer', 'linePrivate']));
    await inside.close();
  });

  it('a connection that the server closes after its answer is not held', async () => {
    await configured('s|keepalive_timeout 65|keepalive_timeout 0|');
    expect(faults(await test())).toContain('closedEarly');
  });

  it('X-Forwarded-For in place of the address is no proof, whoever sends it', async () => {
    await configured('s|[$]remote_addr -|$http_x_forwarded_for -|');
    expect(faults(await test())).toContain('tookForwardedFor');
  });

  it('realip that believes the scrubbing centre is no proof; one that believes others is none of our business', async () => {
    await configured(
      's|keepalive_timeout 65;|keepalive_timeout 65; # set_real_ip_from 0.0.0.0/0;\\n set_real_ip_from 198.51.100.0/24; real_ip_header X-Real-IP;|',
    );
    const rewritten = await test();
    expect(rewritten.outcome.conditions.find(({ fault }) => fault?.code === 'rewritten')?.fault).toEqual({
      code: 'rewritten',
      directives: ['real_ip_header X-Real-IP', 'set_real_ip_from 198.51.100.0/24'],
    });
    await machine.shell(`sed -i 's|198.51.100.0/24|${networks.healthCheck.cidr}|' ${configs}; ${reload}`);
    expect((await test()).outcome.proof).toBeDefined();
  });

  it('a line that never comes is told with the logs that were watched', async () => {
    await configured('s|access_log /var/log/nginx/access.log main|access_log off|');
    const { outcome } = await test({ lineSeconds: 5 });
    const fault = outcome.conditions.find(({ condition }) => condition === 'line')?.fault;
    expect(fault).toMatchObject({ code: 'noLine', logs: expect.arrayContaining([machine.accessLog]) as unknown, status: 200 });
  });

  it('a dual-stack listener shows the scrubbing centre', async () => {
    await machine.shell('touch /etc/elhost/dual-stack');
    const boots = await machine.boots();
    await machine.shell('reboot');
    await machine.booted(boots);
    await machine.shell('modprobe toa; rm /etc/elhost/dual-stack');
    const seen = await test();
    expect(faults(seen)).toEqual(expect.arrayContaining(['lineShowsOrigin', 'notDelivered']));
    expect(seen.verification.diagnoses.map(({ code }) => code)).toContain('dualStack');
  });

  it('nothing answers, no ranges, and a cancelled test', async () => {
    expect(faults(await test({}, 9))).toContain('notReached');
    expect(faults(await test({ cidrs: [] }))).toContain('rangesNotSet');
    const stop = new AbortController();
    const cancelled = test({ signal: stop.signal, onProgress: (phase) => phase === 'line' && stop.abort(), lineSeconds: 60 });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });
});
