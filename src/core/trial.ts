/**
 * The trial of a TOA kernel: it is booted once while the original kernel stays the default, and a guard on the host brings the
 * original back unless an editor confirms. `src/remote/trial.sh` writes it, a probe reads it.
 */
export interface TrialFacts {
  /** Name of the trial; who acts on it must name it. */
  readonly run: string;
  /** `uname -r` of the kernel on trial, and of the one to return to. */
  readonly release: string;
  readonly original: string;
  readonly state: TrialState;
  /** Why the original kernel came back; with `returning` and `returned`. */
  readonly reason?: ReturnReason;
  /** Uptime of the host, in seconds, at which the guard returns; only while it watches this boot. */
  readonly returnsAtUptime?: number;
}

/**
 * `armed`: unconfirmed, the guard counts. `kept`: reachable, so that it stays up, but not the default. `confirmed`: being made
 * lasting. `returned`: the original kernel is back.
 */
const STATES = ['rehearsing', 'armed', 'kept', 'confirmed', 'returning', 'returned'] as const;
export type TrialState = (typeof STATES)[number];

/**
 * `noSsh`: sshd never answered. `unconfirmed`: it did, but no editor confirmed. `asked`: a person returned. `fell`: another boot
 * found the original kernel (a panic, a missing root, a power cut). `rebooted`: restarted while kept but not the default.
 */
const REASONS = ['noSsh', 'unconfirmed', 'asked', 'fell', 'rebooted'] as const;
export type ReturnReason = (typeof REASONS)[number];

/** Why a host's boot loader cannot boot a kernel once; words of `src/remote/once.sh`. */
const OBSTACLES = ['noConfig', 'noNextEntry', 'noGrubenv', 'noProbe', 'lvmOrRaid', 'filesystem', 'efi', 'deviceMap'] as const;
export type OnceObstacle = (typeof OBSTACLES)[number];

/** What else stands in the way of a trial; words of `src/remote/reboot.sh`. */
const REFUSALS = ['original', 'bootMounted', 'bootImage', 'room', 'driver', 'default', 'initramfs', 'arguments', 'guard', 'once'] as const;
export type TrialRefusal = (typeof REFUSALS)[number] | OnceObstacle;

const among =
  <T extends string>(words: readonly T[]) =>
  (word: string | undefined): T | undefined =>
    words.find((one) => one === word);

export const trialState = among(STATES);
export const returnReason = among(REASONS);
export const onceObstacle = among(OBSTACLES);
export const trialRefusal = among<TrialRefusal>([...REFUSALS, ...OBSTACLES]);

/** Waiting of the guard, in seconds: after sshd has answered on the host, and from the boot where it never does. */
export interface Patience {
  readonly sshSeconds: number;
  readonly bootSeconds: number;
}
export const PATIENCE: Patience = { sshSeconds: 300, bootSeconds: 1200 };

/** What *Hold 30 Minutes* gives. */
export const HOLD_SECONDS = 1800;
