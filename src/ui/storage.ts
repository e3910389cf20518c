import type { Memento } from 'vscode';
import type { HostStorage } from '../engine/hostStore';

const KEY = 'toa.hosts.seen';

/** Keeps what was seen of hosts in the editor's global state, on this machine only. */
export const createStorage = (state: Memento): HostStorage => ({
  load: () => state.get(KEY),
  save: (stored) => state.update(KEY, stored),
});
