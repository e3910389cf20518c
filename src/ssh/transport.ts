import { createHash } from 'node:crypto';
import type { Host } from '../core/host';
import { HostError, problemOf, type OpenSshNeed, type Problem } from '../core/problem';
import type { Session, Transport } from '../engine/ports';
import { createResolver } from './config/resolve';
import { connect } from './connect';
import type { Hop } from './hop';
import type { Link } from './link';
import { openRoom, type Room } from './openssh/room';
import type { SshOptions } from './options';
import { createPool, type Want } from './pool';
import { createRoute } from './route';
import { createSession } from './session';
import type { SignInMemory } from './signIn';

/** The transport, over ssh2 and the system's OpenSSH client. Nothing is loaded or opened before the first connect. */
export function createTransport(options: SshOptions): Transport {
  const resolver = createResolver(options);
  const pool = createPool();
  const memory: SignInMemory = { best: new Map(), unlocked: new Map(), mostKeys: new Map() };
  const sessions = new Map<string, { readonly link: Link; readonly session: Session }>();
  /**
   * Hops where a silent sign-in failed, by their place on the route: repeating it by itself would lock accounts and trip
   * intrusion detection, on a jump host once for every host behind it.
   */
  const barred = new Map<string, Problem>();
  const needs = new Map<string, OpenSshNeed>();
  let room: Promise<Room> | undefined;
  const { askpassProgram } = options;
  const enter = askpassProgram === undefined ? undefined : () => (room ??= openRoom(askpassProgram));
  /** Where each host was last looked for. */
  const places = new Map<string, string>();

  /** Connects along a route; each hop is shared with every other host that goes through it. */
  const along = async (route: readonly Hop[], host: string, want: Want): Promise<Link> => {
    const hop = route.at(-1);
    if (!hop) throw new HostError({ code: 'configInvalid', what: 'ProxyJump' }, host);
    const place = placeOf(route);
    const bar = want.prompts ? undefined : barred.get(place);
    if (bar) throw new HostError(bar, host, { hop: hop.name });
    return await pool.get(place, want, async (shared) => {
      const reach = async (): Promise<Link | undefined> => {
        if (route.length === 1) return undefined;
        // A hop before this one has a bar of its own.
        return await along(route.slice(0, -1), host, shared).catch((error: unknown) => {
          throw new Unreached(error);
        });
      };
      try {
        const context = { ...shared, host, options, memory, needs, place, room: enter };
        const link = await connect(hop, reach, context);
        barred.delete(place);
        return link;
      } catch (error) {
        if (error instanceof Unreached) throw error.cause;
        const bars = shared.prompts ? undefined : barFrom(problemOf(error));
        if (bars) barred.set(place, bars);
        throw error;
      }
    });
  };

  const toHost = async (host: Host, want: Want): Promise<Session> => {
    try {
      const route = await createRoute(host, resolver, want.signal);
      places.set(host.id, placeOf(route));
      const link = await along(route, host.name, want);
      const known = sessions.get(host.id);
      if (known?.link === link && known.session.host === host) return known.session;
      const session = createSession(host, link, options.clock);
      sessions.set(host.id, { link, session });
      return session;
    } catch (error) {
      const problem = problemOf(error);
      options.transcript.line(host.name, `not connected: ${problem.code}`);
      // An error of a shared attempt carries the name of the host that started it.
      throw new HostError(problem, host.name, error instanceof HostError ? error.options : { cause: error });
    }
  };

  return {
    connect: toHost,
    drop(hostId) {
      barred.delete(places.get(hostId) ?? '');
      sessions.get(hostId)?.link.close();
      sessions.delete(hostId);
    },
    dispose() {
      pool.closeAll();
      memory.unlocked.clear();
      sessions.clear();
      void room?.then((open) => open.close());
    },
  };
}

/** The hop before could not be reached. */
class Unreached extends Error {
  constructor(override readonly cause: unknown) {
    super('unreached');
  }
}

const placeOf = (route: readonly Hop[]): string =>
  createHash('sha256')
    .update(JSON.stringify(route.map(identity)))
    .digest('base64');

/** What makes two hops the same connection: the same sign-in at the same place, trusted for the same reasons. */
const identity = (hop: Hop): readonly unknown[] => [
  hop.user,
  hop.address,
  hop.port,
  hop.identityFiles,
  hop.identitiesOnly,
  hop.agent,
  [...hop.methods],
  hop.hostKeyAlias,
  hop.userKnownHosts,
  hop.globalKnownHosts,
  hop.strict,
  hop.algorithms,
  hop.family,
  hop.bindAddress,
  hop.proxyCommand,
];

function barFrom(problem: Problem): Problem | undefined {
  if (problem.code === 'authFailed') return { code: 'needsSignIn', why: 'earlierFailure' };
  return problem.code === 'needsSignIn' && problem.why !== 'hostKey' ? problem : undefined;
}
