import { l10n } from 'vscode';
import type { Problem } from '../../../core/problem';
import { kernelName } from '../amount';
import { plain } from '../hostile';
import { refusalText, returnText } from '../trial';
import type { ProblemText } from './remedies';
import { retry, say, transcript } from './remedies';

type TrialProblem = Extract<Problem, { code: 'trialRefused' | 'returned' | 'trialOver' | 'notLoadedYet' }>;

/** Words of what can go wrong with a trial of the TOA kernel. */
export function trialText(problem: TrialProblem, host: string): ProblemText {
  switch (problem.code) {
    case 'trialRefused':
      return say(
        l10n.t('{host} was not rebooted, and nothing was left changed: {why}. Read the transcript before trying again.', {
          host,
          why: refusalText(problem.why, plain(problem.about, 200)),
        }),
        transcript(),
      );
    case 'returned':
      return say(
        l10n.t('{host} is back on its original kernel {old}. {why} Nothing is lost. Read its console’s log before trying {new} again.', {
          host,
          old: kernelName(plain(problem.original)),
          new: kernelName(plain(problem.release)),
          why: returnText(problem.reason ?? 'fell'),
        }),
        transcript(),
      );
    case 'trialOver':
      return say(l10n.t('The trial on {host} is over, or another one began. Refresh to see what runs there.', { host }), retry());
    case 'notLoadedYet':
      return say(
        l10n.t('The TOA module is not loaded on {host}, so {new} does not become the default. Try again once the module is loaded.', {
          host,
          new: kernelName(plain(problem.release)),
        }),
      );
  }
}
