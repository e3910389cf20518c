import type { HostFacts } from '../../core/facts';
import type { HostMemory, HostState } from '../../core/state';
import type { Entry } from './entry';

/** What survives a restart of the editor, as JSON: last seen states, facts and memory. It holds no secret. */
export interface StoredHosts {
  readonly version: 1;
  readonly hosts: Readonly<Record<string, StoredHost>>;
}

interface StoredHost {
  readonly address: string;
  readonly state: HostState;
  readonly facts: HostFacts;
  readonly at: number;
  readonly memory: HostMemory;
}

/** Where the store keeps what it has seen; the editor's global state. `load` may give anything: an older version wrote it. */
export interface HostStorage {
  load(): unknown;
  save(stored: StoredHosts): PromiseLike<void>;
}

export function toStored(entries: Iterable<Entry>): StoredHosts {
  const hosts = [...entries].flatMap(({ host, seen, memory }) =>
    seen === undefined
      ? []
      : [[host.id, { address: addressKey(host), state: seen.state, facts: seen.facts, at: seen.at, memory } satisfies StoredHost]],
  );
  return { version: 1, hosts: Object.fromEntries(hosts) as StoredHosts['hosts'] };
}

/** The entry with what was seen of it before; unchanged where nothing was, or where the name stood for another address. */
export function restored(entry: Entry, stored: unknown): Entry {
  const old = isStored(stored) ? stored.hosts[entry.host.id] : undefined;
  if (old === undefined || old.address !== addressKey(entry.host)) return entry;
  return { ...entry, seen: { state: old.state, facts: old.facts, at: old.at, restored: true }, memory: old.memory };
}

/** What is remembered belongs to the machine at this address; ssh_config may move a name without our seeing it. */
export const addressKey = (host: Entry['host']): string => `${host.address ?? ''}:${host.port ?? ''}`;

const isStored = (value: unknown): value is StoredHosts =>
  typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'hosts' in value;
