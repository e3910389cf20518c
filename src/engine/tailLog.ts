import { unitOf } from '../core/log/journal';
import { HostError, problemOf, type Problem } from '../core/problem';
import type { LogMark } from '../shared/logMark';
import { nonce } from './nonce';
import type { Channel, Clock, Session } from './ports';
import { openScript, type RunAs } from './runScript';
import { tailFile } from './tailFile';
import { tailJournal } from './tailJournal';
import type { OnLines } from './tailLogLines';
import type { TailSource } from './tailSource';

export { LONGEST_LINE, type OnLines } from './tailLogLines';

/** What the follower is doing: `waiting` until `until` (ms since the epoch) before it connects again. */
export type TailState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'following' }
  | { readonly kind: 'waiting'; readonly problem: Problem; readonly until: number; readonly since: number };

export interface TailOptions {
  /** The host's name, for errors. */
  readonly host: string;
  /** Gives a live session; called again after each loss. */
  readonly connect: (signal: AbortSignal) => Promise<Session>;
  /**
   * Absolute path of the log, or a pattern of the shell's: then the newest file that matches, and the next when it comes; or
   * `journal:UNIT`, for what that unit has written into systemd's journal.
   */
  readonly path: string;
  readonly as: RunAs;
  /** Lines to start back from the end; `all`: from the beginning of the oldest file that rotation has left, compressed or not, or of the journal. */
  readonly back: number | 'all';
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onLines: OnLines;
  readonly onMark: (mark: LogMark) => void;
  readonly onState: (state: TailState) => void;
}

/** The follower gives a sign of life every six seconds or so: this long without one, the connection is dead. */
const SILENCE_MS = 45_000;
/** Marks begin with a byte (ASCII's record separator) that web servers escape in what visitors send: one is soon looked for. */
const MARK_BYTE = '\x1e';
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Follows a log until `signal` fires, then resolves. A lost connection is opened again, with growing pauses, and goes on
 * behind the last whole line. The consumer's callbacks run between reads: a slow one slows the host's end (backpressure).
 * Rejects with HostError: `logUnreadable`, sudo problems, and what stops the first connection.
 */
export async function tailLog(options: TailOptions): Promise<void> {
  const unit = unitOf(options.path);
  const source = unit === undefined ? tailFile(options) : tailJournal(options, unit);
  const heard = lastHeard(options.clock);
  let lostAt: number | undefined;
  let wait = FIRST_WAIT_MS;
  const following = (): void => {
    if (lostAt !== undefined) {
      options.onMark({ kind: 'resumed', seconds: Math.round((options.clock.now() - lostAt) / 1000), by: source.by });
    }
    [lostAt, wait] = [undefined, FIRST_WAIT_MS];
    options.onState({ kind: 'following' });
  };
  const stopped = (): boolean => options.signal.aborted;
  while (!stopped()) {
    options.onState({ kind: 'connecting' });
    try {
      await followOnce(options, source, heard, following);
    } catch (error) {
      if (stopped()) return;
      const problem = problemOf(error);
      if (!source.resumable() || !mayPass(problem)) throw error;
      lostAt ??= options.clock.now();
      options.onState({ kind: 'waiting', problem, until: options.clock.now() + wait, since: lostAt });
      await options.clock.sleep(wait, options.signal).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
}

/** One connection's worth; ends only by throwing. */
async function followOnce(
  options: TailOptions,
  source: TailSource,
  heard: ReturnType<typeof lastHeard>,
  following: () => void,
): Promise<never> {
  const session = await options.connect(options.signal);
  const word = MARK_BYTE + nonce();
  const channel = await openScript(session, source.script(word), { as: options.as, signal: options.signal });
  const close = (): void => channel.close();
  options.signal.addEventListener('abort', close, { once: true });
  const silence = setTimeout(close, SILENCE_MS);
  let live = false;
  const feed = source.reader(word, {
    seconds: heard.seconds,
    alive: () => {
      heard.now();
      if (!live) following();
      live = true;
    },
  });
  try {
    void drain(channel);
    for await (const chunk of channel.stdout) {
      silence.refresh();
      feed(chunk);
    }
    throw new HostError({ code: 'connectionLost', reason: 'follower ended' }, options.host);
  } finally {
    clearTimeout(silence);
    options.signal.removeEventListener('abort', close);
    channel.close();
  }
}

/** When the follower last told where it was: what a gap lacks was written since. */
function lastHeard(clock: Clock): { readonly now: () => void; readonly seconds: () => number } {
  let at = clock.now();
  return {
    now: () => {
      at = clock.now();
    },
    seconds: () => Math.round((clock.now() - at) / 1000),
  };
}

/** What the follower says on stderr is of no use, but unread it would stall the channel; its exit is told by the end of stdout. */
async function drain(channel: Channel): Promise<void> {
  channel.exit.catch(() => undefined);
  try {
    const chunks = channel.stderr[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
  } catch {
    // The connection is gone: the reader of stdout says so.
  }
}

/** Problems that pass by themselves; anything else needs a person. A log can be missing for a moment while it is rotated. */
function mayPass(problem: Problem): boolean {
  return (
    problem.code === 'connectTimeout' ||
    problem.code === 'connectFailed' ||
    problem.code === 'connectionLost' ||
    problem.code === 'deadline' ||
    problem.code === 'noShell' ||
    (problem.code === 'logUnreadable' && problem.reason === 'missing')
  );
}
