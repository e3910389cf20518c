import defaults from '../../remote/default.sh';
import drivers from '../../remote/drivers.sh';
import home from '../../remote/home.sh';
import once from '../../remote/once.sh';
import rebootSource from '../../remote/reboot.sh';
import trial from '../../remote/trial.sh';
import watchdog from '../../remote/watchdog.sh';
import words from '../../remote/words.sh';
import { guardText } from './guard';
import { HostError, type FactName, type Problem } from '../../core/problem';
import { quote } from '../../core/shell';
import { trialRefusal, type Patience } from '../../core/trial';
import { lines } from '../lines';
import { nonce } from '../nonce';
import { openScript, type RunAs } from '../runScript';
import type { HostFacts } from '../../core/facts';
import type { Session } from '../ports';

/** `lasting`: the kernel becomes the default. `once`: it is booted as a trial, and the guard brings the original back. */
export type RebootWay =
  { readonly kind: 'lasting' } | { readonly kind: 'once'; readonly run: string; readonly original: string; readonly patience: Patience };

export interface StartOptions {
  readonly facts: HostFacts;
  readonly release: string;
  readonly package?: string;
  readonly way: RebootWay;
  readonly as: RunAs;
  readonly signal: AbortSignal;
}

/** Verifying a kernel's thousands of files and flushing a busy disk take their time. Seconds. */
const PREPARE_SECONDS = 300;

/**
 * Has the host check and write all that the reboot needs, and then starts it with one word. If this rejects, the host does
 * not reboot, now or later: without the word it never does. Rejects as rebootHost does before the shutdown.
 */
export async function startReboot(session: Session, options: StartOptions): Promise<void> {
  const mark = nonce();
  const variables = {
    toa_mark: mark,
    toa_who: session.user,
    toa_release: options.release,
    toa_package: options.package ?? '',
    toa_boot_id: options.facts.bootId,
    toa_way: options.way.kind,
    toa_listen: listenOf(options.facts),
    ...(options.way.kind === 'once' ? trialVariables(options.way) : {}),
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  const script = [...assignments, home, words, defaults, once, trial, watchdog, drivers, rebootSource].join('\n');
  const channel = await openScript(session, script, { as: options.as, signal: options.signal });
  // From here on: the time that a person needs for a password does not count.
  const deadline = AbortSignal.timeout(PREPARE_SECONDS * 1000);
  const close = (): void => channel.close();
  const signal = AbortSignal.any([options.signal, deadline]);
  signal.addEventListener('abort', close, { once: true });
  try {
    const output: string[] = [];
    const errors = keep(channel.stderr, output);
    const ready = `==${mark} ready 0`;
    for await (const line of lines(channel.stdout, { partial: true })) {
      if (line === ready) {
        // The word and everything after it may be lost with the connection that the reboot ends: boot_id tells.
        await channel.write(`${mark}\n`).catch(() => undefined);
        await Promise.race([channel.exit.catch(() => undefined), errors]);
        return;
      }
      output.push(line);
    }
    options.signal.throwIfAborted();
    if (deadline.aborted) throw new HostError({ code: 'deadline', what: 'reboot', seconds: PREPARE_SECONDS }, session.host.name);
    await errors;
    const exit = await channel.exit;
    throw new HostError(whyNot(output, mark, 'code' in exit ? exit.code : 128, options), session.host.name);
  } finally {
    signal.removeEventListener('abort', close);
    channel.close();
    channel.exit.catch(() => undefined);
  }
}

/** sshd is looked for where it answered this connection; a host behind another address translates it itself. */
const listenOf = ({ sshd }: HostFacts): string => (sshd === undefined ? '127.0.0.1 22' : `${sshd.address} ${sshd.port}`);

function trialVariables(way: Extract<RebootWay, { kind: 'once' }>): Record<string, string> {
  return {
    toa_run: way.run,
    toa_original: way.original,
    toa_guard: guardText(),
    toa_ssh_seconds: String(way.patience.sshSeconds),
    toa_boot_seconds: String(way.patience.bootSeconds),
  };
}

async function keep(stream: AsyncIterable<Uint8Array>, output: string[]): Promise<void> {
  try {
    for await (const line of lines(stream, { partial: true })) output.push(line);
  } catch {
    // The other stream tells how the channel ended.
  }
}

/** Nothing has been rebooted: the script stopped before. */
function whyNot(output: readonly string[], mark: string, exit: number, options: StartOptions): Problem {
  const prefix = `==${mark} `;
  const marks = output.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  const said = (name: string): string | undefined =>
    marks
      .find((text) => text.split(' ')[0] === name)
      ?.slice(name.length + 1)
      .trim();
  const [busy, packages, changed, missing, moved, notArmed] = ['busy', 'packages', 'changed', 'missing', 'default', 'notArmed'].map(said);
  if (busy !== undefined) return { code: 'hostBusy', run: busy };
  if (packages !== undefined) {
    const [pid = '', ...command] = packages.split(' ');
    return { code: 'yumLocked', pid: Number(pid), command: command.join(' ') };
  }
  if (changed !== undefined) return { code: 'planStale', changed: [changed as FactName] };
  // Before what it was told by: what is missing then is the original kernel's.
  const [refusal, ...about] = (notArmed ?? '').split(' ');
  const why = trialRefusal(refusal);
  if (why !== undefined) return { code: 'trialRefused', why, about: about.join(' '), release: options.release };
  if (missing === 'vmlinuz' || missing === 'initramfs' || missing === 'entry') {
    return { code: 'kernelNotBootable', release: options.release, missing };
  }
  if (moved !== undefined) return { code: 'defaultMoved', expected: `/boot/vmlinuz-${options.release}`, actual: moved };
  const words = output.filter((line) => line.trim() !== '' && !line.startsWith('=='));
  return { code: 'stepFailed', step: 'reboot', exit, message: words.slice(-6).join('\n').slice(-600), left: 'unchanged' };
}
