import { lookup, type LookupAddress } from 'node:dns';
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';

/** Where to connect to, as ssh_config says it. */
export interface Dialed {
  /** A name or a numeric address. */
  readonly address: string;
  readonly port: number;
  /** `AddressFamily`; 0: any. */
  readonly family: 0 | 4 | 6;
  /** `BindAddress`: an address or name of this machine. */
  readonly bindAddress?: string;
}

/** All addresses of a name in the system's order of preference (RFC 6724), none of another family than asked for (0: any). */
export type Resolve = (name: string, family: 0 | 4 | 6) => Promise<readonly LookupAddress[]>;

/** How `dial` gets at addresses and sockets. */
export interface Means {
  readonly resolve?: Resolve;
  readonly open?: (options: TcpNetConnectOpts) => Socket;
}

/** RFC 8305, section 5, "Connection Attempt Delay": the next address joins after this. */
const NEXT_AFTER_MS = 250;

/**
 * A TCP connection without Nagle's delay to the first address that answers. The next address is tried a quarter of a second after the one
 * before, or as soon as that failed; none is given up for being slow, however many there are (Node's own `autoSelectFamily` gives each a
 * quarter of a second, which a distant or busy server does not keep). Rejects with the system's error of the first address that failed,
 * or the resolver's; after an abort with its reason, and no socket stays.
 */
export async function dial(to: Dialed, signal: AbortSignal, { resolve = resolveAll, open = connect }: Means = {}): Promise<Socket> {
  if (to.family !== 0 && isIP(to.address) === 10 - to.family) throw noFamily(to.address);
  const [remote, local] = await Promise.all([
    resolve(to.address, to.family),
    to.bindAddress === undefined ? undefined : resolve(to.bindAddress, to.family),
  ]);
  signal.throwIfAborted();
  const ways = waysTo(remote, local);
  if (ways.length === 0) throw noFamily(to.address);
  return await race(
    ways.map((way) => () => open({ ...way, port: to.port, noDelay: true })),
    signal,
  );
}

interface Way {
  readonly host: string;
  readonly localAddress?: string;
}

/** A socket can only be bound to an address of the family that it connects with. */
function waysTo(remote: readonly LookupAddress[], local: readonly LookupAddress[] | undefined): Way[] {
  if (!local) return remote.map(({ address }) => ({ host: address }));
  return remote.flatMap(({ address, family }) => {
    const own = local.find((one) => one.family === family);
    return own ? [{ host: address, localAddress: own.address }] : [];
  });
}

function race(ways: readonly (() => Socket)[], signal: AbortSignal): Promise<Socket> {
  const open = new Set<Socket>();
  const waiting = [...ways];
  let first: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    const end = (winner?: Socket): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      for (const socket of open) if (socket !== winner) socket.destroy();
      open.clear();
    };
    const abort = (): void => {
      end();
      reject(signal.reason as Error);
    };
    const next = (): void => {
      clearTimeout(timer);
      const way = waiting.shift();
      if (!way) return;
      const socket = way();
      open.add(socket);
      const fail = (error: Error): void => {
        first ??= error;
        open.delete(socket);
        if (waiting.length > 0) next();
        else if (open.size === 0) {
          end();
          reject(first);
        }
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        end(socket);
        resolve(socket);
      });
      if (waiting.length > 0) timer = setTimeout(next, NEXT_AFTER_MS);
    };
    signal.addEventListener('abort', abort, { once: true });
    next();
  });
}

const resolveAll: Resolve = (name, family) =>
  new Promise((resolve, reject) => {
    lookup(name, { all: true, family, order: 'verbatim' }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });

const noFamily = (address: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`no address of ${address} is of the family asked for`), { code: 'EAFNOSUPPORT' });
