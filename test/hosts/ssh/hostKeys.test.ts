import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, createServer } from 'node:net';
import { host, never, person, problem, run, text, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';

const work = workDirectory();
let sshd: Sshd;
let keys: { ed25519: string; rsa: string; stranger: string; client: string };
let clients: TestTransport[] = [];

beforeAll(async () => {
  const [ed25519, rsa, stranger, client] = await Promise.all([
    makeKey(work.path, 'ed25519'),
    makeKey(work.path, 'rsa', ['-t', 'rsa', '-b', '2048']),
    makeKey(work.path, 'stranger'),
    makeKey(work.path, 'client'),
  ]);
  keys = { ed25519, rsa, stranger, client };
  sshd = await startSshd({ directory: work.path, hostKeys: [ed25519, rsa], authorized: [publicKey(client)], settings: ['RekeyLimit 1M'] });
});
beforeEach(() => {
  for (const client of clients) client.dispose();
  clients = [];
});
afterAll(async () => {
  for (const client of clients) client.dispose();
  await sshd.stop();
  work.remove();
});

const name = (): string => `[127.0.0.1]:${sshd.port}`;
const print = (key: string): string => execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';

/** A transport whose user knows the given lines; `extra` goes into ssh_config. */
function knowing(lines: string[], extra = ''): TestTransport {
  const known = work.file('known', lines.map((line) => `${line}\n`).join(''));
  // The first value wins, so that `extra` may name another file.
  const settings = [
    extra,
    ' HostName 127.0.0.1',
    ` Port ${sshd.port}`,
    ` User ${me}`,
    ` IdentityFile ${keys.client}`,
    ` UserKnownHostsFile ${known}`,
  ];
  const client = transport(work.file('config', `Host *\n${settings.join('\n')}\n`));
  clients.push(client);
  return client;
}

test.each(['ask', 'yes', 'accept-new', 'no'])('an unknown key is refused in silence, before anything is sent: %s', async (strict) => {
  const before = sshd.log().length;
  const client = knowing([], ` StrictHostKeyChecking ${strict}`);
  expect(await problem(client.connect(host('a'), { signal: never }))).toEqual({ code: 'needsSignIn', why: 'hostKey' });
  expect(sshd.log().slice(before)).not.toContain(`user ${me}`);
  expect(work.read('known')).toBe('');
});

test('an unknown key is shown to the person, and refused when they say so', async () => {
  const asked = person(false);
  const refusal = await problem(knowing([]).connect(host('a'), { signal: never, prompts: asked }));
  expect(refusal).toEqual({
    code: 'hostKeyUnknown',
    address: `127.0.0.1:${sshd.port}`,
    keyType: 'ssh-ed25519',
    fingerprint: print(keys.ed25519),
  });
  expect(asked.keys).toMatchObject([{ host: 'a', hop: 'a', fingerprint: print(keys.ed25519), unchecked: false }]);
  expect(work.read('known')).toBe('');
});

test('an accepted key is written down as ssh does, and found by ssh-keygen', async () => {
  const client = knowing(['# mine', '|1|broken', `other.example ${publicKey(keys.stranger)}`]);
  const asked = person(true);
  await client.connect(host('a'), { signal: never, prompts: asked });
  await expect.poll(() => work.read('known')).toContain(`\n${name()} ${publicKey(keys.ed25519)}\n`);
  expect(execFileSync('ssh-keygen', ['-F', name(), '-f', `${work.path}/known`], { encoding: 'utf8' })).toContain(publicKey(keys.ed25519));
  const again = transport(`${work.path}/config`);
  clients.push(again);
  await again.connect(host('a'), { signal: never });
});

test('HashKnownHosts, a file that does not end its last line, a directory that is missing', async () => {
  const file = `${work.path}/new/dir/known`;
  await knowing([], ` HashKnownHosts yes\n UserKnownHostsFile ${file}`).connect(host('a'), { signal: never, prompts: person(true) });
  await expect.poll(() => work.read('new/dir/known')).toMatch(/^\|1\|[^|]+\|[^|]+ ssh-ed25519 \S+\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(`${work.path}/new/dir`).mode & 0o777).toBe(0o700);
  expect(execFileSync('ssh-keygen', ['-F', name(), '-f', file], { encoding: 'utf8' })).toContain('found');

  const unended = work.file('unended', `other ${publicKey(keys.stranger)}`);
  await knowing([], ` UserKnownHostsFile ${unended}`).connect(host('a'), { signal: never, prompts: person(true) });
  await expect.poll(() => work.read('unended').split('\n').length).toBe(3);
});

test('a known key of another type comes first in what we offer: a healthy host never looks changed', async () => {
  const client = knowing([`${name()} ${publicKey(keys.rsa)}`]);
  await client.connect(host('a'), { signal: never });
  expect(client.lines.join('\n')).toContain('rsa-sha2-512');
});

test('a hashed entry is found', async () => {
  const file = work.file('hashed', `${name()} ${publicKey(keys.ed25519)}\n`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
  await knowing([work.read('hashed').trim()]).connect(host('a'), { signal: never });
});

test('a changed key is refused with file, line and both fingerprints, whatever the setting, and nobody is asked', async () => {
  for (const strict of ['ask', 'no', 'accept-new']) {
    const asked = person(true);
    const client = knowing(['# comment', `${name()} ${publicKey(keys.stranger)}`], ` StrictHostKeyChecking ${strict}`);
    expect(await problem(client.connect(host('a'), { signal: never, prompts: asked }))).toMatchObject({
      code: 'hostKeyChanged',
      fingerprint: print(keys.ed25519),
      known: print(keys.stranger),
      file: `${work.path}/known`,
      line: 2,
    });
    expect(asked.keys).toEqual([]);
  }
});

test('a key of another type than the known ones is a changed key, for us as for ssh', async () => {
  const other = await makeKey(work.path, 'other', ['-t', 'ecdsa', '-b', '384']);
  const nist = await makeKey(work.path, 'nist', ['-t', 'ecdsa', '-b', '256']);
  for (const known of [other, nist]) {
    const client = knowing([`${name()} ${publicKey(known)}`]);
    expect(await problem(client.connect(host('a'), { signal: never, prompts: person(true) }))).toMatchObject({
      code: 'hostKeyChanged',
      known: print(known),
      line: 1,
    });
    const { stderr } = spawnSync('ssh', ['-F', `${work.path}/config`, '-o', 'BatchMode=yes', 'a', 'true'], { encoding: 'utf8' });
    expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  }
});

test('links are followed, the mode stays, and nothing that others write meanwhile is lost', async () => {
  const real = work.file('real', `other.example ${publicKey(keys.stranger)}`);
  chmodSync(real, 0o644);
  symlinkSync(real, `${work.path}/link`);
  const clients = Array.from({ length: 8 }, () => knowing([], ` UserKnownHostsFile ${work.path}/link`));
  const others = Array.from({ length: 200 }, (_, n) => appendFile(real, `\nthem${n}.example ${publicKey(keys.stranger)}\n`));
  await Promise.all([...clients.map((client) => client.connect(host('a'), { signal: never, prompts: person(true) })), ...others]);
  const lines = (): string[] => work.read('real').split('\n').filter(Boolean);
  await expect.poll(() => lines().filter((line) => line.startsWith(name())).length).toBe(8);
  expect(lines().length).toBe(1 + 8 + 200);
  expect(lines().every((line) => line.split(' ').length === 3)).toBe(true);
  expect(lstatSync(`${work.path}/link`).isSymbolicLink()).toBe(true);
  expect(statSync(real).mode & 0o777).toBe(0o644);
});

test('a link that leads nowhere yet gets its file', async () => {
  symlinkSync(`${work.path}/later`, `${work.path}/dangling`);
  await knowing([], ` UserKnownHostsFile ${work.path}/dangling`).connect(host('a'), { signal: never, prompts: person(true) });
  await expect.poll(() => work.read('later')).toContain(publicKey(keys.ed25519));
});

test('a file that cannot be written is no end: the connection goes on, and the transcript says so', async () => {
  const client = knowing([], ' UserKnownHostsFile /dev/null/known');
  await client.connect(host('a'), { signal: never, prompts: person(true) });
  await expect.poll(() => client.lines.join('\n')).toContain('could not be written down');
});

test('several files: the system’s known hosts count, and revoke', async () => {
  const system = work.file('system', `${name()} ${publicKey(keys.ed25519)}\n`);
  await knowing([], ` GlobalKnownHostsFile /missing ${system}`).connect(host('a'), { signal: never });
  const revoking = work.file('revoking', `@revoked ${name()} ${publicKey(keys.ed25519)}\n`);
  const client = knowing([`${name()} ${publicKey(keys.ed25519)}`], ` GlobalKnownHostsFile ${revoking}`);
  expect(await problem(client.connect(host('a'), { signal: never }))).toMatchObject({ code: 'hostKeyRevoked', file: revoking, line: 1 });
});

test('StrictHostKeyChecking no lets an unknown key through with a warning, and a changed one never', async () => {
  const asked = person(true);
  const client = knowing([], ' StrictHostKeyChecking no');
  await client.connect(host('a'), { signal: never, prompts: asked });
  expect(asked.keys).toEqual([]);
  expect(client.lines.join('\n')).toContain(`warning: StrictHostKeyChecking is off, the host key ${print(keys.ed25519)} is not checked`);
  await expect.poll(() => work.read('known')).toContain(publicKey(keys.ed25519));
});

test('a revoked key is refused although it is also known', async () => {
  const client = knowing([`${name()} ${publicKey(keys.ed25519)}`, `@revoked * ${publicKey(keys.ed25519)}`]);
  expect(await problem(client.connect(host('a'), { signal: never, prompts: person(true) }))).toMatchObject({
    code: 'hostKeyRevoked',
    line: 2,
  });
});

test('StrictHostKeyChecking: yes never asks, accept-new writes down without asking', async () => {
  const asked = person(true);
  const strict = knowing([], ' StrictHostKeyChecking yes');
  expect(await problem(strict.connect(host('a'), { signal: never, prompts: asked }))).toMatchObject({ code: 'hostKeyUnknown' });
  expect(asked.keys).toEqual([]);
  await knowing([], ' StrictHostKeyChecking accept-new').connect(host('a'), { signal: never, prompts: asked });
  expect(asked.keys).toEqual([]);
  await expect.poll(() => work.read('known')).toContain(publicKey(keys.ed25519));
});

test('HostKeyAlias stands for address and port', async () => {
  await knowing([`fleet ${publicKey(keys.ed25519)}`], ' HostKeyAlias fleet').connect(host('a'), { signal: never });
});

test('a key known for the address without the port is good, as in ssh', async () => {
  await knowing([`127.0.0.1 ${publicKey(keys.ed25519)}`]).connect(host('a'), { signal: never });
});

test('rekeying asks nobody again', async () => {
  const asked = person(true);
  const session = await knowing([]).connect(host('a'), { signal: never, prompts: asked });
  const channel = await session.open('exec head -c 8000000 /dev/zero', { signal: never });
  expect((await text(channel.stdout)).length).toBe(8_000_000);
  expect(asked.keys.length).toBe(1);
  expect((await run(session, 'echo still')).out).toBe('still\n');
});

test('cancelled while the question is open: the question ends too', async () => {
  const stop = new AbortController();
  const asked = person(true);
  let ended = false;
  asked.trustHostKey = (_request, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        ended = true;
        reject(new DOMException('closed', 'AbortError'));
      });
      stop.abort();
    });
  expect(await problem(knowing([]).connect(host('a'), { signal: stop.signal, prompts: asked }))).toEqual({ code: 'cancelled' });
  await expect.poll(() => ended).toBe(true);
});

test('a person who reads longer than the deadline is waited for', async () => {
  const asked = person(true);
  asked.trustHostKey = () => new Promise((resolve) => setTimeout(() => resolve(true), 10_500));
  await knowing([], ' ConnectTimeout 10').connect(host('a'), { signal: never, prompts: asked });
});

test('a silent attempt under way does not take the question from a person', async () => {
  // Both meet at a door that opens late.
  const door = createServer();
  const port = await new Promise<number>((resolve) => {
    door.listen(0, '127.0.0.1', () => resolve((door.address() as { port: number }).port));
  });
  door.on('connection', (socket) => {
    const through = connect(sshd.port, '127.0.0.1');
    setTimeout(() => {
      socket.pipe(through).pipe(socket);
    }, 300);
    socket.on('error', () => through.destroy());
    through.on('error', () => socket.destroy());
  });
  const client = knowing([]);
  const silent = client.connect(host('a', { port }), { signal: never });
  const asked = person(true);
  // The silent one must be the one under way: the other would be joined by it.
  await once(door, 'connection');
  const asking = client.connect(host('a', { port }), { signal: never, prompts: asked });
  expect(await problem(silent)).toEqual({ code: 'needsSignIn', why: 'hostKey' });
  expect((await run(await asking, 'echo in')).out).toBe('in\n');
  expect(asked.keys.length).toBe(1);
  client.dispose();
  door.close();
});
