import { lackOfRoom } from './room';
import type { HostFacts } from '../facts';
import type { Problem } from '../problem';

/**
 * Why nothing may be installed on this host now, or undefined. Above all: without an original kernel that can boot again
 * there is no way back, so the running kernel must be owned by a package and have its vmlinuz, initramfs and boot entry.
 */
export function refuseInstall(facts: HostFacts): Problem | undefined {
  if (facts.boot.secureBoot) return { code: 'secureBoot' };
  if (facts.boot.bootInFstab && !facts.boot.bootMounted) return { code: 'bootNotMounted' };
  const noWayBack = (missing: Extract<Problem, { code: 'noWayBack' }>['missing']): Problem => ({
    code: 'noWayBack',
    running: facts.kernel.running,
    missing,
  });
  if (!facts.kernel.packagesRead) return { code: 'probeUnreadable', output: 'rpm -q' };
  if (facts.kernel.runningPackage === undefined) return noWayBack('package');
  const running = facts.kernel.installed.find((kernel) => kernel.release === facts.kernel.running);
  if (running === undefined) return noWayBack('package');
  if (!running.vmlinuz) return noWayBack('vmlinuz');
  if (running.initramfsBytes === undefined || running.initramfsBytes === 0) return noWayBack('initramfs');
  if (running.bootEntry === false) return noWayBack('entry');
  if (facts.kernel.defaultPath === undefined) return noWayBack('loader');
  const low = lackOfRoom(facts, 'kernel');
  if (low !== undefined) return low;
  if (facts.yum?.lock !== undefined) return { code: 'yumLocked', pid: facts.yum.lock.pid, command: facts.yum.lock.command };
  return undefined;
}
