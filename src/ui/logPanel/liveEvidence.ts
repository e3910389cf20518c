import { windowOf, withReading, type EvidenceReading, type EvidenceWindow } from '../../core/liveEvidence';
import type { HostView } from '../../engine/hostStore';
import type { RunAs } from '../../engine/runScript';
import { watchEvidence } from '../../engine/watchEvidence';
import type { Ui } from '../context';

/** Counters and listeners of a host beside its log, read for as long as somebody looks. */
export interface LiveEvidence {
  /** Called often; `wanted`: the panel is visible and its log followed. Asks nobody for anything. */
  readonly update: (wanted: boolean) => void;
  readonly window: () => EvidenceWindow | undefined;
  readonly stop: () => void;
}

/** After a watch that failed, and between two probes for a boot or a module that changed. */
const PAUSE_MS = 30_000;

export function liveEvidence(ui: Pick<Ui, 'store' | 'transport' | 'clock'>, hostId: string): LiveEvidence {
  const view = (): HostView | undefined => ui.store.view(hostId);
  let readings: readonly EvidenceReading[] = [];
  let run: AbortController | undefined;
  let [nextTry, nextProbe] = [0, 0];
  /** The counters turned out to be readable by root only. */
  let root = false;

  const take = (reading: EvidenceReading): void => {
    readings = withReading(readings, reading);
    const facts = view()?.facts;
    if (reading.module.countersReadable === 'denied' && facts?.sudo === 'nopasswd' && !root) {
      root = true;
      end();
      nextTry = 0;
    }
    const changed = facts !== undefined && (facts.bootId !== reading.bootId || facts.module.loaded !== reading.module.loaded);
    if (!changed || ui.clock.now() < nextProbe) return;
    nextProbe = ui.clock.now() + PAUSE_MS;
    // What else has changed with it a probe tells.
    if (run !== undefined) void ui.store.refresh([hostId], { signal: run.signal });
  };

  const begin = async ({ host, facts }: HostView, own: AbortController): Promise<void> => {
    const as: RunAs = root ? { sudo: facts?.sudo ?? 'nopasswd' } : 'user';
    try {
      const session = await ui.transport.connect(host, { signal: own.signal });
      const { signal } = own;
      await watchEvidence(session, { as, listeners: facts?.listeners ?? [], clock: ui.clock, signal, onReading: take });
    } catch {
      // The log's own follower tells that the host is gone; without readings the last probe's are shown.
    } finally {
      if (run === own) run = undefined;
    }
  };

  const end = (): void => {
    run?.abort();
    run = undefined;
  };
  return {
    update: (wanted) => {
      const now = ui.clock.now();
      const host = view();
      if (!wanted || host?.facts === undefined) {
        // Nothing failed: who looks again is told at once.
        if (run !== undefined) nextTry = 0;
        end();
        return;
      }
      if (run !== undefined || now < nextTry) return;
      nextTry = now + PAUSE_MS;
      run = new AbortController();
      void begin(host, run);
    },
    window: () => windowOf(readings, ui.clock.now()),
    stop: end,
  };
}
