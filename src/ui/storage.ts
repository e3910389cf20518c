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
