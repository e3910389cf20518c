import { HostError, mayPass, problemOf } from '../../core/problem';
import { probeHost } from '../probeHost';
import { startReboot } from './startReboot';
import { waitForBoot } from './waitForBoot';
import type { Host } from '../../core/host';
import type { HostFacts } from '../../core/facts';
import type { RunAs } from '../runScript';
import type { Clock, Prompts, Transport } from '../ports';

/** The phases of a reboot, in order. */
export type RebootPhase = 'prepare' | 'shutDown' | 'boot' | 'probe' | 'services';

export interface RebootOptions {
  readonly transport: Transport;
  readonly host: Host;
  /** Facts that the person consented on; its boot is the one to be ended. */
  readonly facts: HostFacts;
  /** `uname -r` of the kernel to boot. */
  readonly release: string;
  /** The package whose files are verified first; undefined: none (the original kernel is what it was). */
  readonly package?: string;
  readonly as: RunAs;
  readonly prompts?: Prompts;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: RebootPhase) => void;
  /** A host that still answers with the old boot after this long hangs in its shutdown. Seconds. */
  readonly shutdownSeconds?: number;
  /** From the shutdown on until it must answer again. Seconds. */
  readonly bootSeconds?: number;
}

export interface RebootOutcome {
  readonly facts: HostFacts;
  /** Ports that listened before and do not now. */
  readonly portsMissing: readonly number[];
  readonly unitsFailed: readonly string[];
}

/** How long services may take to listen again before they are reported missing. Seconds. */
const SERVICES_SECONDS = 60;

/**
 * Makes `release` the default kernel (read back), reboots, and waits until boot_id has changed and a probe has succeeded.
 * Rejects with HostError: `planStale` (rebooted meanwhile), `kernelNotBootable`, `defaultMoved`, `stepFailed` (rpm -V), all with
 * nothing rebooted; `shutdownHangs`, `notBack`, `bootedOther`; sudo and connection problems.
 */
export async function rebootHost(options: RebootOptions): Promise<RebootOutcome> {
  const { transport, host, facts, clock, signal, onPhase } = options;
  const connecting = options.prompts === undefined ? { signal } : { prompts: options.prompts, signal };
  const session = await transport.connect(host, connecting);
  onPhase('prepare');
  await startReboot(session, options);
  onPhase('shutDown');
  const began = clock.now();
  const bootSeconds = options.bootSeconds ?? 600;
  await waitForBoot({
    host,
    transport,
    connecting,
    clock,
    signal,
    oldBootId: facts.bootId,
    shutdownSeconds: options.shutdownSeconds ?? 180,
    bootSeconds,
    onDown: () => onPhase('boot'),
  });
  onPhase('probe');
  // A host that has only just come up may be slow, or drop a connection once more: within the deadline that is no failure.
  const probe = async (): Promise<HostFacts> => {
    for (;;) {
      try {
        return await probeHost(await transport.connect(host, connecting), { as: options.as, extraLogs: host.logs, clock, signal });
      } catch (error) {
        const seconds = Math.round((clock.now() - began) / 1000);
        if (signal.aborted || !mayPass(problemOf(error))) throw error;
        if (seconds > bootSeconds) throw new HostError({ code: 'notBack', seconds }, host.name, { cause: error });
        await clock.sleep(2000, signal);
      }
    }
  };
  let after = await probe();
  if (after.kernel.running !== options.release) {
    throw new HostError({ code: 'bootedOther', expected: options.release, actual: after.kernel.running }, host.name);
  }
  onPhase('services');
  const until = clock.now() + SERVICES_SECONDS * 1000;
  while (missing(facts, after).length > 0 && clock.now() < until) {
    await clock.sleep(2000, signal);
    after = await probe();
  }
  return {
    facts: after,
    portsMissing: missing(facts, after),
    unitsFailed: after.failedUnits.filter((unit) => !facts.failedUnits.includes(unit)),
  };
}

const missing = (before: HostFacts, after: HostFacts): readonly number[] => {
  const now = new Set(after.listeners.map((listener) => listener.port));
  return [...new Set(before.listeners.map((listener) => listener.port))].filter((port) => !now.has(port));
};
