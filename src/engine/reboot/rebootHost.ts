import { HostError, mayPass, problemOf } from '../../core/problem';
import { isToaRelease } from '../../core/vendor';
import { probeHost } from '../probeHost';
import { actOnTrial } from './actOnTrial';
import { recordLasting } from './recordLasting';
import { startReboot, type RebootWay } from './startReboot';
import { waitForBoot } from './waitForBoot';
import type { Host } from '../../core/host';
import type { HostFacts } from '../../core/facts';
import type { RunAs } from '../runScript';
import type { Clock, Prompts, Transport } from '../ports';

/** The phases of a reboot, in order. */
export type RebootPhase = 'prepare' | 'shutDown' | 'boot' | 'probe' | 'services' | 'confirm';

export interface RebootOptions {
  readonly transport: Transport;
  readonly host: Host;
  /** Facts that the person consented on; its boot is the one to be ended. */
  readonly facts: HostFacts;
  /** `uname -r` of the kernel to boot. */
  readonly release: string;
  /** The package whose files are verified first; undefined: none (the original kernel is what it was). */
  readonly package?: string;
  /** `once`: a trial, confirmed here as far as what is seen allows it. */
  readonly way: RebootWay;
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
  /**
   * What became of a trial. `lasting`: the kernel is the default. `kept`: it stays up, but the module is not loaded, so the original is
   * still the default. `open`: something that listened before does not now, so a person decides while the guard counts.
   */
  readonly trial?: 'lasting' | 'kept' | 'open';
}

/** How long a boot may take. A trial that fails takes two and the guard's patience in between. Seconds. */
const BOOT_SECONDS = 600;

/** How long services may take to listen again before they are reported missing. Seconds. */
const SERVICES_SECONDS = 60;

/**
 * Boots `release`, as a trial or as the default kernel (read back), and waits until boot_id has changed and a probe has succeeded.
 * Rejects with HostError: `planStale` (rebooted meanwhile), `kernelNotBootable`, `defaultMoved`, `stepFailed` (rpm -V), all with
 * nothing rebooted, and for a trial `trialRefused`; `shutdownHangs`, `notBack`, `bootedOther`, `returned` (the trial ended by itself);
 * sudo and connection problems.
 */
export async function rebootHost(options: RebootOptions): Promise<RebootOutcome> {
  const { transport, host, facts, clock, signal, onPhase } = options;
  const connecting = options.prompts === undefined ? { signal } : { prompts: options.prompts, signal };
  // The TOA kernel's signature is nobody's whom the firmware trusts.
  if (isToaRelease(options.release) && facts.boot.secureBoot) throw new HostError({ code: 'secureBoot' }, host.name);
  const session = await transport.connect(host, connecting);
  onPhase('prepare');
  await startReboot(session, options);
  onPhase('shutDown');
  const began = clock.elapsed();
  const bootSeconds =
    options.bootSeconds ?? (options.way.kind === 'once' ? 2 * BOOT_SECONDS + options.way.patience.bootSeconds : BOOT_SECONDS);
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
        const seconds = Math.round((clock.elapsed() - began) / 1000);
        if (signal.aborted || !mayPass(problemOf(error))) throw error;
        if (seconds > bootSeconds) throw new HostError({ code: 'notBack', seconds }, host.name, { cause: error });
        await clock.sleep(2000, signal);
      }
    }
  };
  let after = await probe();
  if (options.way.kind === 'once' && after.kernel.running === options.way.original) {
    throw new HostError(
      { code: 'returned', reason: after.trial?.reason, release: options.release, original: options.way.original },
      host.name,
    );
  }
  if (after.kernel.running !== options.release) {
    throw new HostError({ code: 'bootedOther', expected: options.release, actual: after.kernel.running }, host.name);
  }
  onPhase('services');
  const until = clock.elapsed() + SERVICES_SECONDS * 1000;
  while (missing(facts, after).length > 0 && clock.elapsed() < until) {
    await clock.sleep(2000, signal);
    after = await probe();
  }
  const outcome = {
    portsMissing: missing(facts, after),
    unitsFailed: after.failedUnits.filter((unit) => !facts.failedUnits.includes(unit)),
  };
  if (options.way.kind !== 'once') {
    if (!after.module.loaded) return { facts: after, ...outcome };
    // The reboot has succeeded whatever becomes of its record.
    await record(options).catch(() => undefined);
    return { facts: await probe(), ...outcome };
  }
  onPhase('confirm');
  const trial = outcome.portsMissing.length > 0 ? 'open' : await confirm(options, after);
  return { facts: await probe(), ...outcome, trial };
}

async function record({ transport, host, prompts, signal, as, release }: RebootOptions): Promise<void> {
  await recordLasting(await transport.connect(host, prompts === undefined ? { signal } : { prompts, signal }), release, { as, signal });
}

/** Reachable keeps the host up; only a loaded module makes the kernel the default. */
async function confirm(options: RebootOptions, after: HostFacts): Promise<'kept' | 'lasting'> {
  const { transport, host, signal, as, release } = options;
  const run = options.way.kind === 'once' ? options.way.run : '';
  const connecting = options.prompts === undefined ? { signal } : { prompts: options.prompts, signal };
  const session = await transport.connect(host, connecting);
  await actOnTrial(session, { run, release }, 'keep', { as, signal });
  if (!after.module.loaded) return 'kept';
  await actOnTrial(session, { run, release }, 'confirm', { as, signal });
  return 'lasting';
}

const missing = (before: HostFacts, after: HostFacts): readonly number[] => {
  const now = new Set(after.listeners.map((listener) => listener.port));
  return [...new Set(before.listeners.map((listener) => listener.port))].filter((port) => !now.has(port));
};
