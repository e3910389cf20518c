import { randomBytes } from 'node:crypto';
import cancelSource from '../../remote/cancel.sh';
import home from '../../remote/home.sh';
import { HostError } from '../../core/problem';
import { changedFacts } from '../../core/install/fingerprint';
import { runProblem } from '../../core/install/remedy';
import { uploadPath } from '../../core/install/steps';
import { quote } from '../../core/shell';
import { nonce } from '../nonce';
import { probeHost } from '../probeHost';
import { runScript, type RunAs } from '../runScript';
import { uploadFile } from '../uploadFile';
import { followRun, type Run } from './followRun';
import type { HostFacts } from '../../core/facts';
import type { Plan, RunEvent, StepId } from '../../core/plan';
import type { Clock, Session } from '../ports';

export interface ApplyOptions {
  readonly connect: () => Promise<Session>;
  readonly as: RunAs;
  readonly clock: Clock;
  /** Cancels: an upload at once, a run before its next step; a package transaction is never cut. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs exactly the plan that was shown, and probes again. Resolves with the facts afterwards.
 * Rejects with HostError: `planStale` (nothing was done), `uploadCorrupt`, `rpmRefused` with its remedy, `stepFailed`, `cancelled`,
 * `hostBusy`, `runLost`, sudo and connection problems.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<HostFacts> {
  const { connect, as, signal, onEvent } = options;
  const host = plan.host.name;
  const session = await connect();
  const before = await probe(session, options, signal);
  const changed = changedFacts(plan.facts, before);
  if (changed.length > 0) throw new HostError({ code: 'planStale', changed }, host);

  for (const local of plan.packages) {
    const onProgress = (done: number): void => onEvent({ kind: 'upload', file: local.file, done, total: local.bytes });
    await uploadFile(session, local, uploadPath(plan.facts, local), { signal, onProgress });
  }

  const run: Run = { id: `${plan.id}-${randomBytes(2).toString('hex')}`, mark: nonce() };
  const record = createRecord(plan, onEvent);
  const cancel = (): void => void cancelRun(run, options);
  signal.addEventListener('abort', cancel, { once: true });
  const never = new AbortController();
  const exit = await followRun(run, plan.script, {
    connect,
    as,
    host,
    clock: options.clock,
    signal: never.signal,
    before: signal,
    onEvent: record.onEvent,
  }).finally(() => signal.removeEventListener('abort', cancel));

  const again = await connect();
  const after = await probe(again, options, never.signal);
  if (exit === 0) {
    await removeUploads(again, plan);
    return after;
  }
  const left = changedFacts(before, after).length > 0 ? 'changed' : 'unchanged';
  throw new HostError(runProblem({ ...record.failure(), exit, left }, plan), host);
}

/** Asks the run to stop before its next step; asked again where the connection was in the way. */
async function cancelRun(run: Run, { connect, as, clock }: ApplyOptions): Promise<void> {
  const script = [`toa_run=${quote(run.id)}`, home, cancelSource].join('\n');
  for (let attempt = 0; attempt < 5; attempt++) {
    const signal = AbortSignal.timeout(60_000);
    const asked = connect().then((session) => runScript(session, script, { as, signal, deadlineSeconds: 30, what: 'cancel' }));
    if ((await asked.catch(() => undefined))?.code === 0) return;
    await clock.sleep(3000);
  }
}

const probe = (session: Session, options: ApplyOptions, signal: AbortSignal): Promise<HostFacts> =>
  probeHost(session, { as: options.as, extraLogs: [], clock: options.clock, signal });

/** Keeps what a failure is explained from, and turns the journal into events. */
function createRecord(
  plan: Plan,
  onEvent: (event: RunEvent) => void,
): {
  onEvent: (event: Parameters<Parameters<typeof followRun>[2]['onEvent']>[0]) => void;
  failure: () => { step: StepId; marks: readonly string[]; output: string };
} {
  let step: StepId = 'checkFacts';
  let marks: string[] = [];
  let output = '';
  let ended = false;
  return {
    onEvent(event) {
      switch (event.kind) {
        case 'start':
          step = event.step;
          ended = false;
          marks = [];
          output = '';
          onEvent({ kind: 'step', step, n: plan.steps.findIndex((s) => s.id === step) + 1, of: plan.steps.length });
          return;
        case 'end':
          ended = true;
          onEvent({ kind: 'stepDone', step: event.step, exit: event.exit });
          return;
        case 'mark':
          marks.push(event.text);
          return;
        case 'output':
          // What is tidied up after a failed step explains nothing.
          if (!ended) output = `${output}${event.text}\n`.slice(-16_384);
          onEvent({ kind: 'output', text: event.text });
          return;
        case 'refused':
        case 'absent':
        case 'lost':
        case 'result':
          return;
      }
    },
    failure: () => ({ step, marks, output }),
  };
}

/** The upload has served; a failure to remove it is no failure of the install. */
async function removeUploads(session: Session, plan: Plan): Promise<void> {
  const paths = plan.packages.map((local) => quote(uploadPath(plan.facts, local)));
  if (paths.length === 0) return;
  const options = { as: 'user', signal: AbortSignal.timeout(30_000), deadlineSeconds: 30, what: 'clean up' } as const;
  await runScript(session, `rm -f ${paths.join(' ')}`, options).catch(() => undefined);
}
