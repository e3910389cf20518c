import { hostId } from '../core/host';
import type { Host } from '../core/host';

/**
 * The hosts of the tree: entries of the setting first, then the names of the SSH configuration that no entry has. An
 * entry with such a name adds to that host (its group, its logs, an address), so it stands for both.
 */
export function mergeHosts(fromSettings: readonly Host[], configNames: readonly string[]): readonly Host[] {
  const named = new Set(fromSettings.map(({ name }) => name));
  const others = configNames.filter((name) => !named.has(name));
  return [
    ...fromSettings,
    ...[...new Set(others)].map((name): Host => ({ id: hostId('ssh-config', name), name, source: 'ssh-config', logs: [] })),
  ];
}
