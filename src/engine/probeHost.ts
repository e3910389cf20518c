import type { HostFacts, SudoState } from '../core/facts';
import { parseProbe } from '../core/probe';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import logs from '../remote/probe-logs.sh';
import once from '../remote/once.sh';
import rootPart from '../remote/probe-root.sh';
import userPart from '../remote/probe.sh';
import watchdog from '../remote/watchdog.sh';
import { nonce } from './nonce';
import type { Clock, Session } from './ports';
import { runScript, type RunAs } from './runScript';

export interface ProbeOptions {
  /** `user` is enough: where sudo asks for nothing, the root-only readings are made by themselves. */
  readonly as: RunAs;
  /** Absolute paths of logs that the person named. */
  readonly extraLogs?: readonly string[];
  /** What an earlier probe found. A sudo known to refuse is not tried again: each try is a line in the host's auth log. */
  readonly knownSudo?: SudoState;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadlineSeconds?: number;
}

const MOST_BYTES = 1024 * 1024;

/**
 * Reads all facts of a host by one script in one exec; changes nothing there.
 * Rejects with HostError: `probeUnreadable`, or as runScript does.
 */
export async function probeHost(session: Session, options: ProbeOptions): Promise<HostFacts> {
  const word = nonce();
  const script = probeScript(word, options.extraLogs ?? session.host.logs, tryAgain(options.knownSudo));
  const result = await runScript(session, script, {
    as: options.as,
    signal: options.signal,
    deadlineSeconds: options.deadlineSeconds ?? 30,
    maxBytes: MOST_BYTES,
    what: 'probe',
  });
  const parsed = parseProbe(result.stdout, word, options.clock.now());
  if ('problem' in parsed) throw new HostError(parsed.problem, session.host.name);
  const { facts } = parsed;
  // A probe that came through sudo says "root"; how this connection becomes root is what it came through.
  const sudo = options.as !== 'user' && facts.user.uid !== 0 ? options.as.sudo : isSkipped(options, facts) ? options.knownSudo : facts.sudo;
  return { ...facts, sudo: sudo ?? facts.sudo };
}

/** The whole script of one probe; exported so that tests can run it under other shells. */
export function probeScript(word: string, extraLogs: readonly string[], trySudo: boolean): string {
  const paths = extraLogs.filter((path) => path.startsWith('/') && !/[\r\n\0]/.test(path)).join('\n');
  const values = `NONCE=${quote(word)}\nEXTRA_LOGS=${quote(paths)}\n`;
  // A brace group: the root shell parses all of it before it runs any.
  const root = `{\n${values}${logs}\n${once}\n${watchdog}\n${rootPart}\nexit 0\n}`;
  return `${values}TRY_SUDO=${trySudo ? 'yes' : 'no'}\nROOT_SCRIPT=${quote(root)}\n${logs}\n${userPart}`;
}

const tryAgain = (known: SudoState | undefined): boolean => known === undefined || known === 'nopasswd' || known === 'root';

const isSkipped = (options: ProbeOptions, facts: HostFacts): boolean => !tryAgain(options.knownSudo) && facts.sudo === 'password';
