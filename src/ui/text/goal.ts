import { l10n } from 'vscode';
import type { Goal, Plan } from '../../core/plan';
import { kernelName } from './amount';
import { inGroup } from './host';
import { plain } from './hostile';

/** Heading of a plan. */
export function planTitle(goal: Goal, host: string): string {
  switch (goal) {
    case 'install':
      return l10n.t('Install TOA on {0}', host);
    case 'repair':
      return l10n.t('Repair TOA on {0}', host);
    case 'undo':
      return l10n.t('Undo the install on {0}', host);
  }
}

/** Title of the progress while a plan runs. */
export function runTitle(goal: Goal, host: string): string {
  switch (goal) {
    case 'install':
      return l10n.t('Installing TOA on {0}', host);
    case 'repair':
      return l10n.t('Repairing TOA on {0}', host);
    case 'undo':
      return l10n.t('Undoing the install on {0}', host);
  }
}

/** What a person is asked before a plan runs: the question, the button that says yes, and what happens then. */
export function consentText(plan: Plan): { readonly question: string; readonly button: string; readonly change: string } {
  const { goal, host } = plan;
  const words = {
    host: plain(host.name),
    new: kernelName(plan.target),
    old: kernelName(plain(plan.facts.kernel.running)),
    original: kernelName(plain(plan.original)),
  };
  switch (goal) {
    case 'install':
      return { question: l10n.t('Install TOA on {0}?', inGroup(host)), button: l10n.t('Install'), change: installChange(plan, words) };
    case 'repair':
      return {
        question: l10n.t('Repair TOA on {0}?', inGroup(host)),
        button: l10n.t('Repair'),
        change: l10n.t('Only what the plan names is put right. {host} is not rebooted.', words),
      };
    case 'undo':
      return {
        question: l10n.t('Undo the install on {0}?', inGroup(host)),
        button: l10n.t('Undo Install'),
        change: plan.removesKernel
          ? l10n.t('toa.modules and the package of {new} are removed; the original kernel {original} is the default.', words)
          : l10n.t('toa.modules is removed; the original kernel {original} is the default. The packages stay.', words),
      };
  }
}

function installChange(plan: Plan, words: Record<'host' | 'new' | 'old', string>): string {
  if (plan.facts.kernel.installed.some((kernel) => kernel.release === plan.target))
    return l10n.t('What is missing of the install is added. {host} is not rebooted.', words);
  return l10n.t('Kernel {new} is installed beside the running {old}, which stays the default. {host} is not rebooted now.', words);
}
