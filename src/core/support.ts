import type { HostFacts } from './facts';
import type { VendorRow } from './plan';
import type { UnsupportedReason } from './problem';

/** The row of the vendor's table that a host takes. `rhel7`: the vendor's text does not name RHEL 7, the plan must say so. */
export type Support =
  { readonly row: VendorRow; readonly rhel7?: boolean } | { readonly reason: UnsupportedReason; readonly system: string };

/** Release kernels of CentOS and Red Hat: what is before the row's packages may be replaced by them; kernel-rt, UEK, elrepo and providers' may not. */
const STOCK_KERNEL: Readonly<Record<VendorRow, RegExp>> = {
  el7: /^3\.10\.0-[\d.]+\.el7(\.[\w.]+)?\.x86_64$/,
  el6: /^2\.6\.32-[\d.]+\.el6(\.[\w.]+)?\.x86_64$/,
};

/** Whether TOA can be installed: CentOS and Red Hat Enterprise Linux 6 and 7 on x86_64 with their own kernels, on a machine of their own. */
export function support(facts: HostFacts): Support {
  const { system, arch, container, kernel } = facts;
  const no = (reason: UnsupportedReason, name = system.name): Support => ({ reason, system: name });
  if (system.id !== 'centos' && system.id !== 'rhel') return no('distribution');
  if (system.major !== 6 && system.major !== 7) return no('version');
  if (arch !== 'x86_64') return no('architecture', `${system.name}, ${arch}`);
  if (container !== undefined) return no('container', `${system.name}, ${container}`);
  if (facts.rpm === undefined) return no('noRpm');
  const row = system.major === 7 ? 'el7' : 'el6';
  if (!STOCK_KERNEL[row].test(kernel.running)) return no('kernelFlavour', kernel.running);
  return system.id === 'rhel' && row === 'el7' ? { row, rhel7: true } : { row };
}
