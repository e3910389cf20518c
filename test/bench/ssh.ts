// `npm run bench:ssh [-- --json]`: our transport beside OpenSSH's own client, over loopback and over 50 ms.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Session, Transport } from '../../src/engine/ports';
import { uploadFile } from '../../src/engine/uploadFile';
import { systemClock } from '../../src/engine/clock';
import { createTransport } from '../../src/ssh/transport';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from '../hosts/ssh/sshd';
import { compare, figure, reporter, timed } from './figures';
import { layLine, type FarSide } from './line';

/** ssh at its best settings for this work. */
const TUNED = ['-o', 'KexAlgorithms=curve25519-sha256', '-o', 'Ciphers=aes128-gcm@openssh.com'];
const UPLOAD_BYTES = 50 * 1024 * 1024;
const IDLE = 200;
/** Memory that changes by no more than this part within seconds stands still. */
const STILL = 0.002;
const never = new AbortController().signal;
const work = workDirectory();
const report = reporter(process.argv.includes('--json'));
/** Rounds of the short ones, and of the uploads. */
const [ROUNDS, UPLOADS] = process.argv.includes('--quick') ? [5, 3] : [21, 7];

interface Place {
  readonly rtt: number;
  readonly far: FarSide;
  readonly sshd: Sshd;
  readonly config: string;
}

async function place(rtt: number, key: string, hostKey: string): Promise<Place> {
  const far = await layLine(rtt, work.path);
  const sshd = await startSshd({
    directory: work.path,
    hostKeys: [hostKey],
    authorized: [publicKey(key)],
    settings: ['MaxStartups 1000', 'MaxSessions 100', 'Subsystem sftp internal-sftp', `ListenAddress ${far.address}`],
    inside: far.inside,
  });
  const known = work.file(`known${rtt}`, `h* ${publicKey(hostKey)}\n`);
  const lines = [
    'HostKeyAlias h',
    `HostName ${far.address}`,
    `Port ${sshd.port}`,
    `User ${me}`,
    `IdentityFile ${key}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${known}`,
    'LogLevel ERROR',
  ];
  const aliases = Array.from({ length: IDLE }, (_, n) => `Host h${n}\n HostKeyAlias h${n}\n`).join('');
  return { rtt, far, sshd, config: work.file(`config${rtt}`, `${aliases}Host *\n ${lines.join('\n ')}\n`) };
}

const ours = (config: string): Transport =>
  createTransport({
    clock: systemClock,
    transcript: { line: () => undefined },
    settings: () => ({ configFile: config, connectTimeoutSeconds: 60, legacyHosts: [] }),
    env: { PATH: process.env['PATH'] },
  });
const host = (name: string) => ({ id: name, name, source: 'ssh-config', logs: [] }) as const;

async function exec(session: Session): Promise<void> {
  const channel = await session.open('true', { signal: never });
  channel.end();
  const output = channel.stdout[Symbol.asyncIterator]();
  while ((await output.next()).done !== true);
  const exit = await channel.exit;
  if (!('code' in exit) || exit.code !== 0) throw new Error('true failed');
}

/** A program's wall time in milliseconds. */
function wallOf(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('exit', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${program} ended with ${String(code)}`));
    });
  });
}

/** The CPU that a program takes, in milliseconds: as bash's `times` counts its children. */
function cpuOf(program: string, args: readonly string[]): number {
  const { stdout } = spawnSync('bash', ['-c', '"$@" >/dev/null; times', 'bash', program, ...args], { encoding: 'utf8' });
  const seconds = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map((m) => Number(m[1]) * 60 + Number(m[2]));
  return seconds.reduce((sum, one) => sum + one, 0) * 1000;
}

/** Connect, sign in, run `true`; wall, CPU of the client, and round trips: what the distance adds to the quickest. */
async function connecting(places: readonly Place[]): Promise<void> {
  const trips: Record<string, number[]> = {};
  for (const { rtt, config } of places) {
    for (const [peerName, options] of [
      ['ssh', []],
      ['ssh, tuned', TUNED],
    ] as const) {
      const transport = ours(config);
      const [mine, theirs]: [{ wall: number; cpu: number }[], { wall: number; cpu: number }[]] = [[], []];
      for (let round = -1; round < ROUNDS; round++) {
        const before = process.cpuUsage();
        const wall = await timed(async () => exec(await transport.connect(host('h'), { signal: never })));
        const used = process.cpuUsage(before);
        transport.drop('h');
        const words = ['-F', config, ...options, 'h', 'true'];
        const peer = { wall: await wallOf('ssh', words), cpu: cpuOf('ssh', words) };
        // The first round loads what the others have.
        if (round < 0) continue;
        mine.push({ wall, cpu: (used.user + used.system) / 1000 });
        theirs.push(peer);
      }
      transport.dispose();
      const of = (what: 'wall' | 'cpu') => [mine.map((one) => one[what]), theirs.map((one) => one[what])] as const;
      const at = `${rtt} ms`;
      report.add(figure({ name: `connect, sign in, exec at ${at}: wall`, unit: 'ms', peerName, target: 1 }, ...of('wall')));
      report.add(
        figure(
          { name: `connect, sign in, exec at ${at}: client CPU`, unit: 'ms', peerName, target: options.length > 0 ? 0 : 1 },
          ...of('cpu'),
        ),
      );
      trips[`${peerName} ${rtt}`] = of('wall').map((walls) => Math.min(...walls));
    }
  }
  for (const peerName of ['ssh', 'ssh, tuned']) {
    const [near, distant] = [trips[`${peerName} 0`], trips[`${peerName} 50`]];
    if (!near || !distant) continue;
    const [mine, theirs] = [0, 1].map((who) => ((distant[who] ?? 0) - (near[who] ?? 0)) / 50);
    if (mine === undefined || theirs === undefined) continue;
    const one = figure({ name: 'connect, sign in, exec: round trips (at most 11)', unit: 'RTT', peerName, target: 1 }, [mine], [theirs]);
    report.add({ ...one, met: mine <= 11 });
  }
}

/** A command over what is open already. */
async function onOpen({ rtt, config }: Place): Promise<void> {
  const transport = ours(config);
  const session = await transport.connect(host('h'), { signal: never });
  await withMaster(config, async (control) => {
    report.add(
      await compare({
        name: `exec on an open connection at ${rtt} ms`,
        unit: 'ms',
        peerName: 'ssh over ControlMaster',
        target: rtt === 0 ? 2 : 1,
        rounds: ROUNDS,
        ours: () => timed(() => exec(session)),
        peer: () => wallOf('ssh', ['-F', config, '-S', control, 'h', 'true']),
      }),
    );
  });
  transport.dispose();
}

/** 50 MiB, proven by SHA-256 on the host. */
async function uploading({ rtt, config }: Place): Promise<void> {
  const content = randomBytes(UPLOAD_BYTES);
  const path = `${work.path}/local`;
  writeFileSync(path, content);
  const local = { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  const remote = `${work.path}/uploads/file`;
  mkdirSync(`${work.path}/uploads`, { recursive: true, mode: 0o700 });
  const transport = ours(config);
  const session = await transport.connect(host('h'), { signal: never });
  await withMaster(config, async (control) => {
    const shared = ['-F', config, '-o', `ControlPath=${control}`];
    const clean = (): void => rmSync(remote, { force: true });
    report.add(
      await compare({
        name: `50 MiB upload, verified, at ${rtt} ms`,
        unit: 'ms',
        peerName: 'scp over ControlMaster, and sha256sum',
        target: rtt === 0 ? 1 : 1.5,
        rounds: UPLOADS,
        ours() {
          clean();
          return timed(() => uploadFile(session, local, remote, { signal: never }));
        },
        async peer() {
          clean();
          const copied = await wallOf('scp', ['-q', ...shared, path, `h:${remote}`]);
          return copied + (await wallOf('ssh', [...shared, 'h', `sha256sum ${remote}`]));
        },
      }),
    );
  });
  transport.dispose();
}

/** Memory of connections that do nothing. */
async function idling({ config }: Place): Promise<void> {
  const transport = ours(config);
  await transport.connect(host('h'), { signal: never });
  const before = await atRest(ownMemory);
  for (let n = 0; n < IDLE; n++) await transport.connect(host(`h${n}`), { signal: never });
  const mine = ((await atRest(ownMemory)) - before) / IDLE;
  transport.dispose();
  const peers = Array.from({ length: IDLE }, (_, n) => spawn('ssh', ['-F', config, '-N', `h${n}`], { stdio: 'ignore' }));
  const sizes: number[] = [];
  try {
    sizes.push((await atRest(() => peers.reduce((sum, { pid }) => sum + proportional(pid ?? 0), 0))) / IDLE);
  } finally {
    for (const peer of peers) peer.kill();
  }
  report.add(
    figure({ name: `${IDLE} idle connections, memory of each`, unit: 'KiB', peerName: 'ssh processes', target: 15 }, [mine], sizes),
  );
}

/** What `read` says (KiB) once it stands still: an `ssh` is signed in by then, and V8 has given back the pages that it emptied. */
async function atRest(read: () => number): Promise<number> {
  let [last, now] = [-Infinity, 0];
  while (Math.abs(now - last) > STILL * now) {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    last = now;
    now = read();
  }
  return now;
}

/** What this process has to itself, in KiB, after its garbage is gone. */
function ownMemory(): number {
  for (let i = 0; i < 3; i++) global.gc?.();
  return process.memoryUsage().rss / 1024;
}

/** A process's memory in KiB, what it shares with others counted in part (`proc(5)`, smaps_rollup). */
const proportional = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);

async function withMaster(config: string, use: (control: string) => Promise<void>): Promise<void> {
  const control = `${work.path}/control`;
  execFileSync('ssh', ['-F', config, ...TUNED, '-M', '-S', control, '-f', '-N', 'h'], { stdio: 'ignore' });
  try {
    await use(control);
  } finally {
    spawnSync('ssh', ['-F', config, '-S', control, '-O', 'exit', 'h'], { stdio: 'ignore' });
  }
}

async function main(): Promise<void> {
  const [key, hostKey] = [await makeKey(work.path, 'key'), await makeKey(work.path, 'hostkey')];
  const places: Place[] = [];
  try {
    for (const rtt of [0, 50]) places.push(await place(rtt, key, hostKey));
    // First, while the heap has no room left over from other work that connections could hide in.
    const [near] = places;
    if (near) await idling(near);
    await connecting(places);
    for (const one of places) await onOpen(one);
    for (const one of places) await uploading(one);
    report.end();
  } finally {
    for (const { sshd, far } of places) {
      await sshd.stop();
      far.close();
    }
    work.remove();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
