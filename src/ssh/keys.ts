import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { Hop } from './hop';
import { fingerprint } from './knownHosts';
import type { Ssh2 } from './load';
import { readKeyFile, type KeyFile, type Signer } from './keyFile';

/** A key that may be offered to a server. */
export interface KeyCandidate {
  /** For people: the file, or the agent's fingerprint. */
  readonly label: string;
  readonly from: { readonly file: KeyFile } | { readonly agent: BaseAgent };
  /** Undefined: an encrypted file that hides even its public part. */
  readonly publicKey: ParsedKey | undefined;
}

/** Private keys that a passphrase has opened, in memory only. */
export type Unlocked = Map<string, { readonly version: string; readonly signer: Signer }>;

/**
 * The keys to offer, in ssh's order (sshconnect2.c, `pubkey_prepare`): the agent's keys that identity files name, the agent's other keys unless
 * IdentitiesOnly, then keys that are in files alone. The one with fingerprint `best` moves to the front. Security keys (`sk-…`), which
 * want a touch, are not among them: ssh2 cannot read them.
 */
export async function keyCandidates(ssh2: Ssh2, hop: Hop, best: string | undefined): Promise<KeyCandidate[]> {
  if (!hop.methods.has('publickey')) return [];
  const read = await Promise.all(hop.identityFiles.map((path) => readKeyFile(path, ssh2.utils.parseKey)));
  const files = read.filter((file) => file !== undefined);
  const agent = hop.agent === undefined ? undefined : ssh2.createAgent(hop.agent);
  const held = agent ? (await identities(agent)).map((publicKey) => ({ agent, publicKey })) : [];

  const named: KeyCandidate[] = [];
  const others: KeyCandidate[] = [];
  for (const { agent, publicKey } of held) {
    const from = { agent };
    const file = files.find((one) => one.publicKey && sameKey(one.publicKey, publicKey));
    if (file) named.push({ label: file.path, from, publicKey });
    else if (!hop.identitiesOnly) others.push({ label: `agent ${fingerprint(publicKey.getPublicSSH())}`, from, publicKey });
  }
  const inAgent = (file: KeyFile): boolean =>
    named.some(({ publicKey }) => publicKey && file.publicKey && sameKey(publicKey, file.publicKey));
  const alone = files
    .filter((file) => !file.publicOnly && !inAgent(file))
    .map((file): KeyCandidate => ({ label: file.path, from: { file }, publicKey: file.publicKey }));

  const allowed = [...named, ...others, ...alone].filter(
    ({ publicKey }) => publicKey === undefined || mayBeUsed(publicKey.type, hop.algorithms.publicKey),
  );
  const first = allowed.filter((key) => best !== undefined && keyName(key) === best);
  return [...first, ...allowed.filter((key) => !first.includes(key))];
}

/** `PubkeyAcceptedAlgorithms`: an RSA key signs in several ways (RFC 8332). */
const mayBeUsed = (type: string, accepted: readonly string[] | undefined): boolean =>
  accepted === undefined || accepted.includes(type) || (type === 'ssh-rsa' && accepted.includes('rsa-sha2-256'));

/** What a key is remembered by. */
export const keyName = (key: KeyCandidate): string => (key.publicKey ? fingerprint(key.publicKey.getPublicSSH()) : key.label);

/**
 * An agent that holds one public key and signs by `sign`: ssh2 then asks the server first, and signs only if it would accept. ssh2
 * keeps it as long as the connection; `forget` leaves it nothing else to keep.
 */
export function oneKeyAgent(
  ssh2: Ssh2,
  publicKey: ParsedKey,
  sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>,
): { readonly agent: BaseAgent<ParsedKey>; readonly forget: () => void } {
  const key = { publicKey, sign };
  const agent = oneKey(ssh2, key);
  return { agent, forget: () => void (key.sign = () => Promise.reject(new Error('signed in already'))) };
}

interface OneKey {
  readonly publicKey: ParsedKey;
  sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
}

function oneKey(ssh2: Ssh2, key: OneKey): BaseAgent<ParsedKey> {
  return new (class extends ssh2.BaseAgent<ParsedKey> {
    override getIdentities(callback: (error: undefined, keys: ParsedKey[]) => void): void {
      callback(undefined, [key.publicKey]);
    }
    override sign(_key: ParsedKey, data: Buffer, ...rest: unknown[]): void {
      const options = rest[0] as { hash?: string } | undefined;
      const callback = rest.at(-1) as (error?: Error, signature?: Buffer) => void;
      key.sign(data, options?.hash).then(
        (signature) => callback(undefined, signature),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    }
  })();
}

/** Has the agent sign. */
export const agentSign = (agent: BaseAgent, key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options: SigningRequestOptions = hash === 'sha256' || hash === 'sha512' ? { hash } : {};
    const answer: SignCallback = (error, signature) => {
      if (signature) resolve(signature);
      else reject(error instanceof Error ? error : new Error('the agent did not sign'));
    };
    agent.sign(key, data, options, answer);
  });

/** No agent, a locked one or a broken one holds no keys. */
const identities = (agent: BaseAgent): Promise<ParsedKey[]> =>
  new Promise((resolve) => {
    agent.getIdentities((_error, keys) => resolve((keys ?? []) as ParsedKey[]));
  });

const sameKey = (a: ParsedKey, b: ParsedKey): boolean => a.getPublicSSH().equals(b.getPublicSSH());
