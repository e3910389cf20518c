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
 * Decides about the key a server shows. `remember`: the person (or `StrictHostKeyChecking accept-new`) accepted an unknown
 * key; it is to be written down once the server has proven that it holds it. `unchecked`: `StrictHostKeyChecking no` lets an
 * unknown key through, but no password or answer may go over it before `confirmHostKey`. Throws HostError: hostKeyChanged,
 * hostKeyRevoked, hostKeyUnknown (refused, or never to be asked), needsSignIn (nobody is there: whatever the setting, silent
 * work accepts no unknown key). A changed key is refused under every setting.
 */
export async function checkHostKey(key: Buffer, check: HostKeyCheck): Promise<'trusted' | 'remember' | 'unchecked'> {
  const { hop, entries, prompts } = check;
  const shown = show(key, hop);
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
      if (!prompts) throw refusal(check, { code: 'needsSignIn', why: 'hostKey' });
      if (hop.strict === 'yes') throw refusal(check, { code: 'hostKeyUnknown', ...shown });
      if (hop.strict === 'no') return 'unchecked';
      if (hop.strict === 'ask') await askAboutUnknown(check, prompts, shown);
      return 'remember';
  }
}

/** Asks the person about an unknown key that `checkHostKey` let through. Throws HostError: hostKeyUnknown, needsSignIn. */
export async function confirmHostKey(key: Buffer, check: HostKeyCheck): Promise<void> {
  if (!check.prompts) throw refusal(check, { code: 'needsSignIn', why: 'hostKey' });
  await askAboutUnknown(check, check.prompts, show(key, check.hop), true);
}

/**
 * Appends an accepted key to the user's first known_hosts file, as ssh does: one write to the end of the file (or of what a link
 * leads to), so that nothing which others write meanwhile is lost and mode and owner stay. A missing file is made 0600, its
 * directory 0700.
 */
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
}

const show = (key: Buffer, hop: Hop): Shown => ({ address: addressOf(hop), keyType: keyType(key), fingerprint: fingerprint(key) });

async function askAboutUnknown(check: HostKeyCheck, prompts: Prompts, shown: Shown, unchecked = false): Promise<void> {
  const request = { host: check.host, hop: check.hop.name, ...shown, unchecked };
  if (!(await prompts.trustHostKey(request, check.signal))) throw refusal(check, { code: 'hostKeyUnknown', ...shown });
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
