import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HostError, type Problem } from '../core/problem';
import type { Prompts } from '../engine/ports';
import { addressOf, type Hop } from './hop';
import { fingerprint, judge, keyType, knownHostLine, knownHostName, parseKnownHosts, type KnownHost } from './knownHosts';

/** Everything that the user's and the system's known_hosts files hold; a file that is missing or unreadable counts as empty, as in ssh. */
export async function readKnownHosts(hop: Hop): Promise<KnownHost[]> {
  const files = [...hop.userKnownHosts, ...hop.globalKnownHosts];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return files.flatMap((file, index) => parseKnownHosts(texts[index] ?? '', file));
}

/** This hop's name in known_hosts. */
export const nameInKnownHosts = (hop: Hop): string => knownHostName(hop.address, hop.port, hop.hostKeyAlias);

export interface HostKeyCheck {
  readonly hop: Hop;
  /** The host that is being connected to, for people. */
  readonly host: string;
  readonly entries: readonly KnownHost[];
  readonly prompts?: Prompts;
  readonly signal: AbortSignal;
}

/**
 * Decides about the key a server shows. `remember`: the person (or `StrictHostKeyChecking`) accepted an unknown key; it is
 * to be written down once the server has proven that it holds it. Throws HostError: hostKeyChanged, hostKeyRevoked,
 * hostKeyUnknown (refused, or never to be asked), needsSignIn (nobody to ask). A changed key is refused under every setting.
 */
export async function checkHostKey(key: Buffer, check: HostKeyCheck): Promise<'trusted' | 'remember'> {
  const { hop, entries } = check;
  const shown = { address: addressOf(hop), keyType: keyType(key), fingerprint: fingerprint(key) };
  const verdict = judge(entries, nameInKnownHosts(hop), key);
  switch (verdict.kind) {
    case 'trusted':
      return 'trusted';
    case 'revoked':
      throw refusal(check, { code: 'hostKeyRevoked', ...shown, file: verdict.entry.file, line: verdict.entry.line });
    case 'changed':
      throw refusal(check, {
        code: 'hostKeyChanged',
        ...shown,
        known: fingerprint(verdict.entry.key),
        file: verdict.entry.file,
        line: verdict.entry.line,
      });
    case 'unknown':
      if (knownWithoutPort(check, key)) return 'trusted';
      return await askAboutUnknown(check, { ...shown, otherKnownTypes: verdict.otherTypes });
  }
}

/** Appends an accepted key to the user's first known_hosts file, which is made 0600 in a directory 0700 where it is missing. */
export async function rememberHostKey(hop: Hop, key: Buffer): Promise<void> {
  const file = hop.userKnownHosts[0];
  if (file === undefined) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const newline = (await endsMidLine(file)) ? '\n' : '';
  await appendFile(file, `${newline}${knownHostLine(nameInKnownHosts(hop), key, hop.hashKnownHosts)}\n`, { mode: 0o600 });
}

/** ssh looks again without the port before it calls a key unknown (sshconnect.c, check_host_key); only a match counts there. */
function knownWithoutPort({ hop, entries }: HostKeyCheck, key: Buffer): boolean {
  return hop.port !== 22 && hop.hostKeyAlias === undefined && judge(entries, knownHostName(hop.address, 22), key).kind === 'trusted';
}

interface Shown {
  readonly address: string;
  readonly keyType: string;
  readonly fingerprint: string;
  readonly otherKnownTypes: readonly string[];
}

async function askAboutUnknown(check: HostKeyCheck, shown: Shown): Promise<'remember'> {
  const { hop, host, prompts, signal } = check;
  const unknown: Problem = { code: 'hostKeyUnknown', address: shown.address, keyType: shown.keyType, fingerprint: shown.fingerprint };
  if (hop.strict === 'yes') throw refusal(check, unknown);
  if (hop.strict === 'ask') {
    if (!prompts) throw refusal(check, { code: 'needsSignIn', why: 'hostKey' });
    if (!(await prompts.trustHostKey({ host, hop: hop.name, ...shown }, signal))) throw refusal(check, unknown);
  }
  return 'remember';
}

const refusal = ({ host, hop }: HostKeyCheck, problem: Problem): HostError => new HostError(problem, host, { hop: hop.name });

async function endsMidLine(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 10;
  } finally {
    await handle.close();
  }
}
