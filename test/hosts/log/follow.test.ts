import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import { systemClock } from '../../../src/engine/clock';
import { logBuffer, MARK } from '../../../src/engine/logBuffer';
import { lineText } from '../../../src/engine/logBufferText';
import type { Session, Transport } from '../../../src/engine/ports';
import type { RunAs } from '../../../src/engine/runScript';
import { sampleLog } from '../../../src/engine/sampleLog';
import { tailLog, type TailState } from '../../../src/engine/tailLog';
import { parseCidrs } from '../../../src/shared/address';
import type { LogMark } from '../../../src/shared/logMark';
import { createTransport } from '../../../src/ssh/transport';
import { startLab, type Lab, type LabHost } from '../../lab/lab';

const signal = new AbortController().signal;
let lab: Lab;
let transport: Transport;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'rhel7'] });
  transport = createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile: lab.sshConfig, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
});
afterAll(async () => {
  transport.dispose();
  await lab.stop();
});

const id = (machine: LabHost, user: string): string => `ssh-config:${machine.name}:${user}`;
const connect = (machine: LabHost, user: string): Promise<Session> => {
  const host: Host = { id: id(machine, user), name: machine.name, user, source: 'ssh-config', logs: [] };
  return transport.connect(host, { signal });
};
const asRoot: RunAs = { sudo: 'nopasswd' };

/** Follows a log of a lab host into a buffer. */
function start(
  machine: LabHost,
  options: { readonly user?: string; readonly as?: RunAs; readonly path?: string; readonly back?: number } = {},
) {
  const stop = new AbortController();
  const buffer = logBuffer(parseCidrs(lab.originCidrs).ranges, () => systemClock.now());
  const marks: LogMark[] = [];
  const states: TailState['kind'][] = [];
  const done = tailLog({
    host: machine.name,
    connect: () => connect(machine, options.user ?? 'deploy'),
    path: options.path ?? machine.accessLog,
    as: options.as ?? asRoot,
    back: options.back ?? 0,
    clock: systemClock,
    signal: stop.signal,
    onLines: (bytes, ends, cut) => buffer.append(bytes, ends, cut),
    onMark: (mark) => marks.push(mark),
    onState: (state) => states.push(state.kind),
  });
  done.catch(() => undefined);
  const paths = (): string =>
    Array.from({ length: buffer.store.end - buffer.store.first }, (_, i) => buffer.store.get(buffer.store.first + i))
      .filter((found) => found !== undefined && found.code !== MARK)
      .map((found) => /GET \/(\S+)/.exec(lineText(found?.bytes ?? Buffer.alloc(0)))?.[1] ?? '?')
      .join(' ');
  return { buffer, marks, states, paths, done, stop: () => stop.abort() };
}

/** A request, made inside the host, so that its own web server writes the line. */
const request = (machine: LabHost, path: string): Promise<unknown> =>
  fetch(`http://${machine.address}:${machine.httpPort}/${path}`).then((response) => response.arrayBuffer());
const following = (tail: ReturnType<typeof start>): Promise<void> =>
  expect.poll(() => tail.states.at(-1), { timeout: 60_000 }).toBe('following');
const sees = (tail: ReturnType<typeof start>, paths: string): Promise<void> =>
  expect.poll(tail.paths, { timeout: 60_000, interval: 100 }).toBe(paths);

// First, while the web servers write where they began: rotation leaves some of this lab's with the renamed file.
describe('a log that only root may read', () => {
  it('is refused to the user with the reason, and read by sudo', async () => {
    const machine = lab.host('rhel7');
    const problem = { problem: { code: 'logUnreadable', path: machine.accessLog, reason: 'permission' } };
    await expect(start(machine, { as: 'user' }).done).rejects.toMatchObject(problem);
    const session = await connect(machine, 'deploy');
    const options = { cidrs: lab.originCidrs, signal } as const;
    await expect(sampleLog(session, machine.accessLog, { ...options, as: 'user' })).rejects.toMatchObject(problem);
    await request(machine, 'sampled');
    const classes = async (): Promise<unknown> => {
      const { lines, classes: found } = await sampleLog(session, machine.accessLog, { ...options, as: asRoot });
      return { some: lines > 0, unparsed: found.unparsed };
    };
    await expect.poll(classes, { timeout: 20_000 }).toEqual({ some: true, unparsed: 0 });
  });
});

describe.each(['centos7', 'centos6', 'rhel7'] as const)('a log of %s', (system) => {
  it('is followed through rotation and a lost connection, nothing lost, nothing twice', async () => {
    const machine = lab.host(system);
    const tail = start(machine);
    await following(tail);
    await request(machine, 'a');
    await sees(tail, 'a');
    // As logrotate does: rename, then tell the server, which writes to the old file until then.
    await machine.shell(`mv ${machine.accessLog} ${machine.accessLog}.1`);
    await request(machine, 'b');
    await machine.shell(`kill -USR1 $(cat /run/nginx.pid 2>/dev/null || pgrep -o 'nginx|httpd')`);
    await expect.poll(async () => (await machine.shell(`test -e ${machine.accessLog}`)).code, { timeout: 20_000 }).toBe(0);
    await request(machine, 'c');
    await sees(tail, 'a b c');
    transport.drop(id(machine, 'deploy'));
    await request(machine, 'd');
    await sees(tail, 'a b c d');
    // A worker may write to the renamed file for a moment more: the rotation is then told after the loss, or once more.
    const marks = (): string => tail.marks.map(({ kind }) => kind).join(' ');
    await expect.poll(marks, { timeout: 20_000 }).toMatch(/^(rotated resumed( rotated)?|resumed rotated)$/);
    tail.stop();
    await tail.done;
  });
});

describe('many panels', () => {
  it('opened and closed, or cut off, leave no process on the host', async () => {
    const machine = lab.host('centos7');
    // Each follower is a sudo with shells below it, one of which holds the log open.
    const look = "{ grep -l -a '[s]udo' /proc/[0-9]*/cmdline; ls -l /proc/[0-9]*/fd | grep -F nginx/access.log; } 2>/dev/null | wc -l";
    const count = async (): Promise<number> => Number((await machine.shell(look)).stdout);
    const before = await count();
    for (let round = 0; round < 5; round++) {
      const tails = Array.from({ length: 10 }, () => start(machine));
      for (const tail of tails) await following(tail);
      if (round === 0) expect(await count()).toBeGreaterThanOrEqual(before + 20);
      if (round % 2 === 1) transport.drop(id(machine, 'deploy'));
      tails.forEach((tail) => tail.stop());
      await Promise.all(tails.map(({ done }) => done));
    }
    await expect.poll(count, { timeout: 30_000, interval: 500 }).toBe(before);
  });
});

describe('a busy log', () => {
  it('arrives whole', async () => {
    const machine = lab.host('centos7');
    await machine.shell(
      `seq 1 200000 | sed 's|.*|198.51.100.7 - - [14/May/2024:14:05:23 +0000] "GET /& HTTP/1.1" 200 1 "-" "-"|' >/tmp/busy.log; chmod 644 /tmp/busy.log`,
    );
    const tail = start(machine, { as: 'user', path: '/tmp/busy.log', back: 200_000 });
    await expect.poll(() => tail.buffer.lines, { timeout: 60_000 }).toBe(200_000);
    expect(tail.buffer.top(1)).toEqual([expect.objectContaining({ address: '198.51.100.7', count: 200_000 })]);
    expect(tail.buffer.store.dropped).toBeGreaterThanOrEqual(100_000);
    tail.stop();
    await tail.done;
  });
});
