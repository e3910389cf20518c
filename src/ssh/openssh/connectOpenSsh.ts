import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { HostError, type OpenSshNeed } from '../../core/problem';
import { startAttempt, type Attempt } from '../attempt';
import { SIGN_IN_SECONDS, type HopContext } from '../connectHop';
import { addressOf, type Hop } from '../hop';
import { readKnownHosts } from '../hostKeys';
import { createLink, type Connection, type Link } from '../link';
import { answerFor } from './answers';
import { connectArguments } from './commandLine';
import { separateConnection, sharedConnection } from './connection';
import { problemFrom } from './failure';
import { openMuxSocket } from './muxSocket';
import type { Room } from './room';

type Context = Omit<HopContext, 'mayGoBeyond'>;

/**
 * Connects to one hop by the system's OpenSSH client: it verifies the host's key and signs in, and asks through our prompts.
 * Rejects with HostError as `connectHop` does, or with `sshClientMissing`, naming `need`.
 */
export async function connectOpenSsh(hop: Hop, below: Link | undefined, context: Context, need: OpenSshNeed, room: Room): Promise<Link> {
  const { options, host, prompts } = context;
  const seconds = hop.connectTimeoutSeconds ?? options.settings().connectTimeoutSeconds;
  const entries = await readKnownHosts(hop);
  const attempt = startAttempt(hop, context, seconds);
  // One program does all of it, and does not tell how far it is: until it asks something, this is all the time it has.
  attempt.phase('handshake', 2 * seconds + SIGN_IN_SECONDS.silent);
  const answers = answerFor({ hop, host, prompts, attempt });
  const visitor = room.admit({ answer: answers.answer, connect: () => through(below, hop) });
  const silent = prompts === undefined;
  const sharing = options.connectionSharing ?? process.platform !== 'win32';
  const socket = sharing ? room.path('') : undefined;
  const log = room.path('.log');
  const settings = options.settings();
  const common = {
    configFile: settings.configFile,
    silent,
    connectTimeoutSeconds: seconds,
    proxyCommand: below ? visitor.proxyCommand : undefined,
  };
  const env = { ...options.env, ...visitor.env, LC_ALL: 'C', SSH_ASKPASS_REQUIRE: silent ? 'never' : 'force' };
  // Without sharing, signing in is proven by a command that all shells know.
  const args = connectArguments(hop, { ...common, socket, log }, sharing ? [] : ['exit 0']);
  const read = (): Promise<string> => readFile(log, 'utf8').catch(() => '');
  try {
    const code = await attempt.within(runToEnd(args, env, attempt));
    const text = await read();
    if (code === 'missing') throw new HostError({ code: 'sshClientMissing', need }, host, { hop: hop.name });
    if (code !== 0) {
      tell(context, hop, text, /^(?!debug|OpenSSH_)./);
      const problem = problemFrom({ log: text, hop, entries, silent, seconds, asked: answers.asked });
      if (problem.code === 'authFailed') await answers.refused();
      throw new HostError(problem, host, { hop: hop.name });
    }
    tell(context, hop, text, /^debug1: kex: (?:algorithm|host key algorithm)|^Authenticated to /);
    let connection: Connection;
    if (socket === undefined) {
      connection = separateConnection((rest, into) => {
        const command = rest.slice(rest.indexOf('--') + 2);
        const flags = rest.slice(0, rest.indexOf('--'));
        const each = [...flags, ...connectArguments(hop, { ...common, socket, log: into }, command)];
        return spawn('ssh', each, { env, stdio: 'pipe', windowsHide: true });
      }, room);
    } else {
      const mux = await attempt.within(openMuxSocket(socket));
      if (!mux) throw new HostError({ code: 'connectionLost', reason: 'the ssh client ended' }, host, { hop: hop.name });
      connection = sharedConnection(socket, mux, room, options.env, 'ours');
    }
    attempt.succeeded();
    const release = below?.hold() ?? (() => undefined);
    const leave = socket === undefined ? visitor.leave : () => undefined;
    const byOpenSsh = [...(below?.byOpenSsh ?? []), { hop: hop.name, need }];
    const letGo = (): void => {
      leave();
      release();
    };
    return createLink(connection, hop, { clock: options.clock, byOpenSsh, release: letGo });
  } catch (error) {
    attempt.fail({ code: 'cancelled' });
    throw error;
  } finally {
    if (socket !== undefined) visitor.leave();
    rm(log, { force: true }).catch(() => undefined);
  }
}

/** A link over the person's own shared connection, if there is one right now. */
export async function joinShared(hop: Hop, context: Context, room: Room): Promise<Link | undefined> {
  if (hop.controlPath === undefined) return undefined;
  const mux = await openMuxSocket(hop.controlPath);
  if (!mux) return undefined;
  return createLink(sharedConnection(hop.controlPath, mux, room, context.options.env, 'theirs'), hop, {
    clock: context.options.clock,
    byOpenSsh: [{ hop: hop.name, need: { kind: 'shared' } }],
  });
}

/** ssh's exit code once it has ended, or gone to the background. What it says besides its log is a banner, and not kept. */
function runToEnd(args: readonly string[], env: NodeJS.ProcessEnv, attempt: Attempt): Promise<number | 'missing'> {
  return new Promise((resolve, reject) => {
    // A session of its own: no terminal to ask at, and all it starts ends with it.
    const child = spawn('ssh', args, { env, stdio: 'ignore', detached: true, windowsHide: true });
    attempt.onFailure(() => {
      try {
        if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // gone already
      }
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('missing');
      else reject(error);
    });
    child.once('exit', (code) => resolve(code ?? -1));
  });
}

/** The way to the server through the hop before, as a stream. */
function through(below: Link | undefined, hop: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (!below) {
      reject(new Error('no hop before this one'));
      return;
    }
    below.forward(hop.address, hop.port, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

/** Lines of ssh's log into the transcript; there is never a secret in them. */
function tell({ options, host }: Context, hop: Hop, log: string, which: RegExp): void {
  const lines = log.split(/\r?\n/).filter((line) => which.test(line));
  for (const line of lines.slice(-20)) options.transcript.line(host, `${hop.name} (${addressOf(hop)}): ${line.slice(0, 500)}`);
}
