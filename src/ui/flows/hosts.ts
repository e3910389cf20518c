import { env, l10n, window } from 'vscode';
import { HostError } from '../../core/problem';
import { loadModule } from '../../engine/loadModule';
import { probeHost } from '../../engine/probeHost';
import type { Ui } from '../context';
import { showProblem } from '../showProblem';
import { logPaths } from '../tree/provider';
import { plain } from '../text/hostile';
import { readAsRoot } from './connected';
import { onHost } from './onHost';

/** Probes hosts by a person's wish; `undefined`: all of them, and then without questions. */
export async function refreshFlow(ui: Ui, hostIds: readonly string[] | undefined): Promise<void> {
  const ask = hostIds === undefined ? {} : { prompts: ui.prompts };
  await window.withProgress({ location: { viewId: 'toa.hosts' } }, () =>
    ui.store.refresh(hostIds, { ...ask, signal: AbortSignal.timeout(300_000) }),
  );
}

/** Connects with questions allowed and probes; what stands in the way is said, because the person asked. */
export async function signInFlow(ui: Ui, hostIds: readonly string[]): Promise<void> {
  for (const hostId of hostIds) {
    ui.transport.drop(hostId);
    await refreshFlow(ui, [hostId]);
    const view = ui.store.view(hostId);
    if (view?.state.kind === 'needsSignIn' || view?.state.kind === 'unreachable') {
      showProblem(ui, new HostError(view.state.problem, view.host.name), {
        hostId,
        host: view.host.name,
        retry: () => signInFlow(ui, [hostId]),
      });
    }
  }
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
  if (facts !== undefined) ui.store.record(hostId, facts);
}

/** Opens an access log; where there are several and none was chosen, asks which. */
export async function openLogFlow(ui: Ui, hostId: string, path: string | undefined): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const paths = logPaths(view);
  const chosen =
    path ??
    (paths.length > 1
      ? await window.showQuickPick(paths.map(plainPath), { title: l10n.t('Access log of {0}', view.host.name) })
      : undefined);
  const found = path ?? (paths.length === 1 ? paths[0] : paths.find((one) => plainPath(one) === chosen));
  if (found !== undefined) ui.openLog(hostId, found);
  else if (paths.length === 0) {
    void window.showInformationMessage(l10n.t('No access log is known on {0}. Name one in toa.hosts, under “logs”.', view.host.name));
  }
}

/** Where a host is, as ssh would be told. */
export async function copyAddress(ui: Ui, hostIds: readonly string[]): Promise<void> {
  const addresses = hostIds.flatMap((id) => {
    const host = ui.store.view(id)?.host;
    return host === undefined ? [] : [host.port === undefined ? (host.address ?? host.name) : `${host.address ?? host.name}:${host.port}`];
  });
  await env.clipboard.writeText(addresses.join('\n'));
}

const plainPath = (path: string): string => plain(path);
