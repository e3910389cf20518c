import { connect, type NetConnectOpts, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/** Bytes of one read: what a busy log leaves in the kernel's buffer comes in fewer, larger pieces than Node's 64 KiB. */
const READ_BYTES = 256 * 1024;

/** One for all sockets: where it is used, a read begins when there is data and is dealt with before the next one begins (libuv, `uv__read`). */
let shared: Buffer | undefined;

const whoMayReuse = new WeakMap<Duplex, () => void>();

/**
 * A TCP connection that stands still until it is resumed, and reads without a fresh buffer for each time: listeners of `data` are given
 * copies until `reuseReads`. On Windows, where a read under way holds its buffer, it is an ordinary one.
 */
export function connectToRead(options: TcpNetConnectOpts): Socket {
  const socket = process.platform === 'win32' ? connect(options) : sharing(options);
  // Nobody listens yet, and what is read with a buffer of our own is not kept.
  return socket.pause();
}

/** From now on no listener of the socket keeps what it is given beyond its call. */
export const reuseReads = (socket: Duplex): void => whoMayReuse.get(socket)?.();

function sharing(options: TcpNetConnectOpts): Socket {
  const buffer = (shared ??= Buffer.allocUnsafeSlow(READ_BYTES));
  let copied = true;
  const onread: NetConnectOpts['onread'] = {
    buffer,
    callback(length) {
      const read = buffer.subarray(0, length);
      socket.emit('data', copied ? Buffer.from(read) : read);
      return true;
    },
  };
  const socket = connect({ ...options, onread });
  whoMayReuse.set(socket, () => (copied = false));
  return socket;
}
