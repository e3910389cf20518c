import { randomBytes } from 'node:crypto';
import { HostError, problemOf, type Problem } from '../../core/problem';
import { changedFacts } from '../../core/install/fingerprint';
import { runProblem, type RanPlan } from '../../core/install/remedy';
import { fullPlace } from '../../core/install/room';
import { uploadPath } from '../../core/install/steps';
import { quote } from '../../core/shell';
import { nonce } from '../nonce';
import { probeHost } from '../probeHost';
import { runScript, type RunAs } from '../runScript';
import { startRate } from '../rate';
import { uploadFile } from '../uploadFile';
import { cancelRun } from './cancelRun';
import { followRun, type Run } from './followRun';
import { runEvents, type Ended } from './runEvents';
import type { HostFacts, RunRecord } from '../../core/facts';
import type { Plan, RunEvent } from '../../core/plan';
import type { Clock, Session } from '../ports';

export interface ApplyOptions {
  readonly connect: () => Promise<Session>;
  readonly as: RunAs;
  readonly clock: Clock;
  /** Cancels: an upload at once, a run before its next step; a package transaction is never cut. */
  readonly signal: AbortSignal;
  /** The editor goes away: the run is no longer followed, and goes on. Fires before `signal` where both do. */
  readonly closing?: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs exactly the plan that was shown, and probes again. Resolves with the facts afterwards.
 * Rejects with HostError: `planStale` (nothing was done), `uploadCorrupt`, `rpmRefused` with its remedy, `diskFull`, `stepFailed`,
 * `cancelled`, `hostBusy`, `runLost`, sudo and connection problems.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<HostFacts> {
  const { connect, as, signal, onEvent } = options;
  const host = plan.host.name;
  const session = await connect();
  const before = await probe(session, options, signal);
  const busy = before.record.runInProgress;
  if (busy !== undefined) throw new HostError(busyProblem(busy, before), host);
  const changed = changedFacts(plan.facts, before);
  if (changed.length > 0) throw new HostError({ code: 'planStale', changed }, host);

  for (const local of plan.packages) {
    const rateOf = startRate(options.clock);
    const onProgress = (done: number): void => {
      const rate = rateOf(done);
      onEvent({ kind: 'upload', file: local.file, done, total: local.bytes, ...(rate === undefined ? {} : { rate }) });
    };
    await uploadFile(session, local, uploadPath(plan.facts, local), { signal, onProgress });
  }

  const run: Run = { id: `${plan.id}-${randomBytes(2).toString('hex')}`, mark: nonce() };
  const steps = plan.steps.map((step) => step.id);
  const events = runEvents(steps, onEvent);
  const closing = options.closing ?? new AbortController().signal;
  const cancel = (): void => {
    if (!closing.aborted) void cancelRun(run.id, options);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const work = { script: plan.script, goal: plan.goal, steps };
  const exit = await followRun(run, work, {
    connect,
    as,
    host,
    clock: options.clock,
    signal: closing,
    before: signal,
    onEvent: events.take,
  }).finally(() => signal.removeEventListener('abort', cancel));

  const again = connect().then(async (last) => ({ last, after: await probe(last, options, closing) }));
  if (exit === 0) {
    const { last, after } = await again;
    await removeUploads(last, plan);
    return after;
  }
  throw await failedRun({ ...events.ended(), exit }, plan, { host, before, after: again.then(({ after }) => after) });
}

/** The problem of a run that failed. Where the host cannot be read afterwards that is told behind it, and hides nothing. */
export async function failedRun(
  ended: Ended & { readonly exit: number },
  plan: RanPlan,
  { host, before, after }: { readonly host: string; readonly before?: HostFacts; readonly after: Promise<HostFacts> },
): Promise<HostError> {
  const seen = await after.catch((error: unknown) => ({ also: problemOf(error), cause: error }));
  if ('also' in seen) {
    const problem = runProblem({ ...ended, left: 'unknown', full: fullPlace(ended.marks, undefined, plan.row) }, plan);
    return new HostError(problem, host, seen);
  }
  const left = before !== undefined && changedFacts(before, seen).length === 0 ? 'unchanged' : 'changed';
  return new HostError(runProblem({ ...ended, left, full: fullPlace(ended.marks, seen, plan.row) }, plan), host);
}

/** Who changes the host already, since when by the editor's clock. */
export const busyProblem = ({ id, since, by }: RunRecord, { takenAt, hostTime }: HostFacts): Extract<Problem, { code: 'hostBusy' }> => ({
  code: 'hostBusy',
  run: id,
  since: since + takenAt - hostTime,
  ...(by === undefined ? {} : { by }),
});

const probe = (session: Session, options: ApplyOptions, signal: AbortSignal): Promise<HostFacts> =>
  probeHost(session, { as: options.as, extraLogs: [], clock: options.clock, signal });

/** The upload has served; a failure to remove it is no failure of the install. */
async function removeUploads(session: Session, plan: Plan): Promise<void> {
  const paths = plan.packages.map((local) => uploadPath(plan.facts, local));
  const directory = paths[0]?.replace(/\/[^/]*$/, '');
  if (directory === undefined) return;
  const options = { as: 'user', signal: AbortSignal.timeout(30_000), deadlineSeconds: 30, what: 'clean up' } as const;
  await runScript(session, `rm -f ${paths.map(quote).join(' ')}; rmdir ${quote(directory)}`, options).catch(() => undefined);
}
