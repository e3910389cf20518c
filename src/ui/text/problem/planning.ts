import { l10n } from 'vscode';
import type { Problem } from '../../../core/problem';
import { size } from '../amount';
import { factNames } from '../fact';
import { plain } from '../hostile';
import { unsupportedText } from '../unsupported';
import type { ProblemText } from './remedies';
import { missingPart, newPlan, say, transcript } from './remedies';

type PlanningProblem = Extract<
  Problem,
  { code: 'unsupported' | 'noWayBack' | 'planStale' | 'bootNotMounted' | 'secureBoot' | 'spaceLow' | 'kernelNotBootable' }
>;

/** Words of why nothing may be planned or rebooted. */
export function planningText(problem: PlanningProblem, host: string): ProblemText {
  switch (problem.code) {
    case 'unsupported':
      return say(
        l10n.t('TOA cannot be installed on {host}: {reason}. For website service use X-Forwarded-For.', {
          host,
          reason: unsupportedText(problem.reason, problem.system),
        }),
      );
    case 'noWayBack':
      return say(
        l10n.t(
          '{host} would have no way back: {what} of the running kernel {running} is missing. Nothing was changed. Boot an installed kernel that is complete, then plan again.',
          {
            host,
            what: missingPart(problem.missing),
            running: plain(problem.running),
          },
        ),
        newPlan(),
      );
    case 'planStale':
      return say(
        l10n.t('The plan for {host} is out of date: {changed} changed since. Nothing was done. Make a new plan and read it again.', {
          host,
          changed: factNames(problem.changed),
        }),
        newPlan(),
      );
    case 'bootNotMounted':
      return say(
        l10n.t('/boot of {host} is in its fstab but not mounted. Nothing was changed. Mount it, then plan again.', { host }),
        newPlan(),
      );
    case 'secureBoot':
      return say(
        l10n.t(
          'Secure Boot is on at {host}; it refuses the unsigned TOA kernel. Nothing was changed. Switch Secure Boot off in its firmware first.',
          { host },
        ),
        newPlan(),
      );
    case 'spaceLow':
      return say(
        l10n.t('{where} on {host} has {free} free, the kernel needs {needed}. Nothing was installed. Free some space, then plan again.', {
          host,
          where: plain(problem.where),
          free: size(problem.freeBytes),
          needed: size(problem.neededBytes),
        }),
        newPlan(),
      );
    case 'kernelNotBootable':
      return say(
        l10n.t('Kernel {release} on {host} cannot be booted: {what} is missing. Look at /boot there, or install again.', {
          host,
          what: missingPart(problem.missing),
          release: plain(problem.release),
        }),
        transcript(),
      );
  }
}
