import type { Memento } from 'vscode';
import { FIRST_LOOK, panelLook, type PanelLook } from '../../shared/panelLook';

/** How panels are looked at, remembered for all of them. */
export interface LookMemory {
  get(): PanelLook;
  set(look: PanelLook): void;
}

const KEY = 'toa.log.look';

/** Keeps it in the editor's global state, on this machine only. */
export function lookMemory(state: Memento): LookMemory {
  return {
    get: () => panelLook(state.get(KEY)) ?? FIRST_LOOK,
    set: ({ without, wrap, range, folded, table }) => void state.update(KEY, { without, wrap, range, folded, table }),
  };
}
