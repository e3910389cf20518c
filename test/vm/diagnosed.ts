import { expect } from 'vitest';
import { systemClock as clock } from '../../src/engine/clock';
import { verifyHost } from '../../src/engine/verifyHost';
import { ok } from '../lab/vm/byHand';
import { backToOrigin, type ScrubbingCentre } from '../lab/vm/scrub';
import type { Visit } from '../lab/vm/conversation';
import type { Bench } from './bench';

interface Found {
  readonly verdict: string;
  /** In order. The machine has no firewall: that everybody reaches it is a finding in every case, and left out. */
  readonly codes: readonly string[];
}

/** Each thing that may be wrong, and what a verification says while it is. */
const EXPECTED: Readonly<Record<string, Found>> = {
  'connections from before the module was loaded': { verdict: 'loadedNothing', codes: ['oldConnections'] },
  'the right option': { verdict: 'likely', codes: [] },
  'another kind of option, 28': { verdict: 'loadedNothing', codes: ['otherTraffic'] },
  'another kind of option, 200': { verdict: 'loadedNothing', codes: ['otherTraffic'] },
  'no option': { verdict: 'loadedNothing', codes: ['otherTraffic'] },
  'website traffic with X-Forwarded-For': { verdict: 'forwardedFor', codes: ['otherTraffic', 'forwardedFor'] },
  'realip configured': { verdict: 'forwardedFor', codes: ['forwardedFor', 'realip'] },
  'a dual-stack listener': { verdict: 'loadedNothing', codes: ['dualStack'] },
  HostnameLookups: { verdict: 'nothingYet', codes: ['hostNames'] },
  'visitors who come directly': { verdict: 'loadedNothing', codes: ['otherTraffic', 'directVisitors'] },
};

/** On a machine whose module is loaded: makes each of them with real frames, a real module and real servers, and holds what is said of it against `EXPECTED`. */
export async function diagnosed({ vm, bench }: Bench, centre: ScrubbingCentre): Promise<void> {
  const found: Record<string, Found> = {};
  const as = await bench.as();
  const verify = async (name: keyof typeof EXPECTED, log: string = vm.accessLog): Promise<void> => {
    const options = { as, cidrs: [backToOrigin], logs: [log], windowSeconds: 4, clock, signal: new AbortController().signal };
    const { verdict, diagnoses } = await verifyHost(await bench.connect(), options);
    found[name] = { verdict, codes: diagnoses.map(({ code }) => code).filter((code) => code !== 'exposed') };
  };
  const under = async (name: keyof typeof EXPECTED, visit: Visit, log?: string): Promise<void> => {
    const traffic = centre.traffic({ perSecond: 5, kinds: [{ share: 1, visit }] });
    try {
      await expect.poll(() => traffic.counts().answered, { timeout: 60_000, interval: 250 }).toBeGreaterThan(2);
      await verify(name, log);
    } finally {
      await traffic.stop();
    }
    await ok(vm, `: > ${log ?? vm.accessLog}`);
  };
  /** nginx with its configuration changed by an expression of sed, started anew. */
  const served = (expression: string): Promise<string> =>
    ok(vm, `sed -i '${expression}' /etc/nginx/nginx.conf && nginx -t -q && systemctl restart nginx && : > ${vm.accessLog}`);

  await ok(vm, 'cp /etc/nginx/nginx.conf /root/nginx.conf');
  await served('/:81 /d');
  await ok(vm, 'rmmod toa');
  const old = centre.visit({ requests: 60, pause: 600 });
  old.catch(() => undefined);
  await expect.poll(() => ok(vm, `wc -l < ${vm.accessLog}`).then(Number), { timeout: 60_000 }).toBeGreaterThan(1);
  await ok(vm, 'modprobe toa');
  await verify('connections from before the module was loaded');
  expect((await old).answers.every((answer) => answer.startsWith('198.51.100.'))).toBe(true);
  await ok(vm, `: > ${vm.accessLog}`);

  await under('the right option', {});
  for (const kind of [28, 200] as const) await under(`another kind of option, ${kind}`, { kind });
  await under('no option', { on: [] });
  await under('website traffic with X-Forwarded-For', { on: [], forwardedFor: '203.0.113.200' });
  await served(`s|keepalive_timeout|set_real_ip_from ${backToOrigin}; real_ip_header X-Forwarded-For; keepalive_timeout|`);
  await under('realip configured', { forwardedFor: '203.0.113.200' });
  await ok(vm, 'cp /root/nginx.conf /etc/nginx/nginx.conf');
  await served('/listen 80;/d; /listen 82 /d');
  await under('a dual-stack listener', { port: 81 });

  await ok(
    vm,
    `systemctl stop nginx; for i in $(seq 250); do echo "203.0.113.$i visitor-$i.example.net"; done >> /etc/hosts; httpd -f /etc/httpd/conf/httpd.conf`,
  );
  await under('HostnameLookups', { port: 8080 }, '/var/log/httpd/access_log');
  await ok(vm, 'kill $(cat /run/httpd.pid); cp /root/nginx.conf /etc/nginx/nginx.conf');
  await served('/:81 /d');
  // Last: the kernel remembers a peer for a minute after its connection has ended.
  await under('visitors who come directly', { from: '192.0.2.77', on: [] });
  expect(found).toEqual(EXPECTED);
}
