import { HostError, type Problem } from '../core/problem';
import { handshake, type Handshake } from './handshake';
import type { Channel, Prompts, SecretRequest, Session } from './ports';
import type { SudoState } from '../core/facts';
import { nonce } from './nonce';

/** Waiting for sudo's prompt or for root; the time a person needs for the password is not counted. */
const SUDO_SECONDS = 30;

/** Printed once the terminal neither echoes nor translates; nothing is sent before. */
const TTY_READY = 'toa-tty-ready';

/**
 * Becomes root by sudo and gives the handshake of a root `/bin/sh` that waits for a script on stdin.
 * The password is sent once, only after exactly our prompt came (sudo -k: never a cached ticket, so that a blind password
 * can never become the script's input). A terminal is used only where sudo demands one (requiretty).
 * Rejects with HostError: the sudo problems.
 */
export async function sudoShell(
  session: Session,
  as: { readonly sudo: SudoState; readonly prompts?: Prompts },
  signal: AbortSignal,
): Promise<Handshake> {
  if (as.sudo === 'absent') throw new HostError({ code: 'sudoMissing' }, session.host.name);
  const first = await attempt(session, as.prompts, signal, as.sudo === 'requiretty');
  if (!('needsTerminal' in first)) return first;
  const second = await attempt(session, as.prompts, signal, true);
  if ('needsTerminal' in second) throw new HostError({ code: 'sudoNeedsTerminal' }, session.host.name);
  return second;
}

async function attempt(
  session: Session,
  prompts: Prompts | undefined,
  signal: AbortSignal,
  pty: boolean,
): Promise<Handshake | { readonly needsTerminal: true }> {
  const [prompt, root] = [nonce(), nonce()];
  // Under a terminal `sh -s` would be interactive; a script operand is not. /dev/stdin cannot be opened where stdin is a socket.
  const shell = pty ? 'exec /bin/sh /dev/stdin' : 'exec /bin/sh -s';
  const command = pty ? `exec /bin/sh -c 'stty raw -echo && printf "%s\\n" ${TTY_READY} && ${shell}'` : shell;
  const channel = await session.open(command, { signal, pty });
  const shake = handshake(channel);
  const clock = stopwatch(channel);
  try {
    if (pty && (await shake.until(TTY_READY)) === undefined) return await fail(channel, session, { code: 'sudoNeedsTerminal' });
    await channel.write(`{ LC_ALL=C; export LC_ALL; exec sudo -k -S -p ${prompt} /bin/sh -c 'printf "%s\\n" ${root}; ${shell}'; }\n`);
    const { name } = session.host;
    const request: SecretRequest = { kind: 'sudo', host: name, hop: name, user: session.user, address: session.address, hidden: true };
    const state = { asked: 0, refused: undefined as Problem | undefined };
    const became = await shake.until(root, {
      text: prompt,
      answer: async () => {
        clock.pause();
        state.refused = await answerPrompt(channel, prompts, request, state.asked++, signal);
        clock.start();
        return state.refused === undefined;
      },
    });
    if (became === true) return shake;
    if (state.refused !== undefined) return await fail(channel, session, state.refused);
    if (clock.expired()) return await fail(channel, session, { code: 'deadline', what: 'sudo', seconds: SUDO_SECONDS });
    if (mustHaveTty(shake.said()) && !pty) {
      channel.close();
      return { needsTerminal: true };
    }
    const problem = await whyNotRoot(channel, shake.said(), session.user, state.asked);
    // With passwd_tries=1 no second prompt tells it.
    if (problem.code === 'sudoPasswordWrong') await prompts?.refused(request);
    return await fail(channel, session, problem);
  } finally {
    clock.pause();
  }
}

/** Sends the password after the first prompt; a second prompt means that it was wrong. Resolves the problem, if any. */
async function answerPrompt(
  channel: Channel,
  prompts: Prompts | undefined,
  request: SecretRequest,
  asked: number,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  if (asked > 0) {
    await prompts?.refused(request);
    return { code: 'sudoPasswordWrong', user: request.user };
  }
  const password = await prompts?.secret(request, signal);
  if (password === undefined) return { code: 'sudoPasswordNeeded', user: request.user };
  await channel.write(`${password}\n`);
  return undefined;
}

async function fail(channel: Channel, session: Session, problem: Problem): Promise<never> {
  channel.close();
  await channel.exit.catch(() => undefined);
  throw new HostError(problem, session.host.name);
}

/** sudo ended without becoming root. The texts only choose the remedy: the fact is that no root shell came. */
async function whyNotRoot(channel: Channel, said: string, user: string, asked: number): Promise<Problem> {
  channel.close();
  const exit = await channel.exit.catch(() => undefined);
  if (exit !== undefined && 'code' in exit && exit.code === 127) return { code: 'sudoMissing' };
  if (/password is required/.test(said)) return { code: 'sudoPasswordNeeded', user };
  if (/incorrect password|try again/i.test(said) && asked > 0) return { code: 'sudoPasswordWrong', user };
  return { code: 'sudoNotAllowed', user };
}

const mustHaveTty = (said: string): boolean => /must have a tty/.test(said);

/** Closes the channel when sudo neither asks nor answers; can be stopped while a person is asked. */
function stopwatch(channel: Channel): { start(): void; pause(): void; expired(): boolean } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let expired = false;
  const pause = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const start = (): void => {
    pause();
    timer = setTimeout(() => {
      expired = true;
      channel.close();
    }, SUDO_SECONDS * 1000);
  };
  start();
  return { start, pause, expired: () => expired };
}
