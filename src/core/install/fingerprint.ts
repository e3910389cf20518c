import type { HostFacts } from '../facts';

/** The facts an install plan stands on, each as one text: if one of them changes, the plan is stale. */
export function fingerprint(facts: HostFacts): Readonly<Record<string, string>> {
  return {
    'running kernel': facts.kernel.running,
    'boot ID': facts.bootId,
    'default kernel': facts.kernel.defaultPath ?? '',
    'installed kernels': facts.kernel.installed
      .map((kernel) => kernel.release)
      .sort()
      .join(' '),
    'kernel-firmware': facts.firmware ?? '',
    'toa.modules': facts.autoload.exists ? `${facts.autoload.mode ?? '?'} ${facts.autoload.content ?? '?'}` : '',
  };
}

/** Names of the facts that differ between two probes. */
export function changedFacts(before: HostFacts, after: HostFacts): readonly string[] {
  const [old, now] = [fingerprint(before), fingerprint(after)];
  return Object.keys(old).filter((name) => old[name] !== now[name]);
}
