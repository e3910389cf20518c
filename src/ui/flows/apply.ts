import { l10n, window } from 'vscode';
import { HostError } from '../../core/problem';
import type { Problem } from '../../core/problem';
import type { Plan, StepId } from '../../core/plan';
import { applyPlan } from '../../engine/install/applyPlan';
import type { Ui } from '../context';
import { factNames } from '../text/fact';
import { consentText, runTitle } from '../text/goal';
import { plain } from '../text/hostile';
import { stepText } from '../text/step';
import { clockTime } from '../text/time';
import { chooseRemedy } from './choices';
import { asRoot, connect } from './connected';
import type { Chosen } from './install';
import { planFlow } from './install';
import { onHost } from './onHost';
import type { ShownStep } from './runEvent';
import { showRunEvent } from './runEvent';

/** Asks once more, then runs exactly the plan that is shown. */
export async function applyFlow(ui: Ui, plan: Plan): Promise<void> {
  const view = ui.store.view(plan.host.id);
  if (view === undefined || !(await consent(ui, plan))) return;
  const { name, id } = view.host;
  const replan = (): Promise<void> => planFlow(ui, id, again(plan));
  const done = await onHost(
    ui,
    view,
    {
      goal: plan.goal,
      title: runTitle(plan.goal, name),
      cancellable: true,
      retry: replan,
      onError: (error) => answer(ui, plan, error),
    },
    async (work) => {
      ui.transcript.line(name, `plan ${plan.id} begins`);
      // The document counts the upload as a step of its own; the run on the host does not know of it.
      const uploads = plan.packages.length > 0 ? { of: plan.steps.length + 1 } : undefined;
      const facts = await applyPlan(plan, {
        connect: () => connect(ui, view, AbortSignal.timeout(120_000)),
        as: asRoot(ui, plan.facts),
        clock: ui.clock,
        signal: work.signal,
        closing: work.closing,
        onEvent: (event) => showRunEvent(ui, name, (step) => shownStep(plan, step), event, work, uploads),
      });
      ui.store.record(id, facts);
      return facts;
    },
  );
  if (done !== undefined) {
    ui.transcript.line(name, `plan ${plan.id} is done`);
    void window.setStatusBarMessage(doneText(plan), 15_000);
  } else await ui.store.refresh([id], { signal: AbortSignal.timeout(60_000) });
}

/** The same, planned anew. */
const again = (plan: Plan): Chosen => ({ goal: plan.goal, choices: plan.choices, removeKernel: plan.removesKernel === true });

function doneText({ goal, packages, host }: Plan): string {
  const name = plain(host.name);
  switch (goal) {
    case 'install':
      return packages.length > 0
        ? l10n.t('TOA is installed on {0}, which awaits its reboot', name)
        : l10n.t('The install on {0} is complete', name);
    case 'repair':
      return l10n.t('{0} is repaired', name);
    case 'undo':
      return l10n.t('The install on {0} is undone', name);
  }
}

async function consent(ui: Ui, plan: Plan): Promise<boolean> {
  const { host, warnings } = plan;
  const { question, button, change } = consentText(plan);
  const show = l10n.t('Show Plan');
  const chosen = await window.showWarningMessage(
    question,
    { modal: true, detail: [change, [warningCount(warnings.length), l10n.t('Its number is {0}.', plan.id)].join(' ')].join('\n\n') },
    button,
    show,
  );
  if (chosen === show) await ui.plans.reopen(host.id);
  return chosen === button;
}

function warningCount(warnings: number): string {
  if (warnings === 0) return l10n.t('The plan has no warnings.');
  return warnings === 1 ? l10n.t('The plan has 1 warning.') : l10n.t('The plan has {0} warnings.', warnings);
}

function shownStep(plan: Plan, id: StepId): ShownStep {
  const step = plan.steps.find((one) => one.id === id);
  return step === undefined ? { text: plain(id, 80) } : { text: stepText(step), commands: step.commands };
}

/** Two failures have an answer: a plan that is out of date, and a refusal for which the vendor's procedure has an option. */
async function answer(ui: Ui, plan: Plan, error: unknown): Promise<boolean> {
  if (!(error instanceof HostError)) return false;
  const { problem } = error;
  if (problem.code === 'planStale') {
    void offerNewPlan(ui, plan, problem);
    return Promise.resolve(true);
  }
  if (problem.code !== 'rpmRefused' || problem.left === 'changed') return false;
  ui.transcript.line(plan.host.name, problem.message);
  const choices = await chooseRemedy(problem.remedy, problem.message, plan);
  if (choices === undefined) return false;
  // Planned anew after this run has ended, and shown again: what was consented to was another plan.
  if (choices !== 'declined') setTimeout(() => void planFlow(ui, plan.host.id, { ...again(plan), choices, refusal: problem.message }), 0);
  return true;
}

async function offerNewPlan(ui: Ui, plan: Plan, problem: Extract<Problem, { code: 'planStale' }>): Promise<void> {
  const renew = l10n.t('New Plan');
  const chosen = await window.showErrorMessage(
    l10n.t('The plan for {0} is out of date', plan.host.name),
    {
      modal: true,
      detail: l10n.t(
        'Since {0} this has changed: {1}. Nothing was done. Make a new plan and read it again.',
        clockTime(plan.facts.takenAt),
        factNames(problem.changed),
      ),
    },
    renew,
  );
  if (chosen === renew) await planFlow(ui, plan.host.id, again(plan));
}
