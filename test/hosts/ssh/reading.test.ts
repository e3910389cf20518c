import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { connectToRead, reuseReads } from '../../../src/ssh/reading';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function connected(serve: (socket: Socket) => void): Promise<Socket> {
  const server = createServer((peer) => {
    // A client that has seen enough resets what is still under way.
    peer.on('error', () => undefined);
    serve(peer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connectToRead({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  undo.push(
    () => socket.destroy(),
    () => server.close(),
  );
  await once(socket, 'connect');
  return socket;
}

test('what a server says before anybody listens is not lost', async () => {
  const socket = await connected((peer) => peer.end('SSH-2.0-early\r\n'));
  await setTimeout(100);
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk)).resume();
  await once(socket, 'end');
  expect(Buffer.concat(heard).toString()).toBe('SSH-2.0-early\r\n');
});

test('pieces may be kept until they may not, and two connections at once keep theirs apart', async () => {
  const sent = [randomBytes(3_000_000), randomBytes(3_000_000)];
  const sockets = await Promise.all(sent.map((bytes) => connected((peer) => peer.end(bytes))));
  const kept = sockets.map((socket) => {
    const pieces: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => pieces.push(chunk)).resume();
    return once(socket, 'end').then(() => Buffer.concat(pieces));
  });
  expect((await Promise.all(kept)).map((bytes, n) => bytes.equals(sent[n]!))).toEqual([true, true]);

  const hashing = sent.map(async (bytes) => {
    const socket = await connected((peer) => peer.end(bytes));
    reuseReads(socket);
    const hash = createHash('sha256');
    socket.on('data', (chunk: Buffer) => hash.update(chunk)).resume();
    await once(socket, 'end');
    return hash.digest('hex') === createHash('sha256').update(bytes).digest('hex');
  });
  expect(await Promise.all(hashing)).toEqual([true, true]);
});

test('a connection that is paused reads no further', async () => {
  let taken = 0;
  const socket = await connected((peer) => {
    const fill = (): void => {
      while (peer.write(Buffer.alloc(65_536))) taken += 65_536;
    };
    peer.on('drain', fill);
    fill();
  });
  let heard = 0;
  socket.on('data', (chunk: Buffer) => (heard += chunk.length)).resume();
  await expect.poll(() => heard).toBeGreaterThan(1_000_000);
  socket.pause();
  const before = heard;
  await setTimeout(200);
  expect(heard).toBe(before);
  expect(taken).toBeGreaterThan(0);
  socket.resume();
  await expect.poll(() => heard).toBeGreaterThan(before);
});
