import { createHash } from 'node:crypto';
import { l10n, window } from 'vscode';
import type { HostFacts } from '../../core/facts';
import { installOutlook, PLAIN, planInstall, planRepair, repairOutlook } from '../../core/install/planInstall';
import type { UndoInputs } from '../../core/install/planUndo';
import { planUndo, undoOutlook } from '../../core/install/planUndo';
import { isOneFile } from '../../core/log/logPath';
import type { LogSample } from '../../core/log/sample';
import type { Goal, InstallChoices, NoOp, Plan } from '../../core/plan';
import { HostError } from '../../core/problem';
import { busyProblem } from '../../engine/install/applyPlan';
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
  /** `install` unless told. */
  readonly goal?: Goal;
  /** An undo that removes the TOA kernel too; undefined: the person is asked where it is possible. */
  readonly removeKernel?: boolean;
}

/** Makes the plan of an install, repair or undo and opens it. Nothing is changed on the host; *Apply Plan…* is offered in the document. */
export async function planFlow(ui: Ui, hostId: string, chosen: Chosen = { choices: PLAIN }): Promise<void> {
  const view = ui.store.view(hostId);
  const goal = chosen.goal ?? 'install';
  if (view === undefined || (goal === 'install' && !(await askForRanges()))) return;
  const made = await onHost(ui, view, { goal: 'plan', title: l10n.t('Planning TOA for {0}', view.host.name), cancellable: true }, (work) =>
    makePlan(ui, view, chosen, work),
  );
  if (made === undefined) return;
  if ('noop' in made) {
    void window.showInformationMessage(nothingToDo(made, view.host.name));
    return;
  }
  await ui.plans.show(hostId, view.host.name, made, planDocument(made, ui.clock.now()));
}

async function makePlan(ui: Ui, view: HostView, chosen: Chosen, work: Work): Promise<Plan | NoOp> {
  const { host } = view;
  const read = await readAsRoot(ui, view, work);
  const busy = read.facts.record.runInProgress;
  if (busy !== undefined) throw new HostError(busyProblem(busy, read.facts), host.name);
  const goal = chosen.goal ?? 'install';
  const made = { host, facts: read.facts, now: ui.clock.now(), hash };
  if (goal === 'undo') return undoPlan(made, chosen, work);
  const outlook = goal === 'repair' ? repairOutlook(read.facts) : installOutlook(read.facts);
  if ('noop' in outlook) return outlook;
  if ('problem' in outlook) throw new HostError(outlook.problem, host.name);
  const sample = goal === 'install' ? await logNow(read, work) : undefined;
  const packages = outlook.needsPackages ? await fetchPackages(ui, outlook.row, host.name, work) : [];
  const plan = goal === 'repair' ? planRepair : planInstall;
  return plan({
    ...made,
    packages,
    choices: chosen.choices,
    ...(chosen.refusal === undefined ? {} : { refusal: chosen.refusal }),
    cidrs: settings.cidrs(),
    ...(sample === undefined ? {} : { sample }),
  });
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Asks about the package where it can be removed, and nothing has been said of it yet. */
async function undoPlan(made: Omit<UndoInputs, 'removeKernel'>, chosen: Chosen, work: Work): Promise<Plan | NoOp> {
  const outlook = undoOutlook(made.facts);
  if ('noop' in outlook) return outlook;
  if ('problem' in outlook) throw new HostError(outlook.problem, made.host.name);
  const removeKernel = chosen.removeKernel ?? (outlook.canRemove && (await askToRemove(made.host.name)));
  if (removeKernel === undefined) throw new DOMException('cancelled', 'AbortError');
  work.signal.throwIfAborted();
  return planUndo({ ...made, removeKernel });
}

async function askToRemove(host: string): Promise<boolean | undefined> {
  const keep = { label: l10n.t('Keep the TOA kernel installed'), description: l10n.t('a later install needs no package'), removes: false };
  const remove = { label: l10n.t('Also remove the TOA kernel’s package'), description: 'rpm -e', removes: true };
  const chosen = await window.showQuickPick([keep, remove], { title: l10n.t('Undo the install on {0}', host), ignoreFocusOut: true });
  return chosen?.removes;
}

function nothingToDo({ noop, release }: NoOp, host: string): string {
  switch (noop) {
    case 'alreadyInstalled':
      return l10n.t('Nothing to do on {0}: {1} is installed, and toa.modules is as it should be.', host, kernelName(release));
    case 'nothingToRepair':
      return l10n.t('Nothing to repair on {0}.', host);
    case 'nothingToUndo':
      return l10n.t('Nothing to undo on {0}: it has neither a TOA kernel nor toa.modules.', host);
  }
}

/** What the log shows now; a log that cannot be read is no reason against a plan. */
async function logNow({ session, facts, as }: Read, work: Work): Promise<LogSample | undefined> {
  work.step(l10n.t('Reading the access log'));
  const path = chooseLog(facts);
  if (path === undefined) return undefined;
  try {
    return await sampleLog(session, path, { as, cidrs: settings.cidrs(), signal: work.signal });
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

/** The best log that the probe found; of a pattern its newest file. */
export const chooseLog = (facts: HostFacts): string | undefined => facts.logs.map(({ path }) => path).find(isOneFile);
