import type { Memento } from 'vscode';
import type { HostStorage } from '../engine/hostStore';

const KEY = 'toa.hosts.seen';

/** Keeps what was seen of hosts in the editor's global state, on this machine only. */
export const createStorage = (state: Memento): HostStorage => ({
  load: () => state.get(KEY),
  save: (stored) => state.update(KEY, stored),
});

const PROTECTED = 'toa.protectedAddresses';

/** Protected addresses as they were typed last, per host: of no secret, and only offered again. */
export interface ProtectedAddresses {
  get(hostId: string): string | undefined;
  set(hostId: string, address: string): PromiseLike<void>;
}

export function createProtectedAddresses(state: Memento): ProtectedAddresses {
  const all = (): Readonly<Record<string, unknown>> => state.get<Readonly<Record<string, unknown>>>(PROTECTED, {});
  return {
    get: (hostId) => {
      const address = all()[hostId];
      return typeof address === 'string' ? address : undefined;
    },
    set: (hostId, address) => state.update(PROTECTED, { ...all(), [hostId]: address }),
  };
}

const LOGS = 'toa.namedLogs';
const MOST_LOGS = 20;

/** Logs that a person named in *Open Log*, per host, the latest first. */
export interface NamedLogs {
  get(hostId: string): readonly string[];
  add(hostId: string, path: string): PromiseLike<void>;
  remove(hostId: string, path: string): PromiseLike<void>;
}

export function createNamedLogs(state: Memento): NamedLogs {
  const all = (): Readonly<Record<string, unknown>> => state.get<Readonly<Record<string, unknown>>>(LOGS, {});
  const get = (hostId: string): readonly string[] => {
    const paths = all()[hostId];
    return Array.isArray(paths) ? paths.filter((path): path is string => typeof path === 'string' && path.startsWith('/')) : [];
  };
  const set = (hostId: string, paths: readonly string[]): PromiseLike<void> => state.update(LOGS, { ...all(), [hostId]: paths });
  const others = (hostId: string, path: string): readonly string[] => get(hostId).filter((one) => one !== path);
  return {
    get,
    add: (hostId, path) => set(hostId, [path, ...others(hostId, path)].slice(0, MOST_LOGS)),
    remove: (hostId, path) => set(hostId, others(hostId, path)),
  };
}
