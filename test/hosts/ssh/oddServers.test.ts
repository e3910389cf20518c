import { randomBytes, createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import ssh2, { type Server } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runScript, type ScriptResult } from '../../../src/engine/runScript';
import type { Session } from '../../../src/engine/ports';
import { uploadFile } from '../../../src/engine/uploadFile';
import { host, never, problem, run, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';

const work = workDirectory();
const clients: TestTransport[] = [];
const started: Sshd[] = [];
const servers: Server[] = [];
let hostKey: string;
let key: string;

beforeAll(async () => {
  hostKey = await makeKey(work.path, 'hostkey');
  key = await makeKey(work.path, 'key');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  for (const sshd of started.splice(0)) await sshd.stop();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => work.remove());

async function sshd(...settings: string[]): Promise<Sshd> {
  const made = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: [publicKey(key)], settings });
  started.push(made);
  return made;
}

function client(port: number, ...extra: string[]): TestTransport {
  const known = work.file('known', `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`);
  const lines = [...extra, 'HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `IdentityFile ${key}`, `UserKnownHostsFile ${known}`];
  const made = transport(work.file('config', `Host *\n ${lines.join('\n ')}\n`));
  clients.push(made);
  return made;
}

const session = async (...settings: string[]): Promise<Session> =>
  await client((await sshd(...settings)).port).connect(host('a'), { signal: never });

const script = (on: Session, text: string, maxBytes?: number): Promise<ScriptResult> =>
  runScript(on, text, { as: 'user', signal: never, deadlineSeconds: 60, what: 'test', ...(maxBytes === undefined ? {} : { maxBytes }) });

describe('a login shell', () => {
  test.each([
    ['csh', 'tcsh -c "$SSH_ORIGINAL_COMMAND"'],
    ['fish', 'fish -c "$SSH_ORIGINAL_COMMAND"'],
    ['one that prints noise on both outputs', 'echo "Welcome to $HOSTNAME"; echo "last login: never" >&2; eval "$SSH_ORIGINAL_COMMAND"'],
  ])('%s', async (_which, command) => {
    const result = await script(await session(`ForceCommand ${command}`), 'echo "out: $0"; echo err >&2; exit 3');
    expect(result).toMatchObject({ code: 3, stderr: expect.stringMatching(/err\n$/) as string });
    expect(result.stdout).toMatch(/^out: .*sh\n$/);
  });

  test('that is none of ours: a forced command, in its own words', async () => {
    const failure = await problem(script(await session('ForceCommand echo only backups here'), 'true'));
    expect(failure).toEqual({ code: 'noShell', output: 'only backups here' });
  });

  test('that is none: an account for files only', async () => {
    const on = await session('ForceCommand internal-sftp');
    expect(await problem(script(on, 'true'))).toMatchObject({ code: 'noShell' });
    const local = { path: work.file('note', 'text'), bytes: 4, sha256: createHash('sha256').update('text').digest('hex') };
    expect(await problem(uploadFile(on, local, `${work.path}/nowhere/file`, { signal: never }))).toMatchObject({ code: 'noShell' });
  });

  test.runIf(process.getuid?.() === 0)('that is not there: a chroot without /bin/sh', async () => {
    mkdirSync('/var/empty', { recursive: true });
    const empty = `/var/empty/toa-${process.pid}`;
    mkdirSync(empty);
    chmodSync(empty, 0o755);
    try {
      expect(await problem(script(await session(`ChrootDirectory ${empty}`), 'true'))).toMatchObject({ code: 'noShell' });
    } finally {
      const { rmdirSync } = await import('node:fs');
      rmdirSync(empty);
    }
  });
});

test('one session at a time is enough, for an upload too', async () => {
  const on = await session('MaxSessions 1');
  const content = randomBytes(9 * 1024 * 1024 + 1);
  const local = { path: `${work.path}/local`, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  writeFileSync(local.path, content);
  await uploadFile(on, local, `${work.path}/there/file`, { signal: never });
  expect(readFileSync(`${work.path}/there/file`).equals(content)).toBe(true);
  expect((await run(on, 'echo again')).out).toBe('again\n');
});

test('one session at a time: the next command may begin in the moment that the last one ends', async () => {
  const on = await session('MaxSessions 1');
  for (let n = 0; n < 30; n++) expect((await run(on, `echo ${n}`)).out).toBe(`${n}\n`);
});

test('a long banner is no obstacle', async () => {
  const banner = work.file('banner', 'Authorised people only. \u001b[31m\n'.repeat(1_000));
  expect((await run(await session(`Banner ${banner}`), 'echo in')).out).toBe('in\n');
});

test('100 MB before the first word of the protocol: an error, and memory stays flat', async () => {
  const block = Buffer.from('You are welcome.\r\n'.repeat(4_000));
  const server = createServer((socket) => {
    let left = 100 * 1024 * 1024;
    const more = (): void => {
      while (left > 0 && !socket.destroyed) {
        left -= block.length;
        if (!socket.write(block)) return;
      }
      socket.end();
    };
    socket.on('error', () => undefined).on('drain', more);
    more();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  try {
    const before = process.memoryUsage().rss;
    const failure = await problem(client(port, 'ConnectTimeout 20').connect(host('a'), { signal: never }));
    expect(['connectFailed', 'connectTimeout']).toContain(failure.code);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  } finally {
    server.close();
  }
});

test('stderr that never ends is cut, and the connection goes on', async () => {
  const on = await session();
  expect(await problem(script(on, 'while :; do echo more >&2; done', 1_000_000))).toEqual({ code: 'outputTooLong', bytes: 1_000_000 });
  expect((await run(on, 'echo again')).out).toBe('again\n');
});

test('a channel that is opened and never answered: a deadline of its own', async () => {
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    // Takes the session; says nothing to what is asked in it.
    connection.on('ready', () => connection.on('session', (accept) => void accept().on('exec', () => undefined)));
  });
  servers.push(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const on = await client(port).connect(host('a'), { signal: never });
  expect(await problem(on.open('true', { signal: never }))).toMatchObject({ code: 'connectTimeout', phase: 'session' });
});

test('a server that freezes is noticed without anyone asking it anything', async () => {
  const frozen = await sshd();
  const on = await client(frozen.port, 'ServerAliveInterval 1', 'ServerAliveCountMax 2').connect(host('a'), { signal: never });
  const { out } = await run(on, 'echo $PPID');
  const pid = Number(out);
  process.kill(pid, 'SIGSTOP');
  try {
    await expect.poll(() => on.ended, { timeout: 30_000 }).toBe(true);
    expect(await problem(on.open('true', { signal: never }))).toMatchObject({ code: 'connectionLost' });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});
