import type { SudoState } from '../core/facts';
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

/**
 * Starts a POSIX sh script on the host and gives its channel: stdout and stderr are the script's own, stdin is the
 * script's own stdin (what is written after this resolves). Rejects with HostError: sudo problems, connection problems.
 */
export function openScript(_session: Session, _script: string, _options: ScriptOptions): Promise<Channel> {
  throw new Error('being written');
}

/** Runs a script to its end and collects its output. Rejects with `deadline`, `outputTooLong`, or as openScript does. */
export function runScript(
  _session: Session,
  _script: string,
  _options: ScriptOptions & {
    readonly deadlineSeconds: number;
    readonly maxBytes?: number;
    readonly stdin?: string;
    readonly what: string;
  },
): Promise<ScriptResult> {
  throw new Error('being written');
}
