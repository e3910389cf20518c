import { PLAIN } from '../../core/install/planInstall';
import { originalKernel } from '../../core/install/original';
import { support } from '../../core/support';
import { TOA_RELEASE } from '../../core/vendor';
import { nonce } from '../nonce';
import { probeHost } from '../probeHost';
import { failedRun } from './applyPlan';
import { followRun } from './followRun';
import { runEvents } from './runEvents';
import type { HostFacts, RunRecord } from '../../core/facts';
import type { RunEvent } from '../../core/plan';
import type { Clock, Session } from '../ports';
import type { RunAs } from '../runScript';

export interface TakeUpOptions {
  readonly connect: () => Promise<Session>;
  readonly as: RunAs;
  readonly clock: Clock;
  /** Ends the following; the run goes on. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Follows a run that goes on already, from its first line to its end, whoever started it, and probes then.
 * Rejects as `applyPlan` does once its run has begun.
 */
export async function takeUpRun(record: RunRecord, facts: HostFacts, options: TakeUpOptions): Promise<HostFacts> {
  const { connect, as, clock, signal } = options;
  const session = await connect();
  const host = session.host.name;
  const events = runEvents(record.steps, options.onEvent);
  const never = new AbortController().signal;
  const exit = await followRun({ id: record.id, mark: nonce() }, undefined, {
    connect,
    as,
    host,
    clock,
    signal,
    before: never,
    onEvent: events.take,
  });
  const after = connect().then((last) => probeHost(last, { as, extraLogs: [], clock, signal }));
  if (exit === 0) return after;
  const able = support(facts);
  const row = 'row' in able ? able.row : 'el7';
  // The plan is in the editor that made it: what is explained from it alone is left out.
  const plan = { row, choices: PLAIN, packages: [], original: originalKernel(facts), target: TOA_RELEASE[row] };
  throw await failedRun({ ...events.ended(), exit }, plan, { host, after });
}
