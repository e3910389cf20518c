import { ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { OwnConnection, ProtectedAddress } from '../../core/ownAddress';
import { canonicalAddress } from '../../shared/address';
import type { Clock } from '../ports';

export interface HoldOptions {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
}

/** One connection that is kept open by a request every two seconds: httpd closes one that is quiet for five. */
export interface HeldConnection {
  /** The first answer has come, or the connection failed. Never rejects. */
  readonly answered: Promise<void>;
  /** What became of it so far. */
  state(): OwnConnection;
  close(): void;
}

const PAUSE_MS = 2000;
/** Servers close a connection after a hundred requests. */
const MOST_REQUESTS = 90;

/**
 * Connects to a protected address and asks for `path` again and again over that one connection. Who answers is not checked
 * (no certificate is): nothing secret is sent, and the token in the origin's own log tells who has got it.
 */
export function holdConnection(target: ProtectedAddress, options: HoldOptions): HeldConnection {
  const { clock } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const agent = target.tls ? new HttpsAgent({ keepAlive: true, maxSockets: 1 }) : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  let socket: Socket | undefined;
  let state: OwnConnection = {};
  const taken = (used: Socket): void => {
    if (socket !== undefined) return;
    socket = used;
    const opened = (): void => {
      const { localAddress, remoteAddress } = used;
      state = { ...state, openedAt: clock.now(), ...addresses({ localAddress, remoteAddress }) };
    };
    if (used.connecting) used.once(target.tls ? 'secureConnect' : 'connect', opened);
    else opened();
    used.once('close', () => {
      if (ended.signal.aborted || state.openedAt === undefined) return;
      state = { ...state, closedAfter: Math.round((clock.now() - state.openedAt) / 1000) };
    });
  };

  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = send(target, agent, options, signal);
      request.once('socket', taken);
      request.setTimeout(options.timeoutSeconds * 1000, () => request.destroy(new Error('timeout')));
      request.once('error', reject);
      request.once('response', (response) => {
        state = { status: response.statusCode ?? 0, ...state };
        response.once('error', reject);
        response.once('end', resolve);
        response.resume();
      });
      request.end();
    });
  const keepAsking = async (): Promise<void> => {
    for (let count = 1; count < MOST_REQUESTS && socket?.destroyed === false && !signal.aborted; count++) {
      await clock.sleep(PAUSE_MS, signal);
      if (state.closedAfter === undefined) await ask();
    }
  };
  const answered = ask().catch((error: unknown) => {
    const reason = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
    state = { ...state, reason };
  });
  // What goes wrong later shows in the socket: it is closed.
  answered.then(keepAsking).catch(() => undefined);
  return {
    answered,
    state: () => state,
    close: () => {
      ended.abort();
      agent.destroy();
    },
  };
}

/**
 * VS Code gives its extensions an `http.request` of its own, which puts a proxy agent in our agent's place (@vscode/proxy-agent):
 * that closes each connection after its answer, and may lead past the protected address. The class behind it is Node's.
 */
function send(target: ProtectedAddress, agent: HttpAgent, { path, headers }: HoldOptions, signal: AbortSignal): ClientRequest {
  const { host, port, tls } = target;
  const common = { host, port, path, headers: { ...headers, 'user-agent': 'toa-own-address-test' }, agent, signal };
  if (!tls) return new ClientRequest({ ...common, protocol: 'http:' });
  const secure = { rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) };
  return new ClientRequest({ ...common, ...secure, protocol: 'https:' });
}

function addresses(ends: {
  readonly localAddress: string | undefined;
  readonly remoteAddress: string | undefined;
}): Pick<OwnConnection, 'localAddress' | 'remoteAddress'> {
  const [local, remote] = [ends.localAddress, ends.remoteAddress].map((text) => canonicalAddress(text ?? ''));
  return { ...(local === undefined ? {} : { localAddress: local }), ...(remote === undefined ? {} : { remoteAddress: remote }) };
}
