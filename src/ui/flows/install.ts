import { createHash } from 'node:crypto';
import { l10n, window } from 'vscode';
import type { HostFacts } from '../../core/facts';
import { installOutlook, PLAIN, planInstall } from '../../core/install/planInstall';
import type { LogSample } from '../../core/log/sample';
import type { InstallChoices, NoOp, Plan } from '../../core/plan';
import { HostError } from '../../core/problem';
import { sampleLog } from '../../engine/sampleLog';
import type { HostView } from '../../engine/hostStore';
import type { Ui } from '../context';
import { planDocument } from '../plan/planDocument';
import { settings } from '../settings';
import { kernelName } from '../text/amount';
import type { Read } from './connected';
import { readAsRoot } from './connected';
import type { Work } from './onHost';
import { onHost } from './onHost';
import { fetchPackages } from './packages';
import { askForRanges } from './setRanges';

/** What the person chose beyond the vendor's plain procedure, and the tool's words that made it necessary. */
export interface Chosen {
  readonly choices: InstallChoices;
  readonly refusal?: string;
}

/** Makes the plan of an install and opens it. Nothing is changed on the host; *Apply Plan…* is offered in the document. */
export async function planFlow(ui: Ui, hostId: string, chosen: Chosen = { choices: PLAIN }): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined || !(await askForRanges())) return;
  const made = await onHost(ui, view, { goal: 'plan', title: l10n.t('Planning TOA for {0}', view.host.name), cancellable: true }, (work) =>
    makePlan(ui, view, chosen, work),
  );
  if (made === undefined) return;
  if ('noop' in made) {
    void window.showInformationMessage(
      l10n.t('Nothing to do on {0}: {1} is installed, and toa.modules is as it should be.', view.host.name, kernelName(made.release)),
    );
    return;
  }
  await ui.plans.show(hostId, view.host.name, made, planDocument(made, ui.clock.now()));
}

async function makePlan(ui: Ui, view: HostView, chosen: Chosen, work: Work): Promise<Plan | NoOp> {
  const { host } = view;
  const read = await readAsRoot(ui, view, work);
  const outlook = installOutlook(read.facts);
  if ('noop' in outlook) return outlook;
  if ('problem' in outlook) throw new HostError(outlook.problem, host.name);
  work.step(l10n.t('Reading the access log'));
  const sample = await logNow(read, work.signal);
  const packages = outlook.needsPackages ? await fetchPackages(ui, outlook.row, host.name, work) : [];
  return planInstall({
    host,
    facts: read.facts,
    packages,
    choices: chosen.choices,
    ...(chosen.refusal === undefined ? {} : { refusal: chosen.refusal }),
    cidrs: settings.cidrs(),
    ...(sample === undefined ? {} : { sample }),
    now: ui.clock.now(),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  });
}

/** What the log shows now; a log that cannot be read is no reason against a plan. */
async function logNow({ session, facts, as }: Read, signal: AbortSignal): Promise<LogSample | undefined> {
  const path = chooseLog(facts);
  if (path === undefined) return undefined;
  try {
    return await sampleLog(session, path, { as, cidrs: settings.cidrs(), signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

/** A log that the person named comes before one open in a server, and that before one at its usual place. */
export function chooseLog(facts: HostFacts): string | undefined {
  const rank = { configured: 0, open: 1, usual: 2 } as const;
  return [...facts.logs].sort((a, b) => rank[a.found] - rank[b.found])[0]?.path;
}
