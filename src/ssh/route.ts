import { HostError } from '../core/problem';
import type { Host } from '../core/host';
import type { Destination, Resolver } from './config/types';
import type { Hop } from './hop';

/** More jumps than anyone has; a loop in ProxyJump ends here. */
const MOST_HOPS = 8;

/** The hops to a host, nearest to us first, the host itself last. Rejects with HostError configInvalid. */
export async function createRoute(host: Host, resolver: Resolver, signal: AbortSignal): Promise<readonly Hop[]> {
  const target: Destination = {
    name: host.name,
    ...(host.address === undefined ? {} : { address: host.address }),
    ...(host.port === undefined ? {} : { port: host.port }),
    ...(host.user === undefined ? {} : { user: host.user }),
  };
  const invalid = (what: string): HostError => new HostError({ code: 'configInvalid', what }, host.name);
  const route: Hop[] = [];
  let hop = await resolver(target, host.name, signal);
  let jumps = hop.jumps;
  route.unshift(hop);
  // As ssh does it: the last jump is connected through the ones before it; the first goes by its own configuration.
  while (jumps.length > 0) {
    if (route.length >= MOST_HOPS) throw invalid('ProxyJump');
    const next = parseJump(jumps.at(-1) ?? '');
    if (!next) throw invalid(`ProxyJump ${jumps.at(-1) ?? ''}`);
    const before = jumps.slice(0, -1);
    hop = await resolver(next, host.name, signal);
    jumps = before.length > 0 ? before : hop.jumps;
    route.unshift(hop);
  }
  return route;
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`, with an IPv6 address in brackets. */
export function parseJump(text: string): Destination | undefined {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^@:/[\]]+))(?::(\d{1,5}))?\/?$/.exec(text.trim());
  const name = match?.[2] ?? match?.[3];
  const port = match?.[4] === undefined ? undefined : Number(match[4]);
  if (!match || name === undefined || port === 0 || (port ?? 0) > 65_535) return undefined;
  return { name, ...(match[1] === undefined ? {} : { user: match[1] }), ...(port === undefined ? {} : { port }) };
}

/** A jump as `ssh -G` writes it: addresses of numbers stand in brackets. */
export const formatJump = ({ name, user, port }: Destination): string =>
  `${user === undefined ? '' : `${user}@`}${/:|^[0-9.]+$/.test(name) ? `[${name}]` : name}${port === undefined ? '' : `:${port}`}`;
