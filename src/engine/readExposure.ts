import { exposureOf, type Exposure } from '../core/exposure';
import firewall from '../remote/firewall.sh';
import type { Ranges } from '../shared/address';
import type { Session } from './ports';
import { runScript, type RunAs } from './runScript';

/**
 * Who the host's own firewall rules let in to these ports; undefined: not readable, as without root. Reads only.
 * Rejects as runScript does.
 */
export async function readExposure(
  session: Session,
  ports: readonly number[],
  ranges: Ranges,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<readonly Exposure[] | undefined> {
  const result = await runScript(session, firewall, { ...options, deadlineSeconds: 30, what: 'firewall' });
  return exposureOf(result.stdout, ports, ranges);
}
