import { l10n } from 'vscode';
import type { OpenSshNeed, Problem } from '../../../core/problem';
import { plain } from '../hostile';
import type { ProblemText } from './remedies';
import { allowLegacy, openLine, openSshConfig, retry, say, signIn, transcript } from './remedies';

type ConnectingProblem = Extract<
  Problem,
  {
    code:
      | 'connectTimeout'
      | 'connectFailed'
      | 'noCommonAlgorithm'
      | 'hostKeyUnknown'
      | 'hostKeyChanged'
      | 'hostKeyRevoked'
      | 'authFailed'
      | 'needsSignIn'
      | 'configInvalid'
      | 'sshClientMissing'
      | 'connectionLost';
  }
>;

/** Words of what can stand in the way of a connection. */
export function connectingText(problem: ConnectingProblem, host: string): ProblemText {
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
      return noCommonAlgorithm(problem, host);
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
      if (problem.unread) {
        return say(
          l10n.t(
            'The SSH configuration of {host} cannot be read for sure without OpenSSH’s ssh, which is not installed: {what}{place}. Install it, or take this out.',
            {
              host,
              what: plain(problem.what),
              place: placeInFile(problem.file, problem.line),
            },
          ),
          problem.file === undefined ? openSshConfig() : openLine(problem.file, problem.line),
        );
      }
      return say(
        l10n.t('The SSH configuration of {host} cannot be used: {what}. Correct it{place}.', {
          host,
          what: plain(problem.what),
          place: placeInFile(problem.file, problem.line),
        }),
        problem.file === undefined ? openSshConfig() : openLine(problem.file, problem.line),
      );
    case 'sshClientMissing':
      return say(
        l10n.t(
          '{host} can only be reached by the ssh command ({reason}), and there is none here. Check that OpenSSH’s client is installed.',
          {
            host,
            reason: openSshNeed(problem.need),
          },
        ),
        retry(),
      );
    case 'connectionLost':
      return say(
        l10n.t('The connection to {host} was lost: {reason}. What its last command did is not known; refresh to see.', {
          host,
          reason: plain(problem.reason),
        }),
        retry(),
      );
  }
}

function placeInFile(file: string | undefined, line: number | undefined): string {
  if (file === undefined) return '';
  return line === undefined ? l10n.t(' in {0}', plain(file)) : l10n.t(' in line {0} of {1}', line, plain(file));
}

function needsSignIn(why: Extract<Problem, { code: 'needsSignIn' }>['why'], host: string): string {
  switch (why) {
    case 'hostKey':
      return l10n.t('{host} shows a host key that you have not accepted yet. Sign in to compare it.', { host });
    case 'password':
      return l10n.t('{host} asks for a password. Sign in to enter it.', { host });
    case 'passphrase':
      return l10n.t('The key for {host} is protected by a passphrase. Sign in to enter it.', { host });
    case 'touch':
      return l10n.t('The key for {host} is on a security key that must be touched. Sign in to do so.', { host });
    case 'earlierFailure':
      return l10n.t('{host} refused to sign you in earlier, so it is not tried again by itself. Sign in to try.', { host });
  }
}

/** Why a hop goes by the system's OpenSSH client. */
export function openSshNeed(need: OpenSshNeed): string {
  switch (need.kind) {
    case 'shared':
      return l10n.t('your own ssh shares its connection');
    case 'chosen':
      return l10n.t('it was chosen in toa.ssh.clients');
    case 'option':
      return l10n.t('ssh_config says {0}', plain(need.option));
    case 'certificate':
      return l10n.t('a certificate signs you in');
    case 'securityKey':
      return l10n.t('a security key signs you in');
    case 'gssapi':
      return l10n.t('a Kerberos ticket signs you in');
    case 'hostCertificate':
      return l10n.t('a certificate authority vouches for it');
    case 'algorithm':
      return l10n.t('it wants {0}', plain(need.algorithm));
  }
}

/** Only where older algorithms would do is there something to allow. */
function noCommonAlgorithm(problem: Extract<Problem, { code: 'noCommonAlgorithm' }>, host: string): ProblemText {
  const shown = {
    host,
    kind: algorithmKind(problem.kind),
    offered: problem.offered.length > 0 ? plain(problem.offered.join(', ')) : l10n.t('none that is known'),
  };
  if (!problem.older) {
    return say(
      l10n.t('{host} and this editor share no {kind} algorithm; it offers {offered}. Update its SSH server.', shown),
      transcript(),
    );
  }
  return say(
    l10n.t(
      '{host} and this editor share no {kind} algorithm that is still thought safe; it offers {offered}. Update its SSH server, or allow this host alone the older, weak ones.',
      shown,
    ),
    allowLegacy(),
    transcript(),
  );
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
