import { HostError, problemOf, type ConnectPhase, type Problem } from '../core/problem';
import type { Clock } from '../engine/ports';
import { startDeadline } from './deadline';
import { addressOf, type Hop } from './hop';

interface AttemptContext {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly options: { readonly clock: Clock };
}

/** One try to connect to one hop. */
export interface Attempt {
  readonly current: ConnectPhase;
  readonly over: boolean;
  /** Fires when the attempt is over, however it ended. */
  readonly signal: AbortSignal;
  phase(phase: ConnectPhase, seconds?: number): void;
  asking<T>(question: () => Promise<T>): Promise<T>;
  fail(problem: Problem, cause?: unknown): void;
  succeeded(): void;
  onFailure(undo: () => void): void;
  /** The promise's value, or the attempt's failure, whichever comes first. */
  within<T>(promise: Promise<T>): Promise<T>;
}

/** Phases, deadlines and cancellation of one attempt; the first failure wins. */
export function startAttempt(hop: Hop, context: AttemptContext, seconds: number): Attempt {
  const ended = new AbortController();
  const undo: (() => void)[] = [];
  let current: ConnectPhase = 'tcp';
  let over = false;
  let reject: (error: HostError) => void;
  const failed = new Promise<never>((_resolve, rejectIt) => (reject = rejectIt));
  failed.catch(() => undefined);

  const finish = (): void => {
    over = true;
    deadline.stop();
    context.signal.removeEventListener('abort', cancel);
    ended.abort();
  };
  const fail = (problem: Problem, cause?: unknown): void => {
    if (over) return;
    finish();
    for (const step of undo) step();
    reject(new HostError(problem, context.host, { hop: hop.name, cause }));
  };
  const cancel = (): void => fail({ code: 'cancelled' });
  const expire = (allowed: number): void => fail({ code: 'connectTimeout', address: addressOf(hop), seconds: allowed, phase: current });
  const deadline = startDeadline(context.options.clock, seconds, expire);
  context.signal.addEventListener('abort', cancel);
  if (context.signal.aborted) cancel();

  return {
    get current() {
      return current;
    },
    get over() {
      return over;
    },
    signal: ended.signal,
    phase(phase, next) {
      current = phase;
      if (next !== undefined) deadline.restart(next);
      else if (phase === 'handshake') deadline.restart(seconds);
    },
    asking: (question) => deadline.paused(question),
    fail,
    succeeded: finish,
    onFailure: (step) => {
      if (over) step();
      else undo.push(step);
    },
    within: (promise) => {
      promise.catch((error: unknown) => fail(problemOf(error), error));
      return Promise.race([promise, failed]).catch(() => failed);
    },
  };
}
