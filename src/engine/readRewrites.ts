import { parseRewrites, type Rewrites } from '../core/log/rewrites';
import rewrites from '../remote/rewrites.sh';
import type { Session } from './ports';
import { runScript, type RunAs } from './runScript';

/** What the host's web servers may log in place of a socket's address; undefined: not readable. Rejects as runScript does. */
export async function readRewrites(
  session: Session,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<Rewrites | undefined> {
  const result = await runScript(session, rewrites, { ...options, deadlineSeconds: 30, what: 'rewrites' });
  return parseRewrites(result.stdout);
}
