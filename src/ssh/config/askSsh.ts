import { execFile } from 'node:child_process';
import { HostError } from '../../core/problem';
import type { SshOptions } from '../options';
import type { Destination } from './types';

/** Every keyword in lower case → its values in order. */
export type Answer = ReadonlyMap<string, readonly string[]>;

const SECONDS = 10;

interface Asking {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly configFile: string | undefined;
  readonly options: SshOptions;
}

/**
 * What a client allows where nobody has set it: its lists of algorithms. Empty: there is no client, or it is too old to say.
 */
export async function askDefaults(options: SshOptions): Promise<Answer> {
  const asking = { host: 'localhost', signal: AbortSignal.timeout(SECONDS * 1000), configFile: 'none', options };
  return (await askSsh({ name: 'localhost' }, asking).catch(() => undefined)) ?? new Map<string, string[]>();
}

/**
 * What `ssh -G` says (`ssh(1)`: prints the configuration after evaluating Host and Match blocks, and exits). Undefined: there is no
 * ssh client. Rejects with HostError: configInvalid with ssh's own words (file and line), deadline, cancelled.
 */
export function askSsh(destination: Destination, { host, signal, configFile, options }: Asking): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const refuse = (error: HostError): void => reject(error);
    execFile(
      'ssh',
      argumentsFor(destination, configFile),
      {
        signal,
        timeout: SECONDS * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: 1 << 20,
        env: { ...options.env, LC_ALL: 'C' },
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (!error) resolve(parse(stdout));
        else if (error.code === 'ENOENT') resolve(undefined);
        else if (error.name === 'AbortError') refuse(new HostError({ code: 'cancelled' }, host));
        else if (error.killed) refuse(new HostError({ code: 'deadline', what: 'ssh -G', seconds: SECONDS }, host));
        else refuse(new HostError({ code: 'configInvalid', ...complaint(stderr) }, host, { cause: error }));
      },
    );
  });
}

function argumentsFor({ name, address, port, user }: Destination, configFile: string | undefined): string[] {
  return [
    '-G',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(address === undefined ? [] : ['-o', `HostName=${address.replaceAll('%', '%%')}`]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-o', `User=${user}`]),
    '--',
    name,
  ];
}

function parse(text: string): Answer {
  const settings = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const keyword = line.slice(0, space).toLowerCase();
    settings.set(keyword, [...(settings.get(keyword) ?? []), line.slice(space + 1)]);
  }
  return settings;
}

/** `/home/x/.ssh/config: line 3: Bad configuration option: foo`; the first line says what is wrong. */
function complaint(stderr: string): { what: string; file?: string; line?: number } {
  const first = stderr.split('\n').find((line) => line.trim() !== '') ?? 'ssh -G';
  const match = /^(.+?):? line (\d+): (.*)$/.exec(first.trim());
  if (!match) return { what: first.trim().slice(0, 300) };
  return { what: (match[3] ?? '').slice(0, 300), file: match[1] ?? '', line: Number(match[2]) };
}
