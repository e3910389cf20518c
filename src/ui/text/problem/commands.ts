import { l10n } from 'vscode';
import type { Problem } from '../../../core/problem';
import { size } from '../amount';
import { plain } from '../hostile';
import { runStepText } from '../runStep';
import type { ProblemText } from './remedies';
import { left, openSshConfig, quoted, retry, say, transcript } from './remedies';

type CommandsProblem = Extract<
  Problem,
  {
    code:
      | 'deadline'
      | 'cancelled'
      | 'noShell'
      | 'probeUnreadable'
      | 'outputTooLong'
      | 'sudoMissing'
      | 'sudoNotAllowed'
      | 'sudoPasswordNeeded'
      | 'sudoPasswordWrong'
      | 'sudoNeedsTerminal';
  }
>;

/** Words of what can go wrong with commands on a host, and with becoming root there. */
export function commandsText(problem: CommandsProblem, host: string): ProblemText {
  switch (problem.code) {
    case 'deadline':
      return say(
        l10n.t('{host} did not finish within {seconds} s ({what}). Look at the host, then try again.', {
          host,
          seconds: problem.seconds,
          what: plain(problem.what),
        }),
        retry(),
        transcript(),
      );
    case 'cancelled':
      if (problem.left === undefined) return say(l10n.t('Cancelled on {host}. Refresh to see its state.', { host }));
      return say(
        l10n.t('The run on {host} was cancelled {when}. {left} Refresh to see its state.', {
          host,
          when: problem.after === undefined ? runStepText(undefined) : l10n.t('after: {step}', { step: runStepText(problem.after) }),
          left: left(problem.left),
        }),
        transcript(),
      );
    case 'noShell':
      return say(
        l10n.t('{host} gives no usable shell; it answered: {output}. Check the login shell of the user.', {
          host,
          output: quoted(problem.output),
        }),
        transcript(),
      );
    case 'probeUnreadable':
      return say(
        l10n.t('The answer of {host} to the probe cannot be read: {output}. Try again; the transcript has all of it.', {
          host,
          output: quoted(problem.output),
        }),
        retry(),
        transcript(),
      );
    case 'outputTooLong':
      return say(
        l10n.t('{host} sent more than {size}, and was cut off. Look at the transcript.', { host, size: size(problem.bytes) }),
        transcript(),
      );
    case 'sudoMissing':
      return say(l10n.t('There is no sudo on {host}. Nothing was changed. Connect as root, or install sudo.', { host }), openSshConfig());
    case 'sudoNotAllowed':
      return say(
        l10n.t('{user} may not use sudo on {host}. Nothing was changed. Ask for sudo rights, or connect as root.', {
          host,
          user: plain(problem.user),
        }),
      );
    case 'sudoPasswordNeeded':
      return say(l10n.t('sudo on {host} asks for a password and none was given. Nothing was changed. Enter it to go on.', { host }), {
        label: l10n.t('Enter Password'),
        action: { do: 'retry' },
      });
    case 'sudoPasswordWrong':
      return say(
        l10n.t('sudo on {host} refused the password of {user}. Nothing was changed, and the password was forgotten. Enter it again.', {
          host,
          user: plain(problem.user),
        }),
        { label: l10n.t('Enter Password'), action: { do: 'retry' } },
      );
    case 'sudoNeedsTerminal':
      return say(
        l10n.t(
          'sudo on {host} insists on a terminal and did not accept ours. Nothing was changed. Connect as root, or ask for requiretty to be lifted.',
          { host },
        ),
        transcript(),
      );
  }
}
