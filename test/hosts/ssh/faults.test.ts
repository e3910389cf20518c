import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../../src/engine/ports';
import { host, never, person, problem, run, transport, type TestTransport } from './client';
import { freePort, makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';

const work = workDirectory();
const clients: TestTransport[] = [];
const doors: { server: Server; sockets: Set<Socket> }[] = [];
let sshd: Sshd;
let hostKey: string;
let key: string;

beforeAll(async () => {
  hostKey = await makeKey(work.path, 'hostkey');
  key = await makeKey(work.path, 'key');
  sshd = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: [publicKey(key)] });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const { server, sockets } of doors.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
afterAll(async () => {
  await sshd.stop();
  work.remove();
});

function client(port: number, extra: readonly string[] = []): TestTransport {
  const known = work.file('known', `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`);
  const lines = [...extra, 'HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `IdentityFile ${key}`, `UserKnownHostsFile ${known}`];
  const made = transport(work.file('config', `Host *\n ${lines.join('\n ')}\n`));
  clients.push(made);
  return made;
}

/** A TCP port that does as it is told. */
async function door(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  doors.push({ server, sockets });
  return await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

test('nobody listens', async () => {
  const port = await freePort();
  expect(await problem(client(port).connect(host('a'), { signal: never }))).toEqual({
    code: 'connectFailed',
    address: `127.0.0.1:${port}`,
    reason: 'ECONNREFUSED',
    phase: 'tcp',
  });
});

test('a name that does not exist', async () => {
  const made = client(22);
  const failure = await problem(made.connect(host('a', { address: 'no-such-host.invalid' }), { signal: never }));
  expect(failure).toMatchObject({ code: 'connectFailed', phase: 'tcp' });
});

test('a port that takes connections and says nothing: a deadline of its own', async () => {
  const port = await door(() => undefined);
  expect(await problem(client(port, ['ConnectTimeout 1']).connect(host('a'), { signal: never }))).toEqual({
    code: 'connectTimeout',
    address: `127.0.0.1:${port}`,
    seconds: 1,
    phase: 'handshake',
  });
});

test.each([
  ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
  ['a packet that is too long', `SSH-2.0-x\r\n${'\u007f'.repeat(5000)}`],
  ['an old protocol', 'SSH-1.5-old\r\n'],
])('%s is no ssh server', async (_what, greeting) => {
  const port = await door((socket) => socket.end(Buffer.from(greeting, 'latin1')));
  expect(await problem(client(port, ['ConnectTimeout 5']).connect(host('a'), { signal: never }))).toMatchObject({
    code: 'connectFailed',
    phase: 'handshake',
  });
});

test('endless garbage ends at the deadline or before, and memory does not grow with it', async () => {
  const port = await door((socket) => {
    const block = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', more);
    more();
  });
  const failure = await problem(client(port, ['ConnectTimeout 2']).connect(host('a'), { signal: never }));
  expect(['connectFailed', 'connectTimeout']).toContain(failure.code);
});

test('a server that hangs up at once', async () => {
  const port = await door((socket) => socket.destroy());
  expect(await problem(client(port).connect(host('a'), { signal: never }))).toMatchObject({ code: 'connectFailed' });
});

test.each([
  ['before TCP', (stop: AbortController) => stop.abort()],
  ['while resolving', (stop: AbortController) => queueMicrotask(() => stop.abort())],
  ['in the handshake', (stop: AbortController) => setTimeout(() => stop.abort(), 300)],
])('cancelled %s', async (_when, abort) => {
  const port = await door(() => undefined);
  const stop = new AbortController();
  const connecting = problem(client(port).connect(host('a'), { signal: stop.signal }));
  abort(stop);
  expect(await connecting).toEqual({ code: 'cancelled' });
});

test('one caller that gives up does not take the connection from another', async () => {
  const made = client(sshd.port);
  const stop = new AbortController();
  const first = problem(made.connect(host('a'), { signal: stop.signal }));
  const second = made.connect(host('a'), { signal: never });
  stop.abort();
  expect(await first).toEqual({ code: 'cancelled' });
  expect((await run(await second, 'echo in')).out).toBe('in\n');
});

test('a connection that is killed mid-command: no exit, no result, and the next connect works', async () => {
  let cut: () => void = () => undefined;
  const port = await relay((socket) => (cut = () => socket.resetAndDestroy()));
  const made = client(port);
  const session: Session = await made.connect(host('a'), { signal: never });
  let ends = 0;
  session.onEnd(() => ends++);
  const channel = await session.open('echo begun; exec sleep 60', { signal: never });
  const output = channel.stdout[Symbol.asyncIterator]();
  expect(Buffer.from((await output.next()).value as Uint8Array).toString()).toBe('begun\n');
  cut();
  expect(await problem(channel.exit)).toMatchObject({ code: 'connectionLost' });
  expect(await problem(output.next())).toMatchObject({ code: 'connectionLost' });
  expect(await problem(channel.write('more'))).toMatchObject({ code: 'connectionLost' });
  expect(await problem(session.open('true', { signal: never }))).toMatchObject({ code: 'connectionLost' });
  expect([session.ended, ends]).toEqual([true, 1]);
  expect((await run(await made.connect(host('a'), { signal: never }), 'echo again')).out).toBe('again\n');
});

test('a command that only looks finished: output cut before its end is no result', async () => {
  let cut: () => void = () => undefined;
  const port = await relay((socket) => (cut = () => socket.destroy()));
  const session = await client(port).connect(host('a'), { signal: never });
  // The child keeps the output open after the shell has exited with 0.
  const channel = await session.open('sh -c "sleep 60 & echo part; exit 0"', { signal: never });
  const output = channel.stdout[Symbol.asyncIterator]();
  await output.next();
  setTimeout(cut, 300);
  expect(await problem(output.next())).toMatchObject({ code: 'connectionLost' });
});

test('names and files that could be options or commands never reach ssh', async () => {
  const made = client(sshd.port);
  for (const name of ['-oProxyCommand=touch /tmp/x', 'a b', 'a;b', '$(x)', '']) {
    expect(await problem(made.connect(host(name), { signal: never }))).toMatchObject({ code: 'configInvalid' });
  }
  expect(await problem(made.connect(host('a', { user: '-oX' }), { signal: never }))).toMatchObject({ code: 'configInvalid', what: '-oX' });
});

test('what ssh cannot read is told with file and line', async () => {
  expect(await problem(client(sshd.port, ['NoSuchOption yes']).connect(host('a'), { signal: never }))).toMatchObject({
    code: 'configInvalid',
    file: `${work.path}/config`,
    line: 2,
  });
});

test('a transport that is disposed ends its sessions and its attempts', async () => {
  const made = client(sshd.port);
  const session = await made.connect(host('a'), { signal: never });
  made.dispose();
  expect(session.ended).toBe(true);
  const silent = await door(() => undefined);
  const other = client(silent);
  const waiting = problem(other.connect(host('b'), { signal: never, prompts: person(true) }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  other.dispose();
  expect(await waiting).toEqual({ code: 'cancelled' });
});

/** Passes everything on to sshd, until it is told to cut. */
async function relay(onSocket: (socket: Socket) => void): Promise<number> {
  const { connect } = await import('node:net');
  return await door((socket) => {
    const far = connect(sshd.port, '127.0.0.1');
    far.on('error', () => socket.destroy());
    socket.on('close', () => far.destroy());
    socket.pipe(far).pipe(socket);
    onSocket(socket);
  });
}
