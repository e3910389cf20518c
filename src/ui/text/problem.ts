import { l10n } from 'vscode';
import type { Problem } from '../../core/problem';
import { size } from './amount';
import { plain } from './hostile';
import { clockTime } from './time';
import { unsupportedText } from './unsupported';

/** What a button under a problem does. `retry` runs again what failed; the caller knows how. */
export type RemedyAction =
  | { readonly do: 'retry' }
  | { readonly do: 'command'; readonly command: string }
  | { readonly do: 'openFile'; readonly path: string; readonly line?: number }
  | { readonly do: 'openSetting'; readonly setting: string };

export interface Remedy {
  readonly label: string;
  readonly action: RemedyAction;
}

export interface ProblemText {
  /** What happened, on which host, what state it was left in, what to do. */
  readonly message: string;
  /** At most two buttons, the remedy first. */
  readonly remedies: readonly Remedy[];
}

/** Whom a problem is about: the host's name and, in a chain of jump hosts, the hop that failed. */
export interface ProblemPlace {
  readonly host: string;
  readonly hop?: string | undefined;
}

const retry = (): Remedy => ({ label: l10n.t('Retry'), action: { do: 'retry' } });
const signIn = (): Remedy => ({ label: l10n.t('Sign In…'), action: { do: 'command', command: 'toa.signIn' } });
const transcript = (): Remedy => ({ label: l10n.t('Show Transcript'), action: { do: 'command', command: 'toa.showTranscript' } });
const openSetting = (setting: string): Remedy => ({ label: l10n.t('Open Setting'), action: { do: 'openSetting', setting } });
const openLine = (path: string, line?: number): Remedy => ({
  label: l10n.t('Open Line'),
  action: line === undefined ? { do: 'openFile', path } : { do: 'openFile', path, line },
});
const newPlan = (): Remedy => ({ label: l10n.t('New Plan'), action: { do: 'retry' } });
const openSshConfig = (): Remedy => ({ label: l10n.t('Open SSH Config'), action: { do: 'openFile', path: '~/.ssh/config' } });

const left = (state: 'unchanged' | 'changed'): string =>
  state === 'unchanged' ? l10n.t('Nothing was changed.') : l10n.t('Something was changed; the next probe shows what.');

/**
 * The words of a problem. The only place that turns a `Problem` into text; every code has its sentence, the host's
 * name in it, and what to do at its end.
 */
export function problemText(problem: Problem, place: ProblemPlace): ProblemText {
  const host = plain(
    place.hop !== undefined && place.hop !== place.host ? l10n.t('{0} (on the way to {1})', place.hop, place.host) : place.host,
  );
  const say = (message: string, ...remedies: Remedy[]): ProblemText => ({ message, remedies: remedies.slice(0, 2) });
  switch (problem.code) {
    case 'connectTimeout':
      return say(
        l10n.t(
          'Timed out connecting to {host} ({address}) after {seconds} s. Check that the host is up and that its firewall admits you.',
          {
            host,
            address: plain(problem.address),
            seconds: problem.seconds,
          },
        ),
        retry(),
      );
    case 'connectFailed':
      return say(
        l10n.t('No connection to {host} ({address}): {reason}. Check the address and port, and that the SSH server runs.', {
          host,
          address: plain(problem.address),
          reason: plain(problem.reason),
        }),
        retry(),
      );
    case 'noCommonAlgorithm':
      return say(
        l10n.t(
          '{host} and this editor share no {kind} algorithm; it offers {offered}. Update its SSH server, or allow the older algorithm for this host.',
          {
            host,
            kind: algorithmKind(problem.kind),
            offered: problem.offered.length > 0 ? plain(problem.offered.join(', ')) : l10n.t('none that is known'),
          },
        ),
        transcript(),
      );
    case 'hostKeyUnknown':
      return say(
        l10n.t(
          'The host key of {host} ({address}) is not in your known_hosts file. Not connected, nothing secret was sent. Sign in to compare its {type} fingerprint {fingerprint}.',
          {
            host,
            address: plain(problem.address),
            type: plain(problem.keyType),
            fingerprint: plain(problem.fingerprint),
          },
        ),
        signIn(),
      );
    case 'hostKeyChanged':
      return say(
        l10n.t(
          'The host key of {host} changed: {fingerprint} instead of {known}. Not connected, nothing secret was sent. If the change is expected, remove line {line} of {file}.',
          {
            host,
            fingerprint: plain(problem.fingerprint),
            known: plain(problem.known),
            line: problem.line,
            file: plain(problem.file),
          },
        ),
        openLine(problem.file, problem.line),
      );
    case 'hostKeyRevoked':
      return say(
        l10n.t(
          'The host key {fingerprint} of {host} is marked as revoked. Not connected, nothing secret was sent. Look at line {line} of {file}.',
          {
            host,
            fingerprint: plain(problem.fingerprint),
            line: problem.line,
            file: plain(problem.file),
          },
        ),
        openLine(problem.file, problem.line),
      );
    case 'authFailed':
      return say(
        l10n.t('{host} refused every way to sign in as {user}. Tried: {tried}. Check User and IdentityFile.', {
          host,
          user: plain(problem.user),
          tried: problem.tried.length > 0 ? plain(problem.tried.join(', ')) : l10n.t('nothing, for want of a key or password'),
        }),
        signIn(),
        openSshConfig(),
      );
    case 'needsSignIn':
      return say(needsSignIn(problem.why, host), signIn());
    case 'configInvalid':
      return say(
        l10n.t('The SSH configuration of {host} cannot be used: {what}. Correct it{place}.', {
          host,
          what: plain(problem.what),
          place:
            problem.file === undefined
              ? ''
              : problem.line === undefined
                ? l10n.t(' in {0}', plain(problem.file))
                : l10n.t(' in line {0} of {1}', problem.line, plain(problem.file)),
        }),
        problem.file === undefined ? openSshConfig() : openLine(problem.file, problem.line),
      );
    case 'connectionLost':
      return say(
        l10n.t('The connection to {host} was lost: {reason}. What its last command did is not known; refresh to see.', {
          host,
          reason: plain(problem.reason),
        }),
        retry(),
      );
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
      return say(l10n.t('Cancelled on {host}. Refresh to see its state.', { host }));
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
          changed: plain(problem.changed.join(', ')),
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
        l10n.t('{host} was not rebooted: {what} of kernel {release} is missing. Look at /boot there, or install the kernel again.', {
          host,
          what: missingPart(problem.missing),
          release: plain(problem.release),
        }),
        transcript(),
      );
    case 'downloadFailed':
      return say(
        l10n.t(
          'The package for {host} could not be fetched from {url}: {reason}. Nothing was sent to the host. Download it elsewhere and name the file in {setting}.',
          {
            host,
            url: plain(problem.url),
            reason: plain(problem.reason),
            setting: problem.setting,
          },
        ),
        openSetting(problem.setting),
        retry(),
      );
    case 'fileUnreadable':
      return say(
        l10n.t('The package file {path} for {host} cannot be read: {reason}. Check {setting}.', {
          host,
          path: plain(problem.path),
          reason: plain(problem.reason),
          setting: problem.setting,
        }),
        openSetting(problem.setting),
      );
    case 'notAnRpm':
      return say(
        l10n.t('The file for {host} is not an RPM package: {looks}. Nothing was sent to the host. Check {setting}.', {
          host,
          looks: looksLike(problem.looksLike),
          setting: problem.setting,
        }),
        openSetting(problem.setting),
      );
    case 'hashMismatch':
      return say(
        l10n.t(
          'The SHA-256 of {file} is {actual}, not the pinned {expected}. Nothing was sent to {host}. Download it again, or correct the pin.',
          {
            host,
            file: plain(problem.file),
            actual: plain(problem.actual),
            expected: plain(problem.expected),
          },
        ),
        { label: l10n.t('Download Again'), action: { do: 'retry' } },
        openSetting(problem.setting),
      );
    case 'packageUnexpected':
      return say(
        l10n.t('The package holds {actual}, {host} needs {expected}. Nothing was installed. Choose the right package.', {
          host,
          actual: plain(problem.actual),
          expected: plain(problem.expected),
        }),
        openSetting(problem.setting),
      );
    case 'uploadCorrupt':
      return say(
        l10n.t('{file} arrived on {host} with another SHA-256 than it left with. Nothing was installed. Upload it again.', {
          host,
          file: plain(problem.file),
        }),
        retry(),
      );
    case 'hostBusy':
      return say(
        l10n.t('Another change is running on {host}{since}{by}. Wait for it to end, then try again.', {
          host,
          since: problem.since === undefined ? '' : l10n.t(', begun {0}', clockTime(problem.since)),
          by: problem.by === undefined ? '' : l10n.t(' by {0}', plain(problem.by)),
        }),
        retry(),
      );
    case 'yumLocked':
      return say(
        l10n.t('yum on {host} is locked by process {pid} ({command}). Nothing was changed. Wait for it to end, then try again.', {
          host,
          pid: problem.pid,
          command: plain(problem.command, 120),
        }),
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

/** The host's own words inside a sentence: one line, bounded, without the full stop that would be doubled. */
const quoted = (text: string): string => plain(text.trim().replace(/\s+/g, ' '), 240).replace(/\.$/, '');

function needsSignIn(why: Extract<Problem, { code: 'needsSignIn' }>['why'], host: string): string {
  switch (why) {
    case 'hostKey':
      return l10n.t('{host} shows a host key that you have not accepted yet. Sign in to compare it.', { host });
    case 'password':
      return l10n.t('{host} asks for a password. Sign in to enter it.', { host });
    case 'passphrase':
      return l10n.t('The key for {host} is protected by a passphrase. Sign in to enter it.', { host });
    case 'earlierFailure':
      return l10n.t('{host} refused to sign you in earlier, so it is not tried again by itself. Sign in to try.', { host });
  }
}

function algorithmKind(kind: Extract<Problem, { code: 'noCommonAlgorithm' }>['kind']): string {
  switch (kind) {
    case 'kex':
      return l10n.t('key exchange');
    case 'hostKey':
      return l10n.t('host key');
    case 'cipher':
      return l10n.t('cipher');
    case 'mac':
      return l10n.t('message authentication');
  }
}

function missingPart(part: 'package' | 'vmlinuz' | 'initramfs' | 'entry' | 'loader'): string {
  switch (part) {
    case 'package':
      return l10n.t('the installed package');
    case 'vmlinuz':
      return l10n.t('the vmlinuz');
    case 'initramfs':
      return l10n.t('the initramfs');
    case 'entry':
      return l10n.t('the boot entry');
    case 'loader':
      return l10n.t('a boot loader that can be read');
  }
}

function looksLike(what: Extract<Problem, { code: 'notAnRpm' }>['looksLike']): string {
  switch (what) {
    case 'html':
      return l10n.t('it begins with an HTML page');
    case 'empty':
      return l10n.t('it is empty');
    case 'truncated':
      return l10n.t('it ends too early');
    case 'other':
      return l10n.t('it does not begin as one');
  }
}

function logUnreadable(problem: Extract<Problem, { code: 'logUnreadable' }>, host: string): string {
  const path = plain(problem.path);
  switch (problem.reason) {
    case 'permission':
      return l10n.t('{path} on {host} cannot be read by this user. Allow sudo for reading, or choose another log.', { path, host });
    case 'missing':
      return l10n.t('There is no {path} on {host}. Choose another log.', { path, host });
    case 'notAFile':
      return l10n.t('{path} on {host} is not a regular file. Choose another log.', { path, host });
  }
}
