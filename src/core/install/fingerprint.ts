import type { HostFacts } from '../facts';
import type { FactName } from '../problem';

/** The facts an install plan stands on, each as one text: if one of them changes, the plan is stale. */
export function fingerprint(facts: HostFacts): Readonly<Record<FactName, string>> {
  return {
    runningKernel: facts.kernel.running,
    bootId: facts.bootId,
    defaultKernel: facts.kernel.defaultPath ?? '',
    installedKernels: facts.kernel.installed
      .map((kernel) => kernel.release)
      .sort()
      .join(' '),
    firmware: facts.firmware ?? '',
    autoload: facts.autoload.exists ? `${facts.autoload.mode ?? '?'} ${facts.autoload.content ?? '?'}` : '',
  };
}

/** The facts that differ between two probes. */
export function changedFacts(before: HostFacts, after: HostFacts): readonly FactName[] {
  const [old, now] = [fingerprint(before), fingerprint(after)];
  return (Object.keys(old) as FactName[]).filter((name) => old[name] !== now[name]);
}
