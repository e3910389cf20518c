import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { dial, type Dialed, type Resolve } from '../../../src/ssh/dial';

const never = new AbortController().signal;
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** A name with these addresses, in this order. */
const names =
  (known: Record<string, readonly string[]>): Resolve =>
  (name, family) =>
    Promise.resolve(
      (known[name] ?? [name])
        .map((address) => ({ address, family: address.includes(':') ? (6 as const) : (4 as const) }))
        .filter((one) => family === 0 || one.family === family),
    );

const to = (port: number, more: Partial<Dialed> = {}): Dialed => ({ address: 'web', port, family: 0, ...more });

async function listen(address: string, port = 0): Promise<{ readonly port: number; readonly server: Server; readonly clients: Socket[] }> {
  const clients: Socket[] = [];
  const server = createServer((socket) => clients.push(socket.on('error', () => undefined)));
  server.listen(port, address);
  await once(server, 'listening');
  undo.push(() => {
    for (const socket of clients) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server, clients };
}

/** An address whose queue of connections is full: it answers nothing until it is let go. */
async function blackHole(address: string, port: number): Promise<ChildProcess> {
  const script = `require('net').createServer(() => {}).listen({ host: '${address}', port: ${port}, backlog: 1 }, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  undo.push(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  for (let n = 0; n < 4; n++) {
    const filler = connect({ host: address, port }).on('error', () => undefined);
    undo.push(() => filler.destroy());
  }
  await expectNoAnswer(address, port);
  return child;
}

async function expectNoAnswer(address: string, port: number): Promise<void> {
  const probe = connect({ host: address, port }).on('error', () => undefined);
  const answered = once(probe, 'connect').then(
    () => true,
    () => false,
  );
  const quiet = new Promise<false>((resolve) => setTimeout(resolve, 150, false));
  expect(await Promise.race([answered, quiet])).toBe(false);
  const closed = once(probe, 'close');
  probe.destroy();
  await closed;
  await setImmediate();
}

test('an address that does not answer costs the next one a quarter of a second, and its socket does not stay', async () => {
  const { port, clients } = await listen('127.0.0.3');
  await blackHole('127.0.0.2', port);
  const before = handles();
  const socket = await dial(to(port), never, { resolve: names({ web: ['127.0.0.2', '127.0.0.3'] }) });
  undo.push(() => socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.3');
  await expect.poll(() => clients.length).toBe(1);
  await expect.poll(() => handles() - before).toBe(2); // ours and the server's end of it
});

test('a slow address is not given up, although all others fail meanwhile', async () => {
  const { port, server } = await listen('127.0.0.3');
  server.close();
  await once(server, 'close');
  const slow = await blackHole('127.0.0.2', port);
  setTimeout(() => slow.kill('SIGCONT'), 800);
  const socket = await dial(to(port), never, { resolve: names({ web: ['127.0.0.2', '127.0.0.3', '127.0.0.4'] }) });
  undo.push(() => socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.2');
});

test('an address that refuses passes on at once; with none left the first reason is told', async () => {
  const { port } = await listen('127.0.0.3');
  const resolve = names({ web: ['127.0.0.4', '::1', '127.0.0.3'], none: ['127.0.0.4', '::1'] });
  const socket = await dial(to(port), never, { resolve });
  undo.push(() => socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.3');
  await expect(dial(to(port, { address: 'none' }), never, { resolve })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    address: '127.0.0.4',
  });
});

test('AddressFamily keeps other families out', async () => {
  const { port } = await listen('127.0.0.3');
  const resolve = names({ web: ['::1', '127.0.0.3'], six: ['::1'] });
  const socket = await dial(to(port, { family: 4 }), never, { resolve });
  undo.push(() => socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.3');
  await expect(dial(to(port, { address: '::1', family: 4 }), never, { resolve })).rejects.toMatchObject({ code: 'EAFNOSUPPORT' });
  await expect(dial(to(port, { address: 'six', family: 4 }), never, { resolve })).rejects.toMatchObject({ code: 'EAFNOSUPPORT' });
});

test('BindAddress is an address or a name, and decides which families are left', async () => {
  const { port, clients } = await listen('127.0.0.3');
  const resolve = names({ web: ['::1', '127.0.0.3'], me: ['127.0.0.9'] });
  for (const bindAddress of ['127.0.0.9', 'me']) {
    const socket = await dial(to(port, { bindAddress }), never, { resolve });
    undo.push(() => socket.destroy());
    expect(socket.localAddress).toBe('127.0.0.9');
  }
  await expect.poll(() => clients.length).toBe(2);
  await expect(dial(to(port, { bindAddress: '192.0.2.77' }), never, { resolve })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
});

test('an abort ends every connection under way', async () => {
  const { port, server } = await listen('127.0.0.3');
  server.close();
  await once(server, 'close');
  await blackHole('127.0.0.2', port);
  const before = handles();
  const abort = new AbortController();
  const dialing = dial(to(port), abort.signal, { resolve: names({ web: ['127.0.0.2', '127.0.0.2'] }) });
  setTimeout(() => abort.abort(new Error('enough')), 400);
  await expect(dialing).rejects.toThrow('enough');
  await expect.poll(handles).toBe(before);
  await expect(dial(to(port), abort.signal, { resolve: names({ web: ['127.0.0.2'] }) })).rejects.toThrow('enough');
});

test('a name of this machine is resolved by the system, and one that is none says so', async () => {
  const { port } = await listen('127.0.0.1');
  const socket = await dial(to(port, { address: 'localhost' }), never);
  undo.push(() => socket.destroy());
  expect(socket.remoteAddress).toBe('127.0.0.1');
  await expect(dial(to(port, { address: 'no-such-host.invalid' }), never)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
});

const handles = (): number => process.getActiveResourcesInfo().filter((name) => /^TCP(Socket|Connect)Wrap$/.test(name)).length;
