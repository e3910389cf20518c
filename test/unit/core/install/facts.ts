import type { HostFacts } from '../../../../src/core/facts';
import type { LocalPackage, VendorRow } from '../../../../src/core/plan';
import { VENDOR_PACKAGES } from '../../../../src/core/vendor';
import { facts as fresh } from '../build';

const KERNEL: Readonly<Record<VendorRow, string>> = { el7: '3.10.0-957.el7.x86_64', el6: '2.6.32-696.el6.x86_64' };

/** Facts of a supported, healthy host of a row on which nothing is installed yet. */
export function facts(row: VendorRow = 'el7', change: Partial<HostFacts> = {}): HostFacts {
  const kernel = KERNEL[row];
  const six: Partial<HostFacts> = {
    system: { id: 'centos', version: '6.9', major: 6, name: 'CentOS release 6.9 (Final)' },
    firmware: '2.6.32-696.el6',
  };
  return {
    ...fresh({
      user: { name: 'deploy', uid: 1001 },
      kernel: {
        running: kernel,
        runningPackage: `kernel-${kernel}`,
        installed: [{ release: kernel, vmlinuz: true, initramfsBytes: 20_000_000, bootEntry: true }],
        defaultPath: `/boot/vmlinuz-${kernel}`,
        updateDefault: 'yes',
      },
      boot: { freeBytes: 400_000_000, loader: row === 'el7' ? 'grub2' : 'grub-legacy' },
      yum: { version: '3.4.3', exclude: [], localpkgGpgcheck: false },
      ...(row === 'el6' ? six : {}),
    }),
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
