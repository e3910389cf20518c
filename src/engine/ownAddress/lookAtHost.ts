import type { Listener } from '../../core/facts';
import type { HostLook, RawConnection } from '../../core/ownAddress';
import { parseCounters } from '../../core/probe/kernel';
import { hexAddress } from '../../core/probe/sockets';
import { quote } from '../../core/shell';
import look from '../../remote/look.sh';
import { canonicalAddress } from '../../shared/address';
import type { Clock, Session } from '../ports';
import { runScript, type RunAs } from '../runScript';

const ESTABLISHED = '01';

/** One look at the connections of the listeners' ports and at the counters. Rejects as runScript does. */
export async function lookAtHost(
  session: Session,
  listeners: readonly Listener[],
  options: { readonly as: RunAs; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<HostLook> {
  const ports = [...new Set(listeners.map(({ port }) => port))].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  const script = `toa_ports=${quote(` ${ports.join(' ')} `)}\n${look}`;
  const { as, signal, clock } = options;
  const result = await runScript(session, script, { as, signal, deadlineSeconds: 30, what: 'look' });
  return lookOf(result.stdout, clock.now());
}

/** Reads the output of `look.sh`. Exported for tests. */
export function lookOf(text: string, at: number): HostLook {
  const lines = text.split('\n');
  const connections = lines.flatMap((line): RawConnection[] => {
    const [, state, hex = '', port = ''] = /^tcp ([0-9A-F]{2}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(line) ?? [];
    const address = hex === '' ? undefined : canonicalAddress(hexAddress(hex));
    return address === undefined ? [] : [{ address, port: Number.parseInt(port, 16), established: state === ESTABLISHED }];
  });
  const counters = parseCounters(lines.flatMap((line) => (line.startsWith('stats ') ? [line.slice(6)] : [])).join('\n'));
  return { at, ...(lines.includes('end') ? { connections } : {}), ...(counters === undefined ? {} : { counters }) };
}
