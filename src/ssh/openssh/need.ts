import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import type { OpenSshNeed, Problem } from '../../core/problem';
import type { Hop } from '../hop';
import { matchesPatterns } from '../patterns';

type Env = Readonly<Record<string, string | undefined>>;

/** What is known before anything is tried: only OpenSSH's own client can go to this hop. */
export async function needUpFront(hop: Hop): Promise<OpenSshNeed | undefined> {
  const [option] = hop.beyond;
  if (option !== undefined) return { kind: 'option', option };
  if (hop.methods.has('publickey') && (await hasCertificate(hop))) return { kind: 'certificate' };
  return undefined;
}

/**
 * What the keys that ssh2 can use have not achieved and OpenSSH's client may, before a person is asked for a password.
 * `left`: the methods that the server would still take.
 */
export async function needBeyondKeys(hop: Hop, left: readonly string[], env: Env): Promise<OpenSshNeed | undefined> {
  if (left.includes('publickey') && hop.methods.has('publickey')) {
    const files = await Promise.all(hop.identityFiles.map((file) => publicTypes(file)));
    const agent = hop.agent === undefined || hop.identitiesOnly ? [] : await typesInAgent(hop.agent, env);
    const types = [...files.flat(), ...agent];
    if (types.some((type) => type.startsWith('sk-'))) return { kind: 'securityKey' };
    if (types.some((type) => type.includes('-cert-v01@'))) return { kind: 'certificate' };
  }
  if (left.includes('gssapi-with-mic') && hop.gssapi && (await hasTicket(env))) return { kind: 'gssapi' };
  return undefined;
}

/** Algorithms that OpenSSH's client has and ssh2 has not. */
const ONLY_OPENSSH = ['sntrup761x25519-*', 'mlkem768*', 'diffie-hellman-group18-*', 'chacha20-*', 'umac-*', '*-cert-v01@*', 'sk-*'];

/** Whether a failure of ssh2 is one that OpenSSH's client would not have. */
export function needAfter(problem: Problem): OpenSshNeed | undefined {
  if (problem.code !== 'noCommonAlgorithm') return undefined;
  const algorithm = problem.offered.find((name) => matchesPatterns(ONLY_OPENSSH, name));
  return algorithm === undefined ? undefined : { kind: 'algorithm', algorithm };
}

async function hasCertificate({ certificateFiles, identityFiles }: Hop): Promise<boolean> {
  if (certificateFiles.length > 0) return true;
  const beside = identityFiles.map((file) => access(`${file}-cert.pub`));
  return (await Promise.allSettled(beside)).some(({ status }) => status === 'fulfilled');
}

/** The type of the key in a file, by its public half. */
async function publicTypes(file: string): Promise<string[]> {
  const text = await readFile(`${file}.pub`, 'utf8').catch(() => readFile(file, 'utf8').catch(() => ''));
  return typesIn(text);
}

const typesIn = (text: string): string[] => text.split('\n').flatMap((line) => /^((?:ssh|ecdsa|sk)-\S+) AAAA/.exec(line)?.[1] ?? []);

const typesInAgent = async (socket: string, env: Env): Promise<string[]> =>
  typesIn((await ask('ssh-add', ['-L'], { ...env, SSH_AUTH_SOCK: socket })) ?? '');

/** Whether there is a Kerberos ticket that has not run out. */
const hasTicket = async (env: Env): Promise<boolean> => (await ask('klist', ['-s'], env)) !== undefined;

const ask = (program: string, args: readonly string[], env: Env): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(program, [...args], { env, timeout: 5_000, maxBuffer: 1 << 20, windowsHide: true }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });
