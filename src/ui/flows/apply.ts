import { l10n, window } from 'vscode';
import { HostError } from '../../core/problem';
import type { Problem } from '../../core/problem';
import type { Plan, RunEvent } from '../../core/plan';
import { applyPlan } from '../../engine/install/applyPlan';
import type { Ui } from '../context';
import { kernelName, size } from '../text/amount';
import { factNames } from '../text/fact';
import { inGroup } from '../text/host';
import { plain } from '../text/hostile';
import { stepText } from '../text/step';
import { clockTime } from '../text/time';
import { chooseRemedy } from './choices';
import { asRoot, connect } from './connected';
import { planFlow } from './install';
import type { Work } from './onHost';
import { onHost } from './onHost';

/** Asks once more, then runs exactly the plan that is shown. */
export async function applyFlow(ui: Ui, plan: Plan): Promise<void> {
  const view = ui.store.view(plan.host.id);
  if (view === undefined || !(await consent(ui, plan))) return;
  const { name, id } = view.host;
  const replan = (): Promise<void> => planFlow(ui, id, { choices: plan.choices });
  const done = await onHost(
    ui,
    view,
    {
      goal: 'install',
      title: l10n.t('Installing TOA on {0}', name),
      cancellable: true,
      retry: replan,
      onError: (error) => answer(ui, plan, error),
    },
    async (work) => {
      ui.transcript.line(name, `plan ${plan.id} begins`);
      const facts = await applyPlan(plan, {
        connect: () => connect(ui, view, AbortSignal.timeout(120_000)),
        as: asRoot(ui, plan.facts),
        clock: ui.clock,
        signal: work.signal,
        onEvent: (event) => follow(ui, plan, event, work),
      });
      ui.store.record(id, facts);
      return facts;
    },
  );
  if (done !== undefined) {
    ui.transcript.line(name, `plan ${plan.id} is done`);
    if (plan.packages.length > 0) void window.setStatusBarMessage(l10n.t('TOA is installed on {0}, which awaits its reboot', name), 15_000);
  } else await ui.store.refresh([id], { signal: AbortSignal.timeout(60_000) });
}

async function consent(ui: Ui, plan: Plan): Promise<boolean> {
  const { host, warnings } = plan;
  const install = l10n.t('Install');
  const show = l10n.t('Show Plan');
  const change =
    plan.packages.length === 0
      ? l10n.t('toa.modules is written on {host}. Nothing is installed, and {host} is not rebooted.', { host: host.name })
      : l10n.t('Kernel {new} is installed beside the running {old}, which stays the default. {host} is not rebooted now.', {
          new: kernelName(plan.target),
          old: kernelName(plain(plan.facts.kernel.running)),
          host: host.name,
        });
  const chosen = await window.showWarningMessage(
    l10n.t('Install TOA on {0}?', inGroup(host)),
    { modal: true, detail: [change, [warningCount(warnings.length), l10n.t('Its number is {0}.', plan.id)].join(' ')].join('\n\n') },
    install,
    show,
  );
  if (chosen === show) await ui.plans.reopen(host.id);
  return chosen === install;
}

function warningCount(warnings: number): string {
  if (warnings === 0) return l10n.t('The plan has no warnings.');
  return warnings === 1 ? l10n.t('The plan has 1 warning.') : l10n.t('The plan has {0} warnings.', warnings);
}

function follow(ui: Ui, plan: Plan, event: RunEvent, work: Work): void {
  const { name } = plan.host;
  // The document counts the upload as a step of its own; the run on the host does not know of it.
  const before = plan.packages.length > 0 ? 1 : 0;
  switch (event.kind) {
    case 'step': {
      const step = plan.steps.find(({ id }) => id === event.step);
      const text = step === undefined ? plain(event.step, 80) : stepText(step);
      work.step(text, event.n + before, event.of + before);
      ui.transcript.line(name, `step ${event.n + before} of ${event.of + before}: ${text}`);
      for (const line of step?.commands.split('\n') ?? []) ui.transcript.line(name, `+ ${line}`);
      return;
    }
    case 'stepDone':
      ui.transcript.line(name, `exit ${event.exit}`);
      return;
    case 'output':
      ui.transcript.line(name, event.text);
      return;
    case 'upload':
      work.progress(l10n.t('Uploading {0}, {1} of {2}', event.file, size(event.done), size(event.total)), 1, plan.steps.length + 1);
      return;
  }
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
  if (choices !== 'declined') setTimeout(() => void planFlow(ui, plan.host.id, { choices, refusal: problem.message }), 0);
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
  if (chosen === renew) await planFlow(ui, plan.host.id, { choices: plan.choices });
}
