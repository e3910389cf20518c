import { dirname } from 'node:path';
import type { PackageSource } from '../../src/engine/packages/preparePackages';
import { workbenchAt, type Workbench } from '../hosts/install/bench';
import type { Vm } from '../lab/vm/vm';

/** The engine against a virtual machine, as `workbench` is against a host of the lab. */
export function vmBench(vm: Vm, user = 'deploy', sudoPassword?: string): Workbench {
  const none: PackageSource = { url: '/none' };
  const place = {
    name: 'lab-vm',
    sshConfig: vm.sshConfig,
    dir: dirname(vm.key),
    sources: { el7: { url: vm.toaRpm }, el6Firmware: none, el6Kernel: none },
    originCidrs: ['198.51.100.0/24'],
  };
  return workbenchAt(place, user, sudoPassword);
}
