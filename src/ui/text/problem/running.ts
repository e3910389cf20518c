import { l10n } from 'vscode';
import type { Problem } from '../../../core/problem';
import { unitOf } from '../../../core/log/journal';
import { plain } from '../hostile';
import { clockTime } from '../time';
import type { ProblemText } from './remedies';
import { followRun, left, newPlan, quoted, retry, say, transcript } from './remedies';

type RunningProblem = Extract<
  Problem,
  {
    code:
      | 'hostBusy'
      | 'diskFull'
      | 'yumLocked'
      | 'rpmRefused'
      | 'stepFailed'
      | 'defaultMoved'
      | 'runLost'
      | 'shutdownHangs'
      | 'notBack'
      | 'bootedOther'
      | 'modprobeFailed'
      | 'logUnreadable'
      | 'unexpected';
  }
>;

/** Words of what can go wrong with a run, a reboot, a log, or ourselves. */
export function runningText(problem: RunningProblem, host: string): ProblemText {
  switch (problem.code) {
    case 'hostBusy':
      return say(
        l10n.t('Another change is running on {host}{since}{by}. Wait for it to end, then try again.', {
          host,
          since: problem.since === undefined ? '' : l10n.t(', begun {0}', clockTime(problem.since)),
          by: problem.by === undefined ? '' : l10n.t(' by {0}', plain(problem.by)),
        }),
        followRun(),
        retry(),
      );
    case 'diskFull':
      return say(
        l10n.t('There was no room left on {where} of {host}. {left} Free some space there and plan again, which finishes what was begun.', {
          host,
          where: plain(problem.where),
          left: left(problem.left),
        }),
        newPlan(),
        transcript(),
      );
    case 'yumLocked':
      return say(
        l10n.t(
          'Packages on {host} are being changed by process {pid} ({command}). Nothing was changed. Wait for it to end, then try again.',
          {
            host,
            pid: problem.pid,
            command: plain(problem.command, 120),
          },
        ),
        retry(),
      );
    case 'rpmRefused':
      return say(
        l10n.t('The package tool on {host} refused: {message}. {left} Read the transcript before trying again.', {
          host,
          message: quoted(problem.message),
          left: left(problem.left),
        }),
        transcript(),
      );
    case 'stepFailed':
      return say(
        l10n.t('A step failed on {host} ({step}, exit code {exit}): {message}. {left} Read the transcript before trying again.', {
          host,
          step: plain(problem.step),
          exit: problem.exit,
          message: quoted(problem.message),
          left: left(problem.left),
        }),
        transcript(),
      );
    case 'defaultMoved':
      return say(
        l10n.t(
          'The default kernel of {host} is {actual}, not {expected}, and could not be set back. Set it with grubby before the host restarts.',
          {
            host,
            actual: plain(problem.actual),
            expected: plain(problem.expected),
          },
        ),
        transcript(),
      );
    case 'runLost':
      return say(
        l10n.t('Run {run} on {host} ended without saying how. Refresh to see what is there, then make a new plan.', {
          host,
          run: plain(problem.run),
        }),
        transcript(),
      );
    case 'shutdownHangs':
      return say(
        l10n.t('{host} has not shut down within {seconds} s; it may be stuck on the way down. Look at its console.', {
          host,
          seconds: problem.seconds,
        }),
        transcript(),
      );
    case 'notBack':
      return say(
        l10n.t(
          '{host} did not come back within {minutes} minutes after the reboot. Look at its console; the original kernel is still in its boot menu.',
          {
            host,
            minutes: Math.round(problem.seconds / 60),
          },
        ),
        retry(),
        transcript(),
      );
    case 'bootedOther':
      return say(
        l10n.t('{host} rebooted into {actual}, not {expected}. Nothing is lost. Read the transcript before trying again.', {
          host,
          actual: plain(problem.actual),
          expected: plain(problem.expected),
        }),
        transcript(),
      );
    case 'modprobeFailed':
      return say(
        l10n.t('modprobe toa failed on {host}: {message}. Read its kernel log, then try again.', {
          host,
          message: quoted(problem.message),
        }),
        transcript(),
      );
    case 'logUnreadable':
      return say(logUnreadable(problem, host));
    case 'unexpected':
      return say(
        l10n.t('Something unforeseen went wrong with {host}: {message}. Try again; the transcript has the rest.', {
          host,
          message: quoted(problem.message),
        }),
        transcript(),
      );
  }
}

function logUnreadable(problem: Extract<Problem, { code: 'logUnreadable' }>, host: string): string {
  const path = plain(problem.path);
  const unit = unitOf(problem.path);
  switch (problem.reason) {
    case 'noJournal':
      return l10n.t('{host} has no systemd journal. Choose a log file.', { host });
    case 'permission':
      if (unit !== undefined) {
        return l10n.t('The journal of {host} cannot be read by this user. Allow sudo for reading, or choose another log.', { host });
      }
      return l10n.t('{path} on {host} cannot be read by this user. Allow sudo for reading, or choose another log.', { path, host });
    case 'missing':
      if (unit !== undefined) {
        return l10n.t('The journal of {host} holds nothing of the unit {unit}. Choose another log.', { host, unit: plain(unit) });
      }
      return l10n.t('There is no {path} on {host}. Choose another log.', { path, host });
    case 'notAFile':
      return l10n.t('{path} on {host} is not a regular file. Choose another log.', { path, host });
  }
}
