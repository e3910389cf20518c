import home from '../remote/home.sh';
import source from '../remote/modprobe.sh';
import { HostError } from '../core/problem';
import { runScript, type RunAs } from './runScript';
import type { Session } from './ports';

/**
 * Loads the TOA module into the running kernel (`modprobe toa`) and sees it in /proc/modules.
 * Rejects with HostError `modprobeFailed` with modprobe's words, sudo and connection problems.
 */
export async function loadModule(session: Session, options: { readonly as: RunAs; readonly signal: AbortSignal }): Promise<void> {
  const result = await runScript(session, `${home}\n${source}`, { ...options, deadlineSeconds: 60, what: 'modprobe toa' });
  if (result.code === 0) return;
  if (result.code === 75) throw new HostError({ code: 'hostBusy', run: '' }, session.host.name);
  const message = result.stderr.trim() || result.stdout.trim() || `exit ${result.code}`;
  throw new HostError({ code: 'modprobeFailed', message: message.slice(-600) }, session.host.name);
}
