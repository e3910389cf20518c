import type { AuthHandlerMiddleware, ConnectConfig } from 'ssh2';
import { HostError, problemOf, type ConnectPhase, type Problem } from '../core/problem';
import type { Prompts } from '../engine/ports';
import { offer, type Offer } from './algorithms';
import { addressOf, type Hop } from './hop';
import { startAttempt } from './attempt';
import { checkHostKey, confirmHostKey, nameInKnownHosts, readKnownHosts, rememberHostKey } from './hostKeys';
import { missingKind, serverOfferReader, type ServerOffer } from './kexInit';
import { fingerprint, knownTypes } from './knownHosts';
import { createLink, type Link } from './link';
import { decryptsInPlace, loadSsh2 } from './load';
import { openSocket } from './openSocket';
import type { SshOptions } from './options';
import { reuseReads } from './reading';
import { watchRefusals, type Refusal } from './refusals';
import { ssh2Connection } from './ssh2Connection';
import { createSignIn, type SignInMemory } from './signIn';

/** Machine time for signing in; agents may ask a person, so with prompts it is longer. */
export const SIGN_IN_SECONDS = { silent: 30, asked: 120 };

export interface HopContext {
  /** The host this is all for, in errors and prompts. */
  readonly host: string;
  readonly prompts?: Prompts;
  readonly signal: AbortSignal;
  readonly options: SshOptions;
  readonly memory: SignInMemory;
  /** Whether OpenSSH's client may take over where it can do more. */
  readonly mayGoBeyond: boolean;
}

/**
 * Connects to one hop, directly or through `below`, verifies its key and signs in. Rejects with HostError: connectFailed,
 * connectTimeout, noCommonAlgorithm, the host key and sign-in problems, connectionLost, cancelled.
 */
export async function connectHop(hop: Hop, below: Link | undefined, context: HopContext): Promise<Link> {
  const { options, host } = context;
  const settings = options.settings();
  const [beyond] = hop.beyond;
  if (beyond !== undefined) throw new HostError({ code: 'configInvalid', what: beyond }, host, { hop: hop.name });
  const seconds = hop.connectTimeoutSeconds ?? settings.connectTimeoutSeconds;
  const legacy = settings.legacyHosts.includes(hop.name);
  const ssh2 = await loadSsh2();
  const inPlace = await decryptsInPlace();
  const entries = await readKnownHosts(hop);
  const known = knownTypes(entries, nameInKnownHosts(hop));
  const algorithms = offer(known, hop.algorithms, legacy);
  const withOlder = offer(known, hop.algorithms, true);
  options.transcript.line(host, `${hop.name}: connecting to ${addressOf(hop)}${below ? ` through ${below.hop.name}` : ''}`);

  const attempt = startAttempt(hop, context, seconds);
  const socket = await attempt.within(openSocket(hop, below, attempt.signal, options));
  const client = new ssh2.Client();
  attempt.onFailure(() => {
    client.end();
    socket.destroy();
  });
  attempt.phase('handshake');

  const theirs = serverOfferReader();
  const listen = (chunk: Buffer): void => {
    if (!theirs.push(chunk)) socket.off('data', listen);
  };
  socket.on('data', listen);

  let pinned: Buffer | undefined;
  let toRemember: Buffer | undefined;
  /** Let through by `StrictHostKeyChecking no`: written down only once signed in, so that it does not count as known before. */
  let unchecked: Buffer | undefined;
  const keyCheck = { ...context, hop, entries, signal: attempt.signal };
  /** Called again at every rekey: what was accepted once holds for this connection, and nothing else does. */
  const verify = (key: Buffer, answer: (accepted: boolean) => void): void => {
    if (pinned) {
      if (!pinned.equals(key)) attempt.fail({ code: 'connectionLost', reason: 'another host key at rekey' });
      answer(pinned.equals(key));
      return;
    }
    attempt.phase('hostkey');
    attempt
      .asking(() => checkHostKey(key, keyCheck))
      .then((decision) => {
        pinned = Buffer.from(key);
        if (decision === 'remember') toRemember = pinned;
        if (decision === 'unchecked') {
          unchecked = pinned;
          options.transcript.line(
            host,
            `${hop.name}: warning: StrictHostKeyChecking is off, the host key ${fingerprint(key)} is not checked`,
          );
        }
        answer(true);
      })
      .catch((error: unknown) => {
        attempt.fail(problemOf(error), error);
        answer(false);
      });
  };

  const writeDown = (key: Buffer): void => {
    rememberHostKey(hop, key).catch((error: unknown) => {
      options.transcript.line(host, `${hop.name}: the host key could not be written down: ${String(error)}`);
    });
  };
  const confirmOnce = async (): Promise<void> => {
    const key = unchecked;
    if (!key) return;
    await attempt.asking(() => confirmHostKey(key, keyCheck));
    unchecked = undefined;
    writeDown(key);
  };

  const signIn = createSignIn({
    ...context,
    ssh2,
    hop,
    env: options.env,
    signal: attempt.signal,
    asking: (question) => attempt.asking(question),
    confirmHostKey: confirmOnce,
    fail: (error) => attempt.fail(problemOf(error), error),
  });
  let lastRefusal: () => Refusal | undefined = () => undefined;
  const authHandler: AuthHandlerMiddleware = (_left, _partial, next) => {
    const refusal = lastRefusal();
    signIn.next(refusal?.left, refusal?.partial ?? false).then(
      (method) => {
        if (!attempt.over) next(method);
      },
      (error: unknown) => attempt.fail(problemOf(error), error),
    );
  };

  client.once('handshake', (agreed) => {
    options.transcript.line(host, `${hop.name}: ${agreed.kex}, ${agreed.serverHostKey}, ${agreed.cs.cipher}`);
    attempt.phase('auth', context.prompts ? SIGN_IN_SECONDS.asked : SIGN_IN_SECONDS.silent);
    // Whatever comes now is encrypted, and decrypting makes bytes of their own.
    if (!inPlace) reuseReads(socket);
    // Only now has the server proven that the key is its own.
    if (toRemember) writeDown(toRemember);
  });
  const onError = (error: SshError): void => {
    // A key that could not sign is no end: the next one is tried.
    if (error.level === 'agent' || error.level === 'client-authentication') return;
    // A number is the server's DISCONNECT: while signing in, it has had enough of us.
    const enough = attempt.current === 'auth' && typeof error.code === 'number';
    const offers = { ours: algorithms, withOlder, theirs: theirs.offer };
    attempt.fail(enough ? signIn.hungUp() : explain(error, attempt.current, hop, offers), error);
  };
  const onClose = (): void => attempt.fail(closedEarly(attempt.current, hop));
  client.on('error', onError);
  client.once('close', onClose);

  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  const asked: Asked = { verify, authenticate: authHandler };
  try {
    client.connect({ sock: socket, ...connectOptions(hop, algorithms, asked) });
  } catch (error) {
    attempt.fail({ code: 'unexpected', message: String(error) }, error);
  }
  lastRefusal = watchRefusals(client);
  await attempt.within(ready);
  signIn.succeeded();
  if (unchecked) writeDown(unchecked);
  attempt.succeeded();
  options.transcript.line(host, `${hop.name}: signed in as ${hop.user}`);
  if (pinned) asked.verify = onlyThis(pinned);
  asked.authenticate = noMore;
  const connection = ssh2Connection(client, socket, options.clock);
  client.off('error', onError);
  client.off('close', onClose);
  return createLink(connection, hop, { clock: options.clock, byOpenSsh: below?.byOpenSsh ?? [], release: below?.hold() });
}

/** What ssh2 asks of us. It keeps who answers as long as the connection: after the sign-in these hold nothing of it any more. */
interface Asked {
  verify: (key: Buffer, answer: (accepted: boolean) => void) => void;
  authenticate: AuthHandlerMiddleware;
}

const connectOptions = (hop: Hop, algorithms: Offer, asked: Asked): ConnectConfig => ({
  username: hop.user,
  readyTimeout: 0,
  algorithms,
  hostVerifier: (key: Buffer, answer: (accepted: boolean) => void) => asked.verify(key, answer),
  authHandler: (...about) => asked.authenticate(...about),
  keepaliveInterval: (hop.aliveSeconds ?? 30) * 1000,
  keepaliveCountMax: hop.aliveCountMax ?? 3,
});

// A function made inside of `connectHop` would hold all of its variables.
const noMore = (): undefined => undefined;

/** The key that was accepted once holds for the connection, and no other does. */
const onlyThis =
  (pinned: Buffer): Asked['verify'] =>
  (key, answer) =>
    answer(pinned.equals(key));

function explain(
  error: SshError,
  phase: ConnectPhase,
  hop: Hop,
  { ours, withOlder, theirs }: { readonly ours: Offer; readonly withOlder: Offer; readonly theirs: ServerOffer | undefined },
): Problem {
  const kind = theirs && phase === 'handshake' ? missingKind(ours, theirs) : undefined;
  if (theirs && kind) return { code: 'noCommonAlgorithm', kind, offered: theirs[kind], older: !missingKind(withOlder, theirs) };
  const reason = typeof error.code === 'string' ? error.code : error.message;
  return { code: 'connectFailed', address: addressOf(hop), reason, phase };
}

/** ssh2 says where an error comes from; `code` is Node's name or the number of the server's DISCONNECT. */
type SshError = Error & { level?: string; code?: string | number };

const closedEarly = (phase: ConnectPhase, hop: Hop): Problem => ({
  code: 'connectFailed',
  address: addressOf(hop),
  reason: 'closed by the server',
  phase,
});
