import { l10n } from 'vscode';
import type { Problem } from '../../core/problem';
import { plain } from './hostile';
import { connectingText } from './problem/connecting';
import { commandsText } from './problem/commands';
import { planningText } from './problem/planning';
import { packagesText } from './problem/packages';
import { runningText } from './problem/running';
import { trialText } from './problem/trial';
import type { ProblemText } from './problem/remedies';

export type { ProblemText, Remedy, RemedyAction } from './problem/remedies';

/** Whom a problem is about: the host's name and, in a chain of jump hosts, the hop that failed. */
export interface ProblemPlace {
  readonly host: string;
  readonly hop?: string | undefined;
}

/**
 * The words of a problem. The only place that turns a `Problem` into text; every code has its sentence, the host's
 * name in it, and what to do at its end.
 */
export function problemText(problem: Problem, place: ProblemPlace): ProblemText {
  const host = plain(
    place.hop !== undefined && place.hop !== place.host ? l10n.t('{0} (on the way to {1})', place.hop, place.host) : place.host,
  );
  switch (problem.code) {
    case 'connectTimeout':
    case 'connectFailed':
    case 'noCommonAlgorithm':
    case 'hostKeyUnknown':
    case 'hostKeyChanged':
    case 'hostKeyRevoked':
    case 'authFailed':
    case 'needsSignIn':
    case 'configInvalid':
    case 'sshClientMissing':
    case 'connectionLost':
      return connectingText(problem, host);
    case 'deadline':
    case 'cancelled':
    case 'noShell':
    case 'probeUnreadable':
    case 'outputTooLong':
    case 'sudoMissing':
    case 'sudoNotAllowed':
    case 'sudoPasswordNeeded':
    case 'sudoPasswordWrong':
    case 'sudoNeedsTerminal':
      return commandsText(problem, host);
    case 'unsupported':
    case 'noWayBack':
    case 'planStale':
    case 'bootNotMounted':
    case 'secureBoot':
    case 'spaceLow':
    case 'kernelNotBootable':
      return planningText(problem, host);
    case 'downloadFailed':
    case 'fileUnreadable':
    case 'notAnRpm':
    case 'hashMismatch':
    case 'packageUnexpected':
    case 'uploadCorrupt':
      return packagesText(problem, host);
    case 'trialRefused':
    case 'returned':
    case 'trialOver':
    case 'notLoadedYet':
      return trialText(problem, host);
    case 'hostBusy':
    case 'diskFull':
    case 'yumLocked':
    case 'rpmRefused':
    case 'stepFailed':
    case 'defaultMoved':
    case 'runLost':
    case 'shutdownHangs':
    case 'notBack':
    case 'bootedOther':
    case 'modprobeFailed':
    case 'logUnreadable':
    case 'unexpected':
      return runningText(problem, host);
  }
}
