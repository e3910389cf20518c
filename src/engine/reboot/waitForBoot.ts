import { HostError, problemOf } from '../../core/problem';
import { runScript } from '../runScript';
import type { Host } from '../../core/host';
import type { Clock, Prompts, Transport } from '../ports';

export interface WaitOptions {
  readonly host: Host;
  readonly transport: Transport;
  readonly connecting: { readonly prompts?: Prompts; readonly signal: AbortSignal };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly oldBootId: string;
  readonly shutdownSeconds: number;
  readonly bootSeconds: number;
  /** Called once, when the host no longer answers. */
  readonly onDown: () => void;
}

/** While pam_nologin stands a right password is refused; more tries than this could lock the account. */
const MAX_AUTH_FAILURES = 4;

/**
 * Waits until the host answers with another boot_id: that ssh is back says nothing. Rejects with HostError
 * `shutdownHangs` (still the old boot), `notBack`, or at once with what no waiting mends (a changed host key).
 */
export async function waitForBoot(options: WaitOptions): Promise<void> {
  const { host, clock, signal } = options;
  const began = clock.elapsed();
  const seconds = (): number => Math.round((clock.elapsed() - began) / 1000);
  let down = false;
  let authFailures = 0;
  for (let wait = 1000; ; wait = Math.min(5000, wait * 1.5)) {
    await clock.sleep(wait, signal);
    const answer = await bootId(options);
    if (typeof answer === 'string') {
      if (answer !== options.oldBootId) return;
      if (seconds() > options.shutdownSeconds) throw new HostError({ code: 'shutdownHangs', seconds: seconds() }, host.name);
      continue;
    }
    if (!down) options.onDown();
    down = true;
    const { code } = problemOf(answer);
    if (signal.aborted || code === 'cancelled' || code === 'hostKeyChanged' || code === 'hostKeyRevoked') throw answer;
    if (code === 'authFailed' || code === 'needsSignIn') {
      if (++authFailures >= MAX_AUTH_FAILURES) throw answer;
      await clock.sleep(10_000, signal);
    }
    if (seconds() > options.bootSeconds) throw new HostError({ code: 'notBack', seconds: seconds() }, host.name, { cause: answer });
  }
}

/** The boot_id that answers now, or the error that stood in the way. A connection of before the reboot may be half dead: never used again. */
async function bootId(options: WaitOptions): Promise<string | Error> {
  try {
    options.transport.drop(options.host.id);
    const session = await options.transport.connect(options.host, options.connecting);
    const read = { as: 'user', signal: options.signal, deadlineSeconds: 10, what: 'boot ID' } as const;
    const { code, stdout } = await runScript(session, 'cat /proc/sys/kernel/random/boot_id', read);
    if (code !== 0) return new HostError({ code: 'connectionLost', reason: `boot_id: exit ${code}` }, options.host.name);
    return stdout.trim();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
