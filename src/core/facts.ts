import type { OnceObstacle, TrialFacts } from './trial';

/**
 * What one probe saw on a host. Pure data, made by `parseProbe` from the output of `src/remote/probe.sh`;
 * a reading that was impossible (no root, no such tool) is `undefined`, never a guess.
 */
export interface HostFacts {
  /** Editor's clock, ms since the epoch, when the probe ended. */
  readonly takenAt: number;
  /** The host's clock, ms since the epoch. */
  readonly hostTime: number;
  /** Minutes that its local time is ahead of UTC; undefined: it did not say. */
  readonly utcOffsetMinutes?: number;
  /** True if the root-only readings were made as root. */
  readonly asRoot: boolean;
  /** Login name and uid of the connection. */
  readonly user: { readonly name: string; readonly uid: number };
  /** The host's own address and port of sshd that this connection came to (`SSH_CONNECTION`). */
  readonly sshd?: { readonly address: string; readonly port: number };
  readonly system: SystemFacts;
  /** `uname -m`. */
  readonly arch: string;
  /** The container technology (docker, lxc, openvz, …) when the host is one. */
  readonly container?: string;
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
  readonly uptimeSeconds: number;
  readonly kernel: KernelFacts;
  readonly firmware?: string;
  readonly module: ModuleFacts;
  readonly autoload: AutoloadFacts;
  readonly boot: BootFacts;
  readonly rpm?: { readonly version: string };
  readonly yum?: YumFacts;
  readonly listeners: readonly Listener[];
  readonly logs: readonly LogCandidate[];
  readonly sudo: SudoState;
  /** Names of failed systemd units; empty where there is no systemd. */
  readonly failedUnits: readonly string[];
  /** Login sessions of people (`who`), this connection's own one left out where it shows. */
  readonly sessions: number;
  readonly pendingShutdown: boolean;
  /** A trial of a TOA kernel that is under way, or the latest one that ended with a return. */
  readonly trial?: TrialFacts;
  /** What the record of this extension on the host says (`/var/lib/toa-hosts`). */
  readonly record: {
    readonly originalKernel?: string;
    /** A run that goes on there now, whoever started it. */
    readonly runInProgress?: RunRecord;
    /** The latest run that was cut off (power, kill -9); stays on record until a later one has come through. */
    readonly interrupted?: RunRecord;
    /** The TOA kernel that was last confirmed as lasting, with its module loaded, and when (host's clock, ms): drift counts from there. */
    readonly confirmed?: { readonly release: string; readonly at: number };
    /** An undo took the autoload file away, and nothing has put it back since. */
    readonly undone?: true;
    /** A run that was cut off has not given back what it borrowed (`default.sh`); the next change does. */
    readonly owes?: boolean;
  };
}

/** A run as the host has it on record (`supervise.sh`, `words.sh`); readable without root. */
export interface RunRecord {
  readonly id: string;
  /** What it is for: `install`, or a word that this version does not know. */
  readonly goal: string;
  /** Who asked for it: a login name there. */
  readonly by?: string;
  /** The host's clock, ms since the epoch. */
  readonly since: number;
  /** The step under way, now or when it was cut off; undefined: it had not come to the first. */
  readonly step?: string;
  /** All its steps in order. */
  readonly steps: readonly string[];
}

export interface SystemFacts {
  /** os-release `ID`, or derived from /etc/redhat-release where there is none (EL6): `centos`, `rhel`, `ol`, `scientific`, `debian`, … */
  readonly id: string;
  /** `7`, `7.6.1810`, `6.9`, `12`; the most exact one found. */
  readonly version: string;
  /** Major number of `version`. */
  readonly major: number;
  /** For people: `CentOS Linux release 7.6.1810 (Core)`. */
  readonly name: string;
}

export interface InstalledKernel {
  /** `uname -r` of it: `3.10.0-957.21.3.el7.toa.x86_64`. */
  readonly release: string;
  readonly vmlinuz: boolean;
  /** Size in bytes; 0: there is a file but it is empty; undefined: missing. */
  readonly initramfsBytes?: number;
  readonly bootEntry?: boolean;
  /** `rpm -V` of its files, and whether its initramfs can be listed; asked of a TOA kernel after a run was cut off. */
  readonly files?: 'whole' | 'differ';
  readonly initramfs?: 'whole' | 'differ';
}

export interface KernelFacts {
  /** `uname -r`. */
  readonly running: string;
  /**
   * True if rpm answered what is installed and who owns the running kernel. False (its database locked, broken or slow, no
   * rpm): `installed` is empty and `runningPackage` undefined, and neither says that there is none.
   */
  readonly packagesRead: boolean;
  /** `rpm -qf /boot/vmlinuz-<running>`: the owning package, undefined if no package owns it. */
  readonly runningPackage?: string;
  /** `rpm -q kernel`, oldest first as rpm lists them. */
  readonly installed: readonly InstalledKernel[];
  /** `grubby --default-kernel`: a path such as /boot/vmlinuz-3.10.0-957.el7.x86_64. */
  readonly defaultPath?: string;
  /** `UPDATEDEFAULT` of /etc/sysconfig/kernel. */
  readonly updateDefault?: string;
  /** `BOOT_IMAGE` of /proc/cmdline. */
  readonly bootImage?: string;
}

export interface ModuleFacts {
  /** Path of toa.ko or toa.ko.xz for the running kernel. */
  readonly file?: string;
  /** `/proc/modules` has a line whose first word is exactly `toa`. */
  readonly loaded: boolean;
  /** Loaded modules with toa in the name that are not `toa` (vtoa, tcp_toa). */
  readonly lookalikes: readonly string[];
  /** Summed over CPUs; undefined: no file (module not loaded), or not readable. */
  readonly counters?: Counters;
  readonly countersReadable: 'yes' | 'denied' | 'absent';
}

/** Rows of /proc/net/toa_stats, each summed over its CPU columns. */
export type Counters = Readonly<Record<string, number>>;

export interface AutoloadFacts {
  readonly exists: boolean;
  /** Octal, four digits: `0755`. */
  readonly mode?: string;
  readonly content?: string;
}

export interface BootFacts {
  /** Free on /boot, on / and on /var; where one is no filesystem of its own it is the same as of /. */
  readonly freeBytes?: number;
  readonly rootFreeBytes?: number;
  readonly varFreeBytes?: number;
  readonly loader: 'grub2' | 'grub-legacy' | 'unknown';
  readonly efi: boolean;
  readonly secureBoot: boolean;
  /** /boot stands in fstab; is it mounted? */
  readonly bootInFstab: boolean;
  readonly bootMounted: boolean;
  /** Whether the boot loader can boot a kernel a single time; read by root only. */
  readonly once?: 'possible' | OnceObstacle;
  /** Loaded modules that the installed TOA kernel has neither as files nor built in; read by root only. */
  readonly lacking?: readonly string[];
  /** A crash kernel is loaded: it takes a panic first. */
  readonly kdump?: boolean;
  /** A hardware watchdog: the program that feeds it, or `unused`; undefined: there is none. It restarts a host that freezes. */
  readonly watchdog?: string;
  /** The guard of a trial may feed it: the installed TOA kernel lets it be stopped again. */
  readonly watchdogStops?: boolean;
  /** Names of programs running now that look like a backup. */
  readonly backups?: readonly string[];
}

export interface YumFacts {
  readonly version: string;
  readonly installonlyLimit?: number;
  readonly exclude: readonly string[];
  readonly localpkgGpgcheck: boolean;
  /** `yumdb` is there: it can mark a package that `installonly_limit` must not remove. */
  readonly yumdb?: true;
  /** Who holds /var/run/yum.pid: pid and command line, if a live process does. */
  readonly lock?: { readonly pid: number; readonly command: string };
}

/** A listening TCP port, from state 0A rows of /proc/net/tcp and tcp6. */
export interface Listener {
  readonly port: number;
  /** `dual` is presumed for a `::` listener without a 0.0.0.0 one on the port (domain: never read from ss text). */
  readonly family: 'ipv4' | 'ipv6' | 'dual';
  readonly address: string;
  /** True if a `::ffff:a.b.c.d` peer on this port proves the dual stack. */
  readonly provenDual: boolean;
}

export type LogServer = 'nginx' | 'httpd' | 'tomcat' | 'haproxy' | 'caddy' | 'other';

export interface LogCandidate {
  /** Absolute; a pattern that the user named stands for its newest file, and those that it matches follow. */
  readonly path: string;
  readonly server: LogServer;
  /** Readable by the connection's user, only by root, or not known (its directory cannot be listed). */
  readonly readable: 'yes' | 'root' | 'unknown';
  readonly bytes?: number;
  /** When it was last written, by the host's clock, ms since the epoch. */
  readonly written?: number;
  /** How it was found: named by the user, matched by a pattern that the user named, open in a running server, or at its usual place. */
  readonly found: 'configured' | 'matched' | 'open' | 'usual';
}

/** How this connection's user becomes root. `password`: sudo asks, or refuses when asked; only asking tells. */
export type SudoState = 'root' | 'nopasswd' | 'password' | 'requiretty' | 'absent';
