import { l10n, window } from 'vscode';
import type { InstallChoices, Plan } from '../../core/plan';
import type { InstallRemedy } from '../../core/problem';
import { plainLines } from '../text/hostile';

interface Question {
  readonly title: string;
  readonly why: string;
  readonly button: string;
  readonly choices: Partial<InstallChoices>;
}

/**
 * Offers what the vendor's procedure, or yum, allows after a refusal, with the tool's own words. Resolves the choices of
 * a new plan, `declined`, or undefined where nothing is allowed and the refusal must simply be shown.
 */
export async function chooseRemedy(remedy: InstallRemedy, message: string, plan: Plan): Promise<InstallChoices | 'declined' | undefined> {
  const questions = questionsFor(remedy, plan);
  if (questions.length === 0) return undefined;
  const [first] = questions;
  const chosen = await window.showWarningMessage(
    first?.title ?? '',
    {
      modal: true,
      detail: [
        l10n.t('The host said: {0}', saidLines(message)),
        ...questions.map(({ why }) => why),
        l10n.t('A new plan is shown before anything runs.'),
      ].join('\n\n'),
    },
    ...questions.map(({ button }) => button),
  );
  const question = questions.find(({ button }) => button === chosen);
  return question === undefined ? 'declined' : { ...plan.choices, ...question.choices };
}

function questionsFor(remedy: InstallRemedy, plan: Plan): readonly Question[] {
  const host = plan.host.name;
  const nodeps: Question = {
    title: l10n.t('Install without checking dependencies on {0}?', host),
    why: l10n.t('The vendor’s procedure allows --nodeps here.'),
    button: l10n.t('Install with --nodeps'),
    choices: { nodeps: true },
  };
  const repositories: Question = {
    title: l10n.t('Let yum use the repositories of {0}?', host),
    why: l10n.t(
      'A dependency is missing, and the plan kept yum from its repositories. Most of those for version 6 and 7 are gone, so it may not find it.',
    ),
    button: l10n.t('Plan with Repositories'),
    choices: { repositories: true },
  };
  switch (remedy) {
    case 'nodeps':
      return plan.choices.tool === 'yum' && !plan.choices.repositories && plan.row === 'el7' ? [nodeps, repositories] : [nodeps];
    case 'repositories':
      return plan.choices.repositories ? [nodeps] : [repositories, nodeps];
    case 'oldpackage':
      return [
        {
          title: l10n.t('Install an older kernel on {0}?', host),
          why: l10n.t('The older kernel needs --oldpackage.'),
          button: l10n.t('Install with --oldpackage'),
          choices: { oldpackage: true, tool: 'rpm' },
        },
      ];
    case 'conflict':
      return [
        {
          title: l10n.t('Replace files of other packages on {0}?', host),
          why: l10n.t('The vendor’s procedure allows --force here: it replaces files and packages, and lets older ones in.'),
          button: l10n.t('Install with --force'),
          choices: { force: true, tool: 'rpm' },
        },
      ];
    case 'disableExcludes':
      return [
        {
          title: l10n.t('Set the excludes of yum aside on {0}?', host),
          why: l10n.t(
            'yum is told to exclude kernels, so it drops the package. --disableexcludes=all sets that aside for this install alone.',
          ),
          button: l10n.t('Install with --disableexcludes=all'),
          choices: { disableExcludes: true },
        },
      ];
    case 'nogpgcheck':
      return [
        {
          title: l10n.t('Install an unsigned package on {0}?', host),
          why: l10n.t(
            'yum demands signatures of local packages, and the vendor’s has none. --nogpgcheck sets that aside for this install alone.',
          ),
          button: l10n.t('Install with --nogpgcheck'),
          choices: { nogpgcheck: true },
        },
      ];
    case 'rpm':
      return [
        {
          title: l10n.t('Install with rpm instead of yum on {0}?', host),
          why: l10n.t('yum does not work there. The vendor’s procedure allows rpm -ivh as well.'),
          button: l10n.t('Install with rpm'),
          choices: { tool: 'rpm' },
        },
      ];
    case 'space':
    case 'none':
      return [];
  }
}

/** The tool's own words, line by line as it wrote them, without blank ones. The end is where it says what is wrong. */
function saidLines(message: string): string {
  const lines = plainLines(message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return `\n${lines.join('\n').slice(-600)}`;
}
