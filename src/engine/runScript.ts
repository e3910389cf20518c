import type { SudoState } from '../core/facts';
import { HostError } from '../core/problem';
import { handshake, type Handshake } from './handshake';
import { collect } from './collect';
import { nonce } from './nonce';
import { sudoShell } from './sudo';
import type { Channel, Prompts, Session } from './ports';

/** As whom a script runs on the host. Root goes through sudo unless the connection's user is root already. */
export type RunAs = 'user' | { readonly sudo: SudoState; readonly prompts?: Prompts };

export interface ScriptOptions {
  readonly as: RunAs;
  readonly signal: AbortSignal;
}

export interface ScriptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The login shell may be csh or fish, and the argument limit is 128 KiB: the command line is a constant, the script goes on stdin. */
const SHELL = 'exec /bin/sh -s';

/** A shell may never answer (ForceCommand, a menu): this long without its first marker is a failure. */
const READY_SECONDS = 30;

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Starts a POSIX sh script on the host and gives its channel: stdout and stderr are the script's own (one stream where
 * sudo demands a terminal), stdin is the script's own stdin (what is written after this resolves).
 * Rejects with HostError: sudo problems, `noShell`, connection problems.
 */
export async function openScript(session: Session, script: string, options: ScriptOptions): Promise<Channel> {
  const shake =
    options.as === 'user' || options.as.sudo === 'root'
      ? handshake(await session.open(SHELL, { signal: options.signal }))
      : await sudoShell(session, options.as, options.signal);
  const raw = shake.channel();
  const begin = handshake(raw);
  const marker = nonce();
  // A brace group is parsed as a whole before any of it runs, so that a connection cut in transit never runs half a script;
  // and nothing more is sent until the marker is seen, because some shells read ahead on stdin.
  // What takes nothing, for want of a shell, never answers either: the answer's deadline is the writing's too.
  raw.write(`{ printf '%s\\n' ${marker}\n${script}\nexit $?\n}\n`).catch(() => undefined);
  await readyOrFail(begin, marker, session, raw);
  return begin.channel();
}

/**
 * Runs a script to its end and collects its output. `whileHeard`: the deadline counts from its latest output, not from its begin.
 * Rejects with `deadline`, `outputTooLong`, or as openScript does.
 */
export async function runScript(
  session: Session,
  script: string,
  options: ScriptOptions & {
    readonly deadlineSeconds: number;
    readonly maxBytes?: number;
    readonly stdin?: string;
    readonly what: string;
    readonly whileHeard?: true;
  },
): Promise<ScriptResult> {
  const channel = await openScript(session, script, options);
  const limit = options.maxBytes ?? DEFAULT_MAX_BYTES;
  // The deadline starts when the script does: the time that a person needs for a password does not count.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), options.deadlineSeconds * 1000);
  const heard = options.whileHeard === true ? (): void => void timer.refresh() : undefined;
  try {
    // Not waited for: what the script does not take is no reason to miss its deadline.
    const fed = options.stdin === undefined ? Promise.resolve() : channel.write(options.stdin);
    fed.then(() => channel.end()).catch(() => undefined);
    const result = await collect(channel, limit, AbortSignal.any([options.signal, late.signal]), heard);
    if (result === 'outputTooLong') throw new HostError({ code: 'outputTooLong', bytes: limit }, session.host.name);
    return result;
  } catch (error) {
    if (late.signal.aborted && !options.signal.aborted && !(error instanceof HostError)) {
      throw new HostError({ code: 'deadline', what: options.what, seconds: options.deadlineSeconds }, session.host.name, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    channel.close();
  }
}

async function readyOrFail(shake: Handshake, marker: string, session: Session, channel: Channel): Promise<void> {
  const timer = setTimeout(() => channel.close(), READY_SECONDS * 1000);
  try {
    if ((await shake.until(marker)) === true) return;
  } finally {
    clearTimeout(timer);
  }
  channel.close();
  throw new HostError({ code: 'noShell', output: shake.said().slice(-500) }, session.host.name);
}
