import type { HostFacts } from '../../../src/core/facts';
import { autoloadContent, moduleFile, TOA_RELEASE } from '../../../src/core/vendor';

export const ORIGINAL = '3.10.0-957.el7.x86_64';
export const TOA = TOA_RELEASE.el7;
export const BOOT = '11111111-2222-4333-8444-555555555555';

type Change = { readonly [K in keyof HostFacts]?: Partial<HostFacts[K]> | HostFacts[K] };

const FRESH: HostFacts = {
  takenAt: 1_000_000,
  hostTime: 1_000_000,
  asRoot: true,
  user: { name: 'deploy', uid: 1000 },
  system: { id: 'centos', version: '7.6.1810', major: 7, name: 'CentOS Linux release 7.6.1810 (Core)' },
  arch: 'x86_64',
  bootId: BOOT,
  uptimeSeconds: 100,
  kernel: {
    running: ORIGINAL,
    packagesRead: true,
    runningPackage: `kernel-${ORIGINAL}`,
    installed: [{ release: ORIGINAL, vmlinuz: true, initramfsBytes: 1, bootEntry: true }],
    defaultPath: `/boot/vmlinuz-${ORIGINAL}`,
  },
  module: { loaded: false, lookalikes: [], countersReadable: 'absent' },
  autoload: { exists: false },
  boot: { loader: 'grub2', efi: false, secureBoot: false, bootInFstab: true, bootMounted: true },
  rpm: { version: '4.11.3' },
  listeners: [],
  logs: [],
  sudo: 'nopasswd',
  failedUnits: [],
  sessions: 0,
  pendingShutdown: false,
  record: {},
};

/** Facts of a fresh CentOS 7.6; `change` replaces members, those that are objects one level deep. */
export const facts = (change: Change = {}): HostFacts => merge(FRESH, change);

/** The same host with TOA installed, running, loaded and counting. */
export const working = (counters: Readonly<Record<string, number>>, change: Change = {}): HostFacts =>
  merge(
    facts({
      kernel: {
        running: TOA,
        installed: [ORIGINAL, TOA].map((release) => ({ release, vmlinuz: true, initramfsBytes: 1, bootEntry: true })),
        defaultPath: `/boot/vmlinuz-${TOA}`,
      },
      module: { loaded: true, lookalikes: [], countersReadable: 'yes', counters, file: moduleFile('el7', TOA) },
      autoload: { exists: true, mode: '0755', content: autoloadContent('el7') },
    }),
    change,
  );

function merge(base: HostFacts, change: Change): HostFacts {
  const entries = Object.entries(change).map(([key, value]) => {
    const old = base[key as keyof HostFacts];
    return [key, isPlain(old) && isPlain(value) ? { ...old, ...value } : value];
  });
  return { ...base, ...(Object.fromEntries(entries) as Partial<HostFacts>) };
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Counters of the module with these rows, all others 0. */
export const rows = (change: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> => ({
  syn_recv_sock_toa: 0,
  syn_recv_sock_no_toa: 0,
  getname_toa_ok: 0,
  getname_toa_mismatch: 0,
  getname_toa_bypass: 0,
  getname_toa_empty: 0,
  ...change,
});
