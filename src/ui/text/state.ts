import { l10n } from 'vscode';
import type { HostFacts } from '../../core/facts';
import type { Problem } from '../../core/problem';
import type { HostState } from '../../core/state';
import { isToaRelease } from '../../core/vendor';
import type { HostView } from '../../engine/hostStore';
import { count, kernelName } from './amount';
import { plain } from './hostile';
import { driftedMeaning, driftText } from './drift';
import { interruptedMeaning, runningMeaning, undoneMeaning } from './run';
import { runStepText } from './runStep';
import { age, inTime } from './time';
import { returnText } from './trial';
import { unsupportedText } from './unsupported';

/** Name of a state for people: first line of a tooltip, `Last known: …`. */
export function stateLabel(state: HostState): string {
  switch (state.kind) {
    case 'unknown':
      return l10n.t('Not probed');
    case 'needsSignIn':
      return l10n.t('Needs sign-in');
    case 'unreachable':
      return l10n.t('Unreachable');
    case 'unsupported':
      return l10n.t('Unsupported');
    case 'running':
      return l10n.t('Running');
    case 'interrupted':
      return l10n.t('Interrupted');
    case 'undone':
      return l10n.t('Undone');
    case 'notInstalled':
      return l10n.t('Not installed');
    case 'awaitingReboot':
      return l10n.t('Awaiting reboot');
    case 'trial':
      return l10n.t('On trial');
    case 'notLoaded':
      return l10n.t('Module not loaded');
    case 'loaded':
      return l10n.t('Loaded');
    case 'receiving':
      return l10n.t('Receiving');
    case 'delivering':
      return state.likely ? l10n.t('Delivering, likely working') : l10n.t('Delivering');
    case 'proven':
      return l10n.t('Proven');
    case 'drifted':
      return l10n.t('Drifted');
  }
}

/** The short grey text beside the host's name, for a state that is fresh. */
function stateDescription(state: HostState, view: HostView, now: number): string {
  switch (state.kind) {
    case 'unknown':
      return l10n.t('not probed yet');
    case 'needsSignIn':
      return l10n.t('needs sign-in');
    case 'unreachable':
      return view.probedAt === undefined
        ? l10n.t('unreachable: {0}', unreachableReason(state.problem))
        : l10n.t('unreachable: {0} · {1}', unreachableReason(state.problem), age(view.probedAt, now));
    case 'unsupported':
      return l10n.t('unsupported: {0}', systemName(view, state.system));
    case 'running':
      return l10n.t('running: {0}', runStepText(state.run.step));
    case 'interrupted':
      return l10n.t('interrupted at: {0}', runStepText(state.run.step));
    case 'undone':
      return isToaRelease(state.running)
        ? l10n.t('undone, TOA kernel runs until the next boot')
        : l10n.t('undone, TOA kernel still installed');
    case 'notInstalled':
      return l10n.t('not installed · {0}', systemName(view, state.system));
    case 'awaitingReboot':
      return state.returned === undefined ? l10n.t('installed, awaiting reboot') : l10n.t('installed, last trial returned');
    case 'trial':
      return state.returnsAt === undefined
        ? l10n.t('on trial, not the default yet')
        : l10n.t('on trial, returns {0}', inTime(state.returnsAt, now));
    case 'notLoaded':
      return l10n.t('booted, module not loaded');
    case 'loaded':
      return l10n.t('loaded · {0}', countersText(state.counters));
    case 'receiving':
      return l10n.t('receiving · +{0}/min', count(Math.round(state.perMinute)));
    case 'delivering':
      return state.likely ? l10n.t('delivering · likely in the log') : l10n.t('delivering · log not seen yet');
    case 'proven':
      return l10n.t('proven · {0}', age(state.proof.at, now));
    case 'drifted':
      return l10n.t('drifted: {0}', state.drift.map(driftText).join(', '));
  }
}

const SHORT: Readonly<Record<string, string>> = { centos: 'CentOS', rhel: 'RHEL', debian: 'Debian', ol: 'Oracle Linux', ubuntu: 'Ubuntu' };

/** `CentOS 7.6`; what the host calls itself where that is not known. */
export function systemName({ facts }: { readonly facts?: Pick<HostFacts, 'system'> }, name: string): string {
  const short = facts && SHORT[facts.system.id];
  return short === undefined
    ? plain(name, 60)
    : `${short} ${plain(/^\d+(\.\d+)?/.exec(facts?.system.version ?? '')?.[0] ?? '', 20)}`.trim();
}

/** What the tree shows beside the name: busy before stale before the state. */
export function descriptionText(view: HostView, now: number): string {
  const { busy } = view;
  if (busy !== undefined) {
    return busy.n !== undefined && busy.of !== undefined
      ? l10n.t('{0}, step {1} of {2}', busyText(busy.goal), busy.n, busy.of)
      : l10n.t('{0}…', busyText(busy.goal));
  }
  if (view.stale && view.probedAt !== undefined && hasEvidence(view.state)) {
    return l10n.t('stale: {0} {1}', stateLabel(view.state).toLowerCase(), age(view.probedAt, now));
  }
  return stateDescription(view.state, view, now);
}

/** True for states that a probe made: only these can become stale. */
export const hasEvidence = (state: HostState): boolean =>
  state.kind !== 'unknown' && state.kind !== 'needsSignIn' && state.kind !== 'unreachable';

/** The sentence that says what the state means. */
export function stateMeaning(view: HostView): string {
  const { state } = view;
  switch (state.kind) {
    case 'unknown':
      return l10n.t('Nothing is known about this host. Refresh to probe it; a probe changes nothing.');
    case 'needsSignIn':
    case 'unreachable':
      return '';
    case 'unsupported':
      return l10n.t('TOA cannot be installed: {0}. The log can still be read.', unsupportedText(state.reason, state.system));
    case 'running':
      return runningMeaning(state.run, view);
    case 'interrupted':
      return interruptedMeaning(state.run, view);
    case 'undone':
      return undoneMeaning(state.running, state.release);
    case 'notInstalled':
      return l10n.t('No TOA kernel is installed. The system is supported.');
    case 'awaitingReboot': {
      const installed = l10n.t(
        'Evidence 0 of 5. {0} is installed; {1} is running.',
        kernelName(plain(state.release)),
        kernelName(plain(state.running)),
      );
      return state.returned === undefined ? installed : `${installed} ${returnText(state.returned)}`;
    }
    case 'trial': {
      const words = { new: kernelName(plain(state.release)), old: kernelName(plain(state.original)) };
      return state.returnsAt === undefined
        ? l10n.t(
            '{new} runs and stays up, but {old} is still the default. Once its module is loaded, Keep TOA Kernel makes it the default.',
            words,
          )
        : l10n.t('{new} was booted once. Unless somebody keeps it, the host returns to {old} by itself.', words);
    }
    case 'notLoaded':
      return l10n.t('Evidence 1 of 5. The TOA kernel runs, the module is not in /proc/modules.');
    case 'loaded':
      return l10n.t('Evidence 2 of 5. Loaded is not yet working: no visitor’s address was received.');
    case 'receiving':
      return l10n.t('Evidence 3 of 5. syn_recv_sock_toa rises; the application has not asked yet.');
    case 'delivering':
      return state.likely
        ? l10n.t(
            'Evidence 4 of 5. getname_toa_ok rises, and the log shows addresses that are nobody’s raw peer. A test with your own address proves it.',
          )
        : l10n.t('Evidence 4 of 5. getname_toa_ok rises; no log line has shown it yet.');
    case 'proven':
      return l10n.t('Evidence 5 of 5. {0} in {1}, peer {2}.', plain(state.proof.address), plain(state.proof.log), plain(state.proof.peer));
    case 'drifted':
      return driftedMeaning(state.drift, state.was, view);
  }
}

/** Why a host cannot be reached, in one or two words. */
function unreachableReason(problem: Problem): string {
  switch (problem.code) {
    case 'connectTimeout':
      return l10n.t('timed out');
    case 'connectFailed':
      return plain(problem.reason, 60);
    case 'noCommonAlgorithm':
      return l10n.t('no common algorithm');
    case 'hostKeyChanged':
      return l10n.t('host key changed');
    case 'hostKeyRevoked':
      return l10n.t('host key revoked');
    case 'hostKeyUnknown':
      return l10n.t('host key not accepted');
    case 'authFailed':
      return l10n.t('sign-in refused');
    case 'configInvalid':
      return l10n.t('SSH configuration');
    case 'connectionLost':
      return l10n.t('connection lost');
    case 'deadline':
      return l10n.t('no answer in time');
    case 'noShell':
    case 'probeUnreadable':
    case 'outputTooLong':
      return l10n.t('unreadable answer');
    default:
      return l10n.t('probe failed');
  }
}

function countersText(counters: 'flat' | 'unread' | 'first'): string {
  switch (counters) {
    case 'flat':
      return l10n.t('counters flat');
    case 'unread':
      return l10n.t('counters not readable');
    case 'first':
      return l10n.t('counters read once');
  }
}

/** What a host is busy with. Goals are ours; one without words shows itself. */
export function busyText(goal: string): string {
  switch (goal) {
    case 'probe':
      return l10n.t('probing');
    case 'connect':
      return l10n.t('connecting');
    case 'install':
      return l10n.t('installing');
    case 'repair':
      return l10n.t('repairing');
    case 'undo':
      return l10n.t('undoing');
    case 'follow':
      return l10n.t('following a run');
    case 'plan':
      return l10n.t('planning');
    case 'reboot':
      return l10n.t('rebooting');
    case 'verify':
      return l10n.t('verifying');
    case 'ownAddress':
      return l10n.t('testing with an own address');
    case 'loadModule':
      return l10n.t('loading the module');
    case 'bootOriginal':
      return l10n.t('booting the original kernel');
    case 'trial':
      return l10n.t('deciding about the trial');
    case 'return':
      return l10n.t('returning to the original kernel');
    default:
      return plain(goal, 60);
  }
}
