import type { Host } from '../../../src/core/host';
import { problemOf, type Problem } from '../../../src/core/problem';
import { systemClock } from '../../../src/engine/clock';
import type { Channel, HostKeyRequest, Prompts, SecretRequest, Session, TouchRequest, Transport } from '../../../src/engine/ports';
import { askpassProgram } from './askpassProgram';
import { createTransport } from '../../../src/ssh/transport';
import type { SshSettings } from '../../../src/ssh/options';

export interface TestTransport extends Transport {
  /** What the transcript says, all hosts together. */
  readonly lines: string[];
}

interface TransportOptions {
  readonly env?: Record<string, string>;
  readonly connectionSharing?: boolean;
}

/** The product's transport on a configuration file. */
export function transport(
  configFile: string,
  { env = {}, connectionSharing, ...settings }: Partial<SshSettings> & TransportOptions = {},
): TestTransport {
  const lines: string[] = [];
  return {
    lines,
    ...createTransport({
      clock: systemClock,
      transcript: { line: (_host, text) => lines.push(text) },
      settings: () => ({ configFile, connectTimeoutSeconds: 20, legacyHosts: [], clients: {}, ...settings }),
      env: { PATH: process.env['PATH'], ...env },
      askpassProgram: askpassProgram(),
      ...(connectionSharing === undefined ? {} : { connectionSharing }),
    }),
  };
}

export const host = (name: string, more: Partial<Host> = {}): Host => ({
  id: `ssh-config:${name}`,
  name,
  source: 'ssh-config',
  logs: [],
  ...more,
});

/** A signal that never fires. */
export const never = new AbortController().signal;

export interface Person extends Prompts {
  readonly keys: HostKeyRequest[];
  readonly asked: SecretRequest[];
  readonly dropped: SecretRequest[];
  readonly touches: TouchRequest[];
}

/** Someone who answers: trusts or not, and knows a secret per kind, or a list of them in turn. */
export function person(trusts: boolean, secrets: Partial<Record<SecretRequest['kind'], string | string[]>> = {}): Person {
  const keys: HostKeyRequest[] = [];
  const asked: SecretRequest[] = [];
  const dropped: SecretRequest[] = [];
  const touches: TouchRequest[] = [];
  return {
    keys,
    asked,
    dropped,
    touches,
    touch: (request) => void touches.push(request),
    trustHostKey(request) {
      keys.push(request);
      return Promise.resolve(trusts);
    },
    secret(request) {
      asked.push(request);
      const known = secrets[request.kind];
      return Promise.resolve(typeof known === 'string' ? known : known?.shift());
    },
    refused(request) {
      dropped.push(request);
      return Promise.resolve();
    },
  };
}

/** The problem that a promise rejects with. */
export async function problem(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    return problemOf(error);
  }
  throw new Error('did not fail');
}

/** Runs a command to its end. */
export async function run(session: Session, command: string, stdin?: string): Promise<{ out: string; err: string; exit: unknown }> {
  const channel = await session.open(command, { signal: never });
  if (stdin !== undefined) await channel.write(stdin);
  channel.end();
  const [out, err, exit] = await Promise.all([text(channel.stdout), text(channel.stderr), channel.exit]);
  return { out, err, exit };
}

export async function text(stream: Channel['stdout']): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
