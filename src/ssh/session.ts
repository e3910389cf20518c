import { HostError, type Problem } from '../core/problem';
import type { Host } from '../core/host';
import type { Channel, Clock, Session } from '../engine/ports';
import { wrapChannel } from './channel';
import { addressOf } from './hop';
import type { Link } from './link';

/** How long a server may take to open a channel and start the command. */
const OPEN_SECONDS = 30;
/**
 * sshd counts a session until it has tidied up behind it (channels.c, session.c), a moment after it said that the channel is closed: under
 * `MaxSessions 1` the next one is refused if it comes at once. Only that soon after a channel was closed is a refusal asked again.
 */
const TIDY_MS = 1_000;
const AGAIN_MS = [20, 50, 100, 200, 400];

/** A host's view of a link, which other hosts may share. */
export function createSession(host: Host, link: Link, clock: Clock): Session {
  return {
    host,
    address: addressOf(link.hop),
    user: link.hop.user,
    byOpenSsh: link.byOpenSsh,
    get ended() {
      return link.ended;
    },
    onEnd: (listener) => link.onEnd(listener),
    open: (command, options) => open(host, link, clock, command, options),
  };
}

/** Rejects with HostError: connectFailed (phase session: the server refuses another channel), connectTimeout, connectionLost, cancelled. */
function open(
  host: Host,
  link: Link,
  clock: Clock,
  command: string,
  { signal, pty }: { readonly signal: AbortSignal; readonly pty?: boolean },
): Promise<Channel> {
  const address = addressOf(link.hop);
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const release = link.hold();
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      over.abort();
      signal.removeEventListener('abort', cancel);
      unsubscribe();
      return true;
    };
    const fail = (problem: Problem, cause?: unknown): void => {
      if (!settle()) return;
      release();
      reject(new HostError(problem, host.name, { cause }));
    };
    const cancel = (): void => fail({ code: 'cancelled' });
    const unsubscribe = link.onEnd(() => fail({ code: 'connectionLost', reason: link.reason }));
    signal.addEventListener('abort', cancel);
    if (signal.aborted) {
      cancel();
      return;
    }
    if (link.ended) {
      fail({ code: 'connectionLost', reason: link.reason });
      return;
    }
    clock.sleep(OPEN_SECONDS * 1000, over.signal).then(
      () => fail({ code: 'connectTimeout', address, seconds: OPEN_SECONDS, phase: 'session' }),
      () => undefined,
    );
    const closed = (): void => {
      link.channelClosed();
      release();
    };
    const ask = (waits: readonly number[]): void => {
      const refused = (error: Error): void => {
        const [wait, ...rest] = clock.elapsed() - link.closedAt < TIDY_MS ? waits : [];
        if (wait === undefined) fail({ code: 'connectFailed', address, reason: error.message, phase: 'session' }, error);
        else
          clock.sleep(wait, over.signal).then(
            () => ask(rest),
            () => undefined,
          );
      };
      try {
        link.exec(command, { pty: pty ?? false }, (error, wire) => {
          if (error) refused(error);
          else if (settle()) resolve(wrapChannel(wire, carrier(host, link), signal, closed));
          else wire.close(); // too late: nobody waits any more
        });
      } catch (error) {
        fail({ code: 'connectionLost', reason: link.reason }, error);
      }
    };
    ask(AGAIN_MS);
  });
}

const carrier = (host: Host, link: Link) => ({
  host: host.name,
  get reason() {
    return link.reason;
  },
  onEnd: (listener: () => void) => link.onEnd(listener),
});
