import { createHash } from 'node:crypto';
import home from '../../remote/home.sh';
import startSource from '../../remote/start.sh';
import superviseSource from '../../remote/supervise.sh';
import { HostError, mayPass } from '../../core/problem';
import { journalEvents, type JournalEvent } from '../../core/install/journal';
import { quote } from '../../core/shell';
import { lines } from '../lines';
import { openScript, type RunAs } from '../runScript';
import type { Clock, Session } from '../ports';

/** A run on a host: its name there, and the mark that tells our lines in its journal. */
export interface Run {
  readonly id: string;
  readonly mark: string;
}

/** What a run does, and what the host's record says of it to other editors. */
export interface Work {
  readonly script: string;
  readonly goal: string;
  readonly steps: readonly string[];
}

export interface FollowOptions {
  /** A live session; called again after the connection was lost. */
  readonly connect: () => Promise<Session>;
  readonly as: RunAs;
  readonly host: string;
  readonly clock: Clock;
  /** Ends the following, not the run. */
  readonly signal: AbortSignal;
  /** Gives the run up as long as it has not begun. */
  readonly before: AbortSignal;
  readonly onEvent: (event: JournalEvent) => void;
  /** How long a lost connection is looked for again. */
  readonly lostAfterSeconds?: number;
}

/**
 * Starts a script as a run on the host and follows its journal to the result; without `work` a run is taken up that was
 * started before, by this editor or another one. The run does not depend on the connection: when that is lost the same run is
 * found again and followed from the byte where it was left.
 * Rejects with HostError: `hostBusy` (another run holds the lock), `diskFull` (it could not begin), `runLost` (cut off on the host, or not reached again), sudo and connection problems before the start.
 */
export async function followRun(run: Run, work: Work | undefined, options: FollowOptions): Promise<number> {
  const position: Position = { from: 1, started: work === undefined, mark: run.mark };
  const lostAfter = (options.lostAfterSeconds ?? 600) * 1000;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await follow(run, work, position, options);
      if (result === 'busy') throw new HostError({ code: 'hostBusy', run: run.id }, options.host);
      if (result !== undefined) return result;
    } catch (error) {
      const lost = error instanceof HostError && mayPass(error.problem);
      if (!lost || !position.started || options.signal.aborted) throw error;
      // Counted from the loss: how long the run had been followed, or the editor's machine slept, says nothing.
      position.lostSince ??= options.clock.elapsed();
      if (options.clock.elapsed() - position.lostSince > lostAfter) {
        throw new HostError({ code: 'runLost', run: run.id }, options.host, { cause: error });
      }
    }
    await options.clock.sleep(Math.min(15_000, 500 * 2 ** Math.min(attempt, 5)), options.signal);
  }
}

/** Where the following stands: the next byte of the journal, whether the run may have begun, its mark, since when the host is out of reach. */
interface Position {
  from: number;
  started: boolean;
  mark: string;
  lostSince?: number | undefined;
}

/** Nothing of the run comes after these. */
const ENDS: ReadonlySet<JournalEvent['kind']> = new Set(['result', 'lost', 'absent', 'refused', 'noRoom']);

/** One connection's worth of following; resolves undefined if it ended without a result. */
async function follow(run: Run, work: Work | undefined, position: Position, options: FollowOptions): Promise<number | 'busy' | undefined> {
  const session = await options.connect();
  // Until the run has begun, cancelling is simply not beginning; from then on it is asked of the run, and following goes on.
  const giveUp = new AbortController();
  const cancel = (): void => {
    if (!position.started) giveUp.abort();
  };
  options.before.addEventListener('abort', cancel, { once: true });
  if (options.before.aborted) cancel();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  const begins = position.started ? undefined : work;
  const channel = await openScript(session, startScript(run, begins, position, session.user), { as: options.as, signal });
  position.lostSince = undefined;
  const errors = drain(channel.stderr, options.onEvent);
  let last: JournalEvent | undefined;
  try {
    if (!position.started) signal.throwIfAborted();
    // From the first byte on the run may have begun, whatever becomes of this connection.
    position.started = true;
    if (begins !== undefined) await channel.write(begins.script);
    for await (const line of lines(channel.stdout, { onLine: (taken) => (position.from += taken) })) {
      for (const event of journalEvents(line, position.mark)) {
        if (event.kind === 'adopt') {
          // Said before the journal's first byte, and no part of it.
          position.mark = event.mark;
          position.from = 1;
        }
        options.onEvent(event);
        last = event;
      }
      if (last !== undefined && ENDS.has(last.kind)) break;
    }
  } finally {
    options.before.removeEventListener('abort', cancel);
    channel.close();
    channel.exit.catch(() => undefined);
    await errors;
  }
  switch (last?.kind) {
    case 'result':
      return last.exit;
    case 'lost':
      throw new HostError({ code: 'runLost', run: run.id }, options.host);
    case 'absent':
      // The connection went before the whole script had come: the run never began.
      throw new HostError({ code: 'unexpected', message: 'the run never began' }, options.host);
    case 'noRoom':
      throw new HostError({ code: 'diskFull', where: last.where, left: 'unchanged' }, options.host);
    case 'refused':
      throw new HostError(options.before.aborted ? { code: 'cancelled' } : { code: 'unexpected', message: last.text }, options.host);
    default:
      return undefined;
  }
}

function startScript(run: Run, begins: Work | undefined, { from, mark }: Position, who: string): string {
  const variables = {
    toa_run: run.id,
    toa_mark: mark,
    toa_bytes: String(Buffer.byteLength(begins?.script ?? '')),
    toa_sha256: createHash('sha256')
      .update(begins?.script ?? '')
      .digest('hex'),
    toa_from: String(from),
    toa_who: who,
    toa_goal: begins?.goal ?? '',
    toa_steps: begins?.steps.join(' ') ?? '',
    toa_supervise: begins === undefined ? '' : `${home}\n${superviseSource}`,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return [...assignments, home, startSource].join('\n');
}

async function drain(stream: AsyncIterable<Uint8Array>, onEvent: (event: JournalEvent) => void): Promise<void> {
  try {
    for await (const line of lines(stream, { partial: true })) onEvent({ kind: 'output', text: line });
  } catch {
    // The stream's end is told by the other one.
  }
}
