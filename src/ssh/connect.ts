import { HostError, type OpenSshNeed } from '../core/problem';
import { connectHop, type HopContext } from './connectHop';
import type { Hop } from './hop';
import { nameInKnownHosts, readKnownHosts } from './hostKeys';
import { knownOnlyByAuthority } from './knownHosts';
import type { Link } from './link';
import { connectOpenSsh, joinShared } from './openssh/connectOpenSsh';
import { needAfter, needUpFront } from './openssh/need';
import type { Room } from './openssh/room';
import { BeyondSsh2 } from './signIn';

export interface ConnectContext extends Omit<HopContext, 'mayGoBeyond'> {
  /** What earlier attempts taught: hops that only OpenSSH's client can go to, by place. */
  readonly needs: Map<string, OpenSshNeed>;
  readonly place: string;
  /** Undefined: only ssh2 is used. */
  readonly room: (() => Promise<Room>) | undefined;
}

/**
 * Connects to a hop by ssh2, or by the system's OpenSSH client where the person chose it or only that one can; the transcript says
 * why, and so do the link and an error (`openSsh`). `reach` connects to the hop before, if there is one. Rejects with HostError, as
 * both do.
 */
export async function connect(hop: Hop, reach: () => Promise<Link | undefined>, context: ConnectContext): Promise<Link> {
  const { options, host, needs, place } = context;
  const { clients = {} } = options.settings();
  const choice = clients[hop.name] ?? clients['*'] ?? 'auto';
  const { room } = context;
  if (choice === 'ssh2' || !room) return await connectHop(hop, await reach(), { ...context, mayGoBeyond: false });

  const byOpenSsh = async (below: Link | undefined, need: OpenSshNeed): Promise<Link> => {
    options.transcript.line(host, `${hop.name}: by the system's ssh client: ${inWords(need)}`);
    try {
      // Nobody would be there to touch it.
      if (need.kind === 'securityKey' && !context.prompts) throw new HostError({ code: 'needsSignIn', why: 'touch' }, host);
      return await connectOpenSsh(hop, below, context, need, await room());
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      throw new HostError(error.problem, host, { ...error.options, hop: hop.name, openSsh: { hop: hop.name, need } });
    }
  };
  const shared = hop.controlPath === undefined ? undefined : await joinShared(hop, context, await room());
  if (shared) {
    options.transcript.line(host, `${hop.name}: by the system's ssh client: ${inWords({ kind: 'shared' })}`);
    return shared;
  }
  const below = await reach();
  const known = choice === 'openssh' ? ({ kind: 'chosen' } as const) : (needs.get(place) ?? (await needUpFront(hop)));
  if (known) return await byOpenSsh(below, known);
  if (knownOnlyByAuthority(await readKnownHosts(hop), nameInKnownHosts(hop))) {
    return await byOpenSsh(below, { kind: 'hostCertificate' });
  }
  try {
    return await connectHop(hop, below, { ...context, mayGoBeyond: true });
  } catch (error) {
    const need = error instanceof HostError ? needIn(error) : undefined;
    if (!need) throw error;
    needs.set(place, need);
    return await byOpenSsh(below, need);
  }
}

const needIn = ({ problem, options: { cause } }: HostError): OpenSshNeed | undefined =>
  cause instanceof BeyondSsh2 ? cause.need : needAfter(problem);

/** For the transcript. */
function inWords(need: OpenSshNeed): string {
  switch (need.kind) {
    case 'chosen':
      return 'chosen in the settings';
    case 'shared':
      return 'it holds a connection already (ControlPath)';
    case 'option':
      return `ssh_config says ${need.option}`;
    case 'certificate':
      return 'there is a certificate to sign in with';
    case 'securityKey':
      return 'the key is on a security key';
    case 'gssapi':
      return 'there is a Kerberos ticket';
    case 'hostCertificate':
      return 'the host is known by a certificate authority';
    case 'algorithm':
      return `the server wants ${need.algorithm}`;
  }
}
