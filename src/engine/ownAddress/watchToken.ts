import { HostError } from '../../core/problem';
import { quote } from '../../core/shell';
import watch from '../../remote/watch-token.sh';
import { drain } from '../drain';
import { lines } from '../lines';
import type { Clock, Session } from '../ports';
import { openScript, type RunAs } from '../runScript';

/** The line that was waited for. */
export interface TokenLine {
  readonly log: string;
  readonly text: string;
  /** Editor's clock, ms since the epoch, when it came. */
  readonly at: number;
}

export interface TokenWatch {
  /** The logs that can be read. */
  readonly logs: readonly string[];
  /** The first line with the token; undefined: the watch was closed before one came. Rejects if the connection is lost. */
  readonly line: Promise<TokenLine | undefined>;
  close(): void;
}

/** A shell that never gets as far is no reason to wait for ever. */
const READY_MS = 30_000;

/**
 * Watches logs for lines with `token` (letters and digits) from where they end now on; resolves when it does. Rejects as
 * openScript does, and with `deadline`.
 */
export async function watchToken(
  session: Session,
  paths: readonly string[],
  token: string,
  options: { readonly as: RunAs; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<TokenWatch> {
  const usable = paths.filter((path) => path.startsWith('/') && !/[\r\n\0]/.test(path));
  const script = `toa_token=${quote(token)} toa_logs=${quote(usable.join('\n'))}\n${watch}`;
  const channel = await openScript(session, script, { as: options.as, signal: options.signal });
  const close = (): void => channel.close();
  options.signal.addEventListener('abort', close, { once: true });
  channel.exit.catch(() => undefined);
  void drain(channel.stderr);
  const output = lines(channel.stdout)[Symbol.asyncIterator]();
  const timer = setTimeout(close, READY_MS);
  const readable: string[] = [];
  try {
    for (;;) {
      const next = await output.next();
      if (next.done === true) throw new HostError({ code: 'deadline', what: 'watch-token', seconds: READY_MS / 1000 }, session.host.name);
      if (next.value === 'ready') break;
      const path = usable[Number(/^log (\d+)$/.exec(next.value)?.[1] ?? 0) - 1];
      if (path !== undefined) readable.push(path);
    }
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const first = async (): Promise<TokenLine | undefined> => {
    for (let next = await output.next(); next.done !== true; next = await output.next()) {
      const [, number, text = ''] = /^line (\d+) (.*)$/s.exec(next.value) ?? [];
      const log = usable[Number(number) - 1];
      if (log !== undefined && text.includes(token)) return { log, text, at: options.clock.now() };
    }
    return undefined;
  };
  const line = first();
  line.catch(() => undefined);
  return { logs: readable, line, close };
}
