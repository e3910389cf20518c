import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rawPeers } from '../../../src/engine/verifyHost';
import type { Listener } from '../../../src/core/facts';
import type { Session } from '../../../src/engine/ports';
import { localSession } from './localSession';

const live = new AbortController().signal;
const sockets: Socket[] = [];
const server = createServer((socket) => void sockets.push(socket));
let listeners: readonly Listener[];
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  listeners = [{ port, family: 'ipv4', address: '127.0.0.1', provenDual: false }];
  await new Promise<void>((resolve) => sockets.push(connect(port, '127.0.0.1', resolve)));
});
afterEach(() => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  server.close();
});

it('the raw peers of the web ports are named', async () => {
  expect(await rawPeers(localSession(), listeners, 1, live)).toEqual(['127.0.0.1']);
});

it('a list that is not whole, or of no port at all, is no list: nobody may be called no peer by it', async () => {
  const cut: Session = {
    ...localSession(),
    open: (_, options) => localSession().open(`/bin/sh -s | grep --line-buffered -v '^end$'`, options),
  };
  expect(await rawPeers(cut, listeners, 1, live)).toBeUndefined();
  expect(await rawPeers(localSession(), [], 1, live)).toBeUndefined();
});
