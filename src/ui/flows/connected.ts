import { l10n } from 'vscode';
import { HostError } from '../../core/problem';
import type { HostFacts } from '../../core/facts';
import type { HostView } from '../../engine/hostStore';
import type { Session } from '../../engine/ports';
import { probeHost } from '../../engine/probeHost';
import type { RunAs } from '../../engine/runScript';
import type { Ui } from '../context';
import type { Work } from './onHost';

/** A session that may ask the person. */
export const connect = (ui: Ui, view: HostView, signal: AbortSignal): Promise<Session> =>
  ui.transport.connect(view.host, { prompts: ui.prompts, signal });

/** As root on this host, by what a probe saw of its sudo; the person is asked when sudo asks. */
export const asRoot = (ui: Ui, facts: Pick<HostFacts, 'sudo'>): RunAs => ({ sudo: facts.sudo, prompts: ui.prompts });

export interface Read {
  readonly session: Session;
  readonly facts: HostFacts;
  readonly as: RunAs;
}

/**
 * Fresh facts with all that only root can read, which a change must stand on. Where sudo asks for a password it is asked
 * for here, before anything begins. Rejects with HostError `sudoMissing`, and as connecting and probing do.
 */
export async function readAsRoot(ui: Ui, view: HostView, work: Work): Promise<Read> {
  const { host } = view;
  work.step(l10n.t('Connecting'));
  const session = await connect(ui, view, work.signal);
  work.step(l10n.t('Reading the host'));
  const options = { extraLogs: host.logs, clock: ui.clock, signal: work.signal };
  const first = await probeHost(session, { ...options, as: 'user' });
  if (first.sudo === 'absent') throw new HostError({ code: 'sudoMissing' }, host.name);
  const as = asRoot(ui, first);
  const facts = first.asRoot ? first : await probeHost(session, { ...options, as });
  ui.store.record(host.id, facts);
  return { session, facts, as };
}
