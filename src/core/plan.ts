import type { HostFacts } from './facts';
import type { LogSample } from './log/sample';

/** The vendor's table (domain of the product): which packages a system takes. RHEL 6 and 7 take the row of their major version. */
export type VendorRow = 'el7' | 'el6';

/** One package of a row. `key` is the settings key under `toa.packages`. */
export interface VendorPackage {
  readonly key: 'el7' | 'el6Firmware' | 'el6Kernel';
  readonly name: 'kernel' | 'kernel-firmware';
  /** File name of the vendor's package. */
  readonly file: string;
  /** `name-version-release.arch` that `rpm -qp` must answer. */
  readonly nevra: string;
  /** The vendor's address: plain http, no checksum, no signature. */
  readonly url: string;
}

/** A package on the editor's machine, read and hashed. */
export interface LocalPackage extends VendorPackage {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** `setting`: equal to the pin in settings; `confirmed`: the person compared and pinned it now. */
  readonly pin: 'setting' | 'confirmed';
  /** Where it was read from: an address or a file. */
  readonly from: string;
}

/** What the person chose after a tool refused, or before; all off is the vendor's plain procedure. */
export interface InstallChoices {
  /** el7: `yum localinstall` (preferred by the vendor) or `rpm -ivh`; el6 is always rpm. */
  readonly tool: 'yum' | 'rpm';
  /** yum may use the host's repositories (most are gone for EL6 and EL7). */
  readonly repositories: boolean;
  readonly nodeps: boolean;
  readonly oldpackage: boolean;
  /** replacepkgs + replacefiles + oldpackage; the vendor's flag, offered only for a file conflict. */
  readonly force: boolean;
  readonly disableExcludes: boolean;
  readonly nogpgcheck: boolean;
}

export type StepId =
  | 'checkFacts'
  | 'stagePackages'
  | 'recordOriginal'
  | 'makeRunningDefault'
  | 'holdDefault'
  | 'installFirmware'
  | 'installKernel'
  | 'keepDefault'
  | 'releaseDefault'
  | 'writeAutoload'
  | 'keepKernels'
  | 'freeRpm'
  | 'clearPartial'
  | 'reinstallKernel'
  | 'addEntry'
  | 'finishKernel'
  | 'setDefault'
  | 'loadModule'
  | 'setOriginalDefault'
  | 'removeAutoload'
  | 'releaseKernels'
  | 'removeKernel'
  | 'checkAfter';

export interface PlanStep {
  readonly id: StepId;
  /** The commands of this step exactly as they stand in the script. */
  readonly commands: string;
  /** Values for the step's wording: kernel releases, file names. */
  readonly about: Readonly<Record<string, string>>;
}

export type PlanWarning =
  | { readonly code: 'olderKernel'; readonly target: string; readonly running: string; readonly row: VendorRow }
  | { readonly code: 'notAuthenticated'; readonly files: readonly string[]; readonly plainHttp: boolean }
  | { readonly code: 'forgeable'; readonly cidrs: readonly string[] }
  | { readonly code: 'redHatSupport' }
  | { readonly code: 'rhel7NotNamed' }
  | { readonly code: 'firmwareNotUndone'; readonly from?: string; readonly to: string }
  | { readonly code: 'nodeps'; readonly message: string }
  | { readonly code: 'oldpackage'; readonly message: string }
  | { readonly code: 'force'; readonly message: string }
  | { readonly code: 'disableExcludes'; readonly exclude: readonly string[] }
  | { readonly code: 'nogpgcheck' }
  | { readonly code: 'defaultNotRunning'; readonly saved: string; readonly running: string }
  | { readonly code: 'visitorsAlready'; readonly sample: LogSample }
  | { readonly code: 'forwardedFor'; readonly sample: LogSample }
  | { readonly code: 'noRanges' }
  | { readonly code: 'reinstalled'; readonly oldpackage: boolean }
  | { readonly code: 'peopleLoggedIn'; readonly sessions: number }
  | { readonly code: 'pendingShutdown' };

export interface PlannedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
  readonly change: 'create' | 'replace' | 'same';
}

/**
 * What a plan is for. `repair` pays and finishes what is owed, or puts right what has drifted; `undo` makes the original kernel
 * the default and takes the autoload file away.
 */
export type Goal = 'install' | 'repair' | 'undo';

/** A change of a host, ready to be read, consented to and run. The script is run byte for byte, or not at all. */
export interface Plan {
  /** First eight hex digits of the SHA-256 of the script; names the run on the host. */
  readonly id: string;
  readonly goal: Goal;
  readonly host: { readonly id: string; readonly name: string; readonly group?: string };
  readonly madeAt: number;
  readonly facts: HostFacts;
  readonly row: VendorRow;
  readonly choices: InstallChoices;
  /** `uname -r` of the kernel to be installed and of the one that stays the default. */
  readonly target: string;
  readonly original: string;
  readonly steps: readonly PlanStep[];
  readonly warnings: readonly PlanWarning[];
  readonly packages: readonly LocalPackage[];
  readonly files: readonly PlannedFile[];
  /** What the access log shows now, if one could be read. */
  readonly logNow?: LogSample;
  readonly script: string;
  /** An undo that also removes the TOA kernel's package. */
  readonly removesKernel?: true;
}

/** Why there is nothing to do. */
export interface NoOp {
  readonly noop: 'alreadyInstalled' | 'nothingToRepair' | 'nothingToUndo';
  readonly release: string;
}

/** What a run reports while it goes. */
export type RunEvent =
  | { readonly kind: 'step'; readonly step: StepId; readonly n: number; readonly of: number }
  | { readonly kind: 'stepDone'; readonly step: StepId; readonly exit: number }
  | { readonly kind: 'output'; readonly text: string }
  /** Bytes; `rate` per second, once it can be told. */
  | { readonly kind: 'upload'; readonly file: string; readonly done: number; readonly total: number; readonly rate?: number };
