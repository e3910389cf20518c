import type { Host } from '../core/host';
import { HostError, problemOf, type Problem } from '../core/problem';
import type { Session, Transport } from '../engine/ports';
import { createResolver } from './config/resolve';
import { connectHop } from './connectHop';
import type { Hop } from './hop';
import type { Link } from './link';
import type { SshOptions } from './options';
import { createPool, type Want } from './pool';
import { createRoute } from './route';
import { createSession } from './session';
import type { SignInMemory } from './signIn';

/** The transport over ssh2. Nothing is loaded or opened before the first connect. */
export function createTransport(options: SshOptions): Transport {
  const resolver = createResolver(options);
  const pool = createPool();
  const memory: SignInMemory = { best: new Map(), unlocked: new Map() };
  const sessions = new Map<string, { readonly link: Link; readonly session: Session }>();
  /**
   * Hops where a silent sign-in failed, by their place on the route: repeating it by itself would lock accounts and trip
   * intrusion detection, on a jump host once for every host behind it.
   */
  const barred = new Map<string, Problem>();
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
      const below = route.length > 1 ? await along(route.slice(0, -1), host, shared) : undefined;
      try {
        const link = await connectHop(hop, below, { ...shared, host, options, memory });
        barred.delete(place);
        return link;
      } catch (error) {
        const bars = shared.prompts ? undefined : barFrom(problemOf(error));
        if (bars) barred.set(place, bars);
        throw error;
      }
    });
  };

  const connect = async (host: Host, want: Want): Promise<Session> => {
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
    connect,
    drop(hostId) {
      barred.delete(places.get(hostId) ?? '');
      sessions.get(hostId)?.link.close();
      sessions.delete(hostId);
    },
    dispose() {
      pool.closeAll();
      memory.unlocked.clear();
      sessions.clear();
    },
  };
}

const placeOf = (route: readonly Hop[]): string => JSON.stringify(route.map(identity));

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
