import { copyFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/engine/clock';
import { verifyHost } from '../../../src/engine/verifyHost';
import { startLab, type Lab, type LabHost } from '../../lab/lab';
import { openProtectedAddress, type ProtectedAddress } from '../../lab/protectedAddress';
import { networks, visit } from '../../lab/traffic';
import { workbench, type Workbench } from '../install/bench';
import { toa7 } from '../lab/byHand';

// What may be wrong, made on a host with the module, and what a verification says of it.

let lab: Lab;
let machine: LabHost;
let bench: Workbench;
let address: ProtectedAddress;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  machine = lab.host('centos7');
  bench = workbench(lab, machine);
  await copyFile(lab.packages.files.el7.path, join(machine.root, 'var/tmp/toa.rpm'));
  await machine.shell(`rpm -i --nodeps /var/tmp/toa.rpm && grubby --set-default=/boot/vmlinuz-${toa7}`);
  await boot();
  address = await openProtectedAddress(machine);
});
afterAll(async () => {
  bench.dispose();
  await address.close();
  await lab.stop();
});

async function boot(): Promise<void> {
  const boots = await machine.boots();
  await machine.shell('reboot');
  await machine.booted(boots);
}

/** Verifies while `act` is done again and again; gives the codes of what was found. */
async function found(act: () => Promise<unknown>): Promise<{ readonly verdict: string; readonly codes: readonly string[] }> {
  const over = new AbortController();
  const busy = (async () => {
    while (!over.signal.aborted) {
      await act();
      await sleep(150);
    }
  })();
  const session = await bench.connect();
  const options = { as: await bench.as(), cidrs: lab.originCidrs, windowSeconds: 4, clock, signal: new AbortController().signal };
  const { verdict, diagnoses } = await verifyHost(session, options).finally(() => over.abort());
  await busy;
  // The lab's host has no firewall, so that everybody reaches it: a finding of its own, in every case.
  return { verdict, codes: diagnoses.map(({ code }) => code).filter((code) => code !== 'exposed') };
}
const from = (network: keyof typeof networks) => (): Promise<number> =>
  visit(machine, `${networks[network].from}${1 + Math.floor(Math.random() * 30)}`);

it('keep-alive connections from before the module was loaded', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: address.port, agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
    });
  await ask();
  await machine.shell('modprobe toa');
  expect(await found(ask)).toEqual({ verdict: 'loadedNothing', codes: ['oldConnections'] });
  agent.destroy();
});

it('visitors by port forwarding', async () => {
  expect(await found(from('scrubbingCentre'))).toEqual({ verdict: 'likely', codes: [] });
});

it('website traffic with X-Forwarded-For', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.200' };
  const proxied = () => visit(machine, `${networks.scrubbingCentre.from}9`, { headers });
  expect(await found(proxied)).toEqual({ verdict: 'forwardedFor', codes: ['forwardedFor'] });
});

it('realip, and names in place of addresses', async () => {
  await machine.shell(`sed -i 's|keepalive_timeout|set_real_ip_from ${networks.scrubbingCentre.cidr}; keepalive_timeout|' /etc/nginx/nginx.conf
    cp /run/elhost/web.conf /run/elhost/kept.conf
    sed -i "s|main '[$]remote_addr|main 'visitor.example.net|" /run/elhost/web.conf
    kill -HUP $(cat /run/nginx.pid); sleep 1; : > ${machine.accessLog}`);
  const { codes } = await found(from('scrubbingCentre'));
  await machine.shell(`sed -i 's|set_real_ip_from[^;]*; ||' /etc/nginx/nginx.conf
    mv /run/elhost/kept.conf /run/elhost/web.conf; kill -HUP $(cat /run/nginx.pid); sleep 1; : > ${machine.accessLog}`);
  expect(codes).toEqual(['hostNames', 'realip']);
});

it('a dual-stack listener', async () => {
  await machine.shell('touch /etc/elhost/dual-stack');
  await boot();
  await machine.shell(`modprobe toa; : > ${machine.accessLog}`);
  expect(await found(from('scrubbingCentre'))).toEqual({ verdict: 'loadedNothing', codes: ['dualStack'] });
});

// Last: the kernel remembers a peer for a minute after its connection has ended.
it('connections without the option, directly', async () => {
  await machine.shell('rm /etc/elhost/dual-stack');
  await boot();
  await machine.shell(`modprobe toa; : > ${machine.accessLog}`);
  expect(await found(from('direct'))).toEqual({ verdict: 'loadedNothing', codes: ['otherTraffic', 'directVisitors'] });
});

it('the host’s own rules are read, one answer for each web port', async () => {
  const session = await bench.connect();
  const { exposure } = await verifyHost(session, {
    as: await bench.as(),
    cidrs: lab.originCidrs,
    windowSeconds: 1,
    clock,
    signal: new AbortController().signal,
  });
  expect(exposure?.map(({ port }) => port)).toEqual([80]);
});
