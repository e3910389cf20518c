import { env, l10n, window } from 'vscode';
import { HostError } from '../../core/problem';
import { loadModule } from '../../engine/loadModule';
import type { Prompts } from '../../engine/ports';
import { probeHost } from '../../engine/probeHost';
import type { Ui } from '../context';
import { showProblem } from '../showProblem';
import { logPaths } from '../tree/provider';
import { problemText } from '../text/problem';
import { readAsRoot } from './connected';
import { onHost } from './onHost';
import { pickLog } from './pickLog';
import { keepFlow } from './trial';

/**
 * Probes hosts by a person's wish; `undefined`: all of them, and then without questions. What a single one needs from
 * the person is said with its remedy; the rest stands in the tree.
 */
export async function refreshFlow(ui: Ui, hostIds: readonly string[] | undefined): Promise<void> {
  const { declined } = await probe(ui, hostIds);
  const [only, ...others] = hostIds ?? [];
  if (only !== undefined && others.length === 0 && !declined) sayProblem(ui, only, { evenRetry: false });
}

/** Connects anew with questions allowed and probes; what stands in the way is said, because the person asked. */
export async function signInFlow(ui: Ui, hostIds: readonly string[]): Promise<void> {
  for (const hostId of hostIds) {
    ui.transport.drop(hostId);
    const { declined } = await probe(ui, [hostId]);
    if (!declined) sayProblem(ui, hostId, { evenRetry: true });
  }
}

/** Probes; `declined`: the person did not accept a host key, and needs not be told so. */
async function probe(ui: Ui, hostIds: readonly string[] | undefined): Promise<{ readonly declined: boolean }> {
  let declined = false;
  const prompts: Prompts = {
    ...ui.prompts,
    trustHostKey: async (request, signal) => {
      const trusted = await ui.prompts.trustHostKey(request, signal);
      declined ||= !trusted;
      return trusted;
    },
  };
  await window.withProgress({ location: { viewId: 'toa.hosts' } }, () =>
    ui.store.refresh(hostIds, { ...(hostIds === undefined ? {} : { prompts }), signal: AbortSignal.timeout(300_000) }),
  );
  return { declined };
}

/** `evenRetry`: also what has no remedy but trying again, which the tree offers itself. */
function sayProblem(ui: Ui, hostId: string, { evenRetry }: { readonly evenRetry: boolean }): void {
  const view = ui.store.view(hostId);
  if (view?.state.kind !== 'needsSignIn' && view?.state.kind !== 'unreachable') return;
  const { problem } = view.state;
  const { name } = view.host;
  if (!evenRetry && problemText(problem, { host: name }).remedies.every(({ action }) => action.do === 'retry')) return;
  showProblem(ui, new HostError(problem, name), { hostId, host: name, retry: () => signInFlow(ui, [hostId]) });
}

/** `modprobe toa`, then a probe that sees it. */
export async function loadModuleFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const facts = await onHost(
    ui,
    view,
    { goal: 'loadModule', title: l10n.t('Loading the TOA module on {0}', view.host.name), cancellable: true },
    async (work) => {
      const { session, as } = await readAsRoot(ui, view, work);
      work.step('modprobe toa');
      ui.transcript.line(view.host.name, '+ modprobe toa');
      await loadModule(session, { as, signal: work.signal });
      return probeHost(session, { as, extraLogs: view.host.logs, clock: ui.clock, signal: work.signal });
    },
  );
  if (facts === undefined) return;
  ui.store.record(hostId, facts);
  // What the consent to the trial said: with its module loaded, the kernel becomes the default.
  if (facts.trial?.state === 'kept' && facts.module.loaded) await keepFlow(ui, hostId);
}

/** Of *Open Log*: asks which one even where there is but one, as the panel's own choice does. */
export const CHOOSE = 'choose';

interface OpenLogChoices {
  readonly path: string | undefined;
  /** CHOOSE was said. */
  readonly choose?: boolean;
  /** From the oldest file on that rotation has left. */
  readonly history?: boolean;
}

/** Opens an access log; where there are several and none was chosen, or none is known, asks which. */
export async function openLogFlow(ui: Ui, hostId: string, { path, choose = false, history = false }: OpenLogChoices): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const paths = logPaths(view);
  const ask = path === undefined && (paths.length !== 1 || choose);
  const chosen = ask ? await pickLog(ui, view, () => openLogFlow(ui, hostId, { path, choose, history })) : (path ?? paths[0]);
  if (chosen !== undefined) ui.logPanels.open([{ hostId, path: chosen, ...(history ? { history: true as const } : {}) }]);
}

/** Where a host is, as ssh would be told. */
export async function copyAddress(ui: Ui, hostIds: readonly string[]): Promise<void> {
  const addresses = hostIds.flatMap((id) => {
    const host = ui.store.view(id)?.host;
    return host === undefined ? [] : [host.port === undefined ? (host.address ?? host.name) : `${host.address ?? host.name}:${host.port}`];
  });
  await env.clipboard.writeText(addresses.join('\n'));
}
