import type { ReturnReason, TrialRefusal } from './trial';

/** The phase of a connection in which it failed. */
export type ConnectPhase = 'resolve' | 'tcp' | 'handshake' | 'hostkey' | 'auth' | 'session';

/**
 * Everything that can go wrong, as data. One place (`src/ui/text/problem.ts`) turns a problem into words and a
 * remedy; nothing else may decide by text. Fields hold what the words need, never a sentence.
 */
export type Problem =
  // connecting
  | { readonly code: 'connectTimeout'; readonly address: string; readonly seconds: number; readonly phase: ConnectPhase }
  | { readonly code: 'connectFailed'; readonly address: string; readonly reason: string; readonly phase: ConnectPhase }
  | {
      readonly code: 'noCommonAlgorithm';
      readonly kind: 'kex' | 'hostKey' | 'cipher' | 'mac';
      readonly offered: readonly string[];
      /** The older algorithms that are switched off would do. */
      readonly older: boolean;
    }
  | { readonly code: 'hostKeyUnknown'; readonly address: string; readonly keyType: string; readonly fingerprint: string }
  | {
      readonly code: 'hostKeyChanged';
      readonly address: string;
      readonly keyType: string;
      readonly fingerprint: string;
      readonly known: string;
      readonly file: string;
      readonly line: number;
    }
  | {
      readonly code: 'hostKeyRevoked';
      readonly address: string;
      readonly fingerprint: string;
      readonly file: string;
      readonly line: number;
    }
  | { readonly code: 'authFailed'; readonly user: string; readonly tried: readonly string[] }
  | { readonly code: 'needsSignIn'; readonly why: 'hostKey' | 'password' | 'passphrase' | 'touch' | 'earlierFailure' }
  | {
      readonly code: 'configInvalid';
      readonly what: string;
      readonly file?: string;
      readonly line?: number;
      /** There is no ssh client to ask, and it cannot be told for sure without one. */
      readonly unread?: true;
    }
  | { readonly code: 'sshClientMissing'; readonly need: OpenSshNeed }
  | { readonly code: 'connectionLost'; readonly reason: string }
  // commands on the host
  | { readonly code: 'deadline'; readonly what: string; readonly seconds: number }
  /** Of a run: `after` is its last step that was done, none where it had not begun one. */
  | { readonly code: 'cancelled'; readonly after?: string; readonly left?: RunLeft }
  | { readonly code: 'noShell'; readonly output: string }
  | { readonly code: 'probeUnreadable'; readonly output: string }
  | { readonly code: 'outputTooLong'; readonly bytes: number }
  // becoming root
  | { readonly code: 'sudoMissing' }
  | { readonly code: 'sudoNotAllowed'; readonly user: string }
  | { readonly code: 'sudoPasswordNeeded'; readonly user: string }
  | { readonly code: 'sudoPasswordWrong'; readonly user: string }
  | { readonly code: 'sudoNeedsTerminal' }
  // planning
  | { readonly code: 'unsupported'; readonly reason: UnsupportedReason; readonly system: string }
  | { readonly code: 'noWayBack'; readonly running: string; readonly missing: 'package' | 'vmlinuz' | 'initramfs' | 'entry' | 'loader' }
  | { readonly code: 'planStale'; readonly changed: readonly FactName[] }
  | { readonly code: 'bootNotMounted' }
  | { readonly code: 'secureBoot' }
  | { readonly code: 'spaceLow'; readonly where: string; readonly freeBytes: number; readonly neededBytes: number }
  | { readonly code: 'kernelNotBootable'; readonly release: string; readonly missing: 'vmlinuz' | 'initramfs' | 'entry' }
  // packages
  | { readonly code: 'downloadFailed'; readonly url: string; readonly reason: string; readonly setting: string }
  | { readonly code: 'fileUnreadable'; readonly path: string; readonly reason: string; readonly setting: string }
  | {
      readonly code: 'notAnRpm';
      readonly file: string;
      readonly looksLike: 'html' | 'empty' | 'truncated' | 'other';
      readonly setting: string;
    }
  | { readonly code: 'hashMismatch'; readonly file: string; readonly expected: string; readonly actual: string; readonly setting: string }
  | {
      readonly code: 'packageUnexpected';
      readonly file: string;
      readonly expected: string;
      readonly actual: string;
      readonly setting: string;
    }
  | { readonly code: 'uploadCorrupt'; readonly file: string; readonly expected: string; readonly actual: string }
  // a run
  | { readonly code: 'hostBusy'; readonly run: string; readonly since?: number; readonly by?: string }
  /** What a run had to write found no room on this filesystem. */
  | { readonly code: 'diskFull'; readonly where: string; readonly left: RunLeft }
  | { readonly code: 'yumLocked'; readonly pid: number; readonly command: string }
  | { readonly code: 'rpmRefused'; readonly remedy: InstallRemedy; readonly message: string; readonly left: RunLeft }
  | {
      readonly code: 'stepFailed';
      readonly step: string;
      readonly exit: number;
      readonly message: string;
      readonly left: RunLeft;
    }
  | { readonly code: 'defaultMoved'; readonly expected: string; readonly actual: string }
  | { readonly code: 'runLost'; readonly run: string }
  // reboot
  | { readonly code: 'shutdownHangs'; readonly seconds: number }
  | { readonly code: 'notBack'; readonly seconds: number }
  | { readonly code: 'bootedOther'; readonly expected: string; readonly actual: string }
  | { readonly code: 'trialRefused'; readonly why: TrialRefusal; readonly about: string; readonly release: string }
  | { readonly code: 'returned'; readonly reason: ReturnReason | undefined; readonly release: string; readonly original: string }
  | { readonly code: 'trialOver'; readonly state: string }
  | { readonly code: 'notLoadedYet'; readonly release: string }
  | { readonly code: 'modprobeFailed'; readonly message: string }
  // logs
  | { readonly code: 'logUnreadable'; readonly path: string; readonly reason: 'permission' | 'missing' | 'notAFile' | 'noJournal' }
  // anything we did not foresee: a defect of ours
  | { readonly code: 'unexpected'; readonly message: string };

/** What stands in the way of a connection for a while and may pass by itself; anything else needs a person. */
export const mayPass = (problem: Problem): boolean =>
  ['connectionLost', 'connectTimeout', 'connectFailed', 'noShell', 'deadline'].includes(problem.code);

/** Why a hop goes by the system's own OpenSSH client. */
export type OpenSshNeed =
  | { readonly kind: 'chosen' } // by the person, in the settings
  | { readonly kind: 'shared' } // the person's own ssh already holds a connection to it
  | { readonly kind: 'option'; readonly option: string } // of ssh_config
  | { readonly kind: 'certificate' } // to sign in with
  | { readonly kind: 'securityKey' } // FIDO
  | { readonly kind: 'gssapi' }
  | { readonly kind: 'hostCertificate' } // known by its authority alone
  | { readonly kind: 'algorithm'; readonly algorithm: string };

/** A hop of the way to a host that goes by the system's OpenSSH client. */
export interface OpenSshHop {
  /** Its own name. */
  readonly hop: string;
  readonly need: OpenSshNeed;
}

/** What a failed run has left, by the probes before and after it; `unknown`: the one after it failed. */
export type RunLeft = 'unchanged' | 'changed' | 'unknown';

/** A fact that a plan stands on. */
export type FactName = 'runningKernel' | 'bootId' | 'defaultKernel' | 'installedKernels' | 'firmware' | 'autoload';

/** What the vendor's procedure, or yum, allows after the package tool refused; each is the user's informed choice. */
export type InstallRemedy =
  | 'nodeps' // a dependency is missing
  | 'repositories' // a dependency is missing and repositories were switched off
  | 'oldpackage' // a newer kernel is installed
  | 'disableExcludes' // yum drops the package: exclude=kernel*
  | 'nogpgcheck' // localpkg_gpgcheck=1 and the package is unsigned
  | 'rpm' // yum itself is broken: fall back to rpm -ivh
  | 'space' // no room on a filesystem
  | 'conflict' // file conflicts
  | 'none';

export type UnsupportedReason = 'distribution' | 'version' | 'architecture' | 'container' | 'kernelFlavour' | 'noRpm';

/**
 * The one error type that crosses modules: a problem, the host it is about, and the hop of a jump chain where that differs. `also`: a
 * second problem that came with it and is told behind it. `openSsh`: the hop was tried by the system's OpenSSH client.
 */
export class HostError extends Error {
  override readonly name = 'HostError';
  constructor(
    readonly problem: Problem,
    readonly host: string,
    readonly options: { readonly hop?: string; readonly also?: Problem; readonly openSsh?: OpenSshHop; readonly cause?: unknown } = {},
  ) {
    super(`${host}: ${problem.code}`, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The problem inside anything thrown; what is not a HostError is `unexpected` (or `cancelled` for an AbortError). */
export function problemOf(error: unknown): Problem {
  if (error instanceof HostError) return error.problem;
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled' };
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}
