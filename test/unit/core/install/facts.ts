import type { HostFacts } from '../../../../src/core/facts';
import type { LocalPackage, VendorRow } from '../../../../src/core/plan';
import { VENDOR_PACKAGES } from '../../../../src/core/vendor';

const base = {
  el7: { id: 'centos', version: '7.6.1810', major: 7, name: 'CentOS Linux release 7.6.1810 (Core)', kernel: '3.10.0-957.el7.x86_64' },
  el6: { id: 'centos', version: '6.9', major: 6, name: 'CentOS release 6.9 (Final)', kernel: '2.6.32-696.el6.x86_64' },
} as const;

/** Facts of a supported, healthy host on which nothing is installed yet. */
export function facts(row: VendorRow = 'el7', change: Partial<HostFacts> = {}): HostFacts {
  const { kernel, ...system } = base[row];
  return {
    takenAt: 1_700_000_000_000,
    hostTime: 1_700_000_000_000,
    asRoot: true,
    user: { name: 'deploy', uid: 1001 },
    system,
    arch: 'x86_64',
    bootId: '5c1e9d0e-0000-4000-8000-000000000001',
    uptimeSeconds: 1000,
    kernel: {
      running: kernel,
      packagesRead: true,
      runningPackage: `kernel-${kernel}`,
      installed: [{ release: kernel, vmlinuz: true, initramfsBytes: 20_000_000, bootEntry: true }],
      defaultPath: `/boot/vmlinuz-${kernel}`,
      updateDefault: 'yes',
    },
    ...(row === 'el6' ? { firmware: '2.6.32-696.el6' } : {}),
    module: { loaded: false, lookalikes: [], countersReadable: 'absent' },
    autoload: { exists: false },
    boot: {
      freeBytes: 400_000_000,
      loader: row === 'el7' ? 'grub2' : 'grub-legacy',
      efi: false,
      secureBoot: false,
      bootInFstab: true,
      bootMounted: true,
    },
    rpm: { version: '4.11.3' },
    yum: { version: '3.4.3', exclude: [], localpkgGpgcheck: false },
    listeners: [],
    logs: [],
    sudo: 'nopasswd',
    failedUnits: [],
    sessions: 0,
    pendingShutdown: false,
    record: {},
    ...change,
  };
}

/** The row's packages as if read and pinned; the hash is a different one for each. */
export const packages = (row: VendorRow): readonly LocalPackage[] =>
  VENDOR_PACKAGES[row].map((wanted, n) => ({
    ...wanted,
    path: `/packages/${wanted.file}`,
    bytes: 1_000_000,
    sha256: String(n).repeat(64),
    pin: 'setting',
    from: wanted.url,
  }));
