import { createHash, createHmac, randomBytes } from 'node:crypto';
import { matchesPatterns } from './patterns';

/** One usable line of a known_hosts file; `sshd(8)`, SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly marker?: 'revoked' | 'cert-authority';
  /** The names field as it stands: patterns with commas, or one hash. */
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
}

export type Verdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  | { readonly kind: 'unknown'; readonly otherTypes: readonly string[] };

/** The lines of a file that can be used. Comments, blank and broken lines are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const fields = raw.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined;
    const [names, type, base64] = fields;
    if (names === undefined || names.startsWith('#') || type === undefined || base64 === undefined) return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const key = Buffer.from(base64, 'base64');
    if (keyType(key) !== type) return [];
    return [{ file, line: index + 1, names, type, key, ...(marker === undefined ? {} : { marker }) }];
  });
}

/** The name of a server in known_hosts: the alias, or the address, with the port where it is not 22. */
export function knownHostName(address: string, port: number, alias?: string): string {
  if (alias !== undefined) return alias.toLowerCase();
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}

/**
 * What the entries say about a key that the server `name` shows, in ssh's order: revoked, trusted, changed (another key
 * of the same type is known), unknown. Authorities are not used: a key signed by one counts as unknown.
 */
export function judge(entries: readonly KnownHost[], name: string, key: Buffer): Verdict {
  const mine = entries.filter((entry) => entry.marker !== 'cert-authority' && matches(entry.names, name));
  const same = mine.filter((entry) => entry.key.equals(key));
  const revoked = same.find((entry) => entry.marker === 'revoked');
  if (revoked) return { kind: 'revoked', entry: revoked };
  if (same.length > 0) return { kind: 'trusted' };
  const known = mine.filter((entry) => entry.marker === undefined);
  const changed = known.find((entry) => entry.type === keyType(key));
  if (changed) return { kind: 'changed', entry: changed };
  return { kind: 'unknown', otherTypes: [...new Set(known.map((entry) => entry.type))] };
}

/** Types of the keys that are known for a server: these must be offered first, or a healthy host would look changed. */
export function knownTypes(entries: readonly KnownHost[], name: string): string[] {
  return [...new Set(entries.filter((entry) => entry.marker === undefined && matches(entry.names, name)).map((entry) => entry.type))];
}

/** Whether nothing but a certificate authority vouches for a server: only OpenSSH's client can verify that. */
export function knownOnlyByAuthority(entries: readonly KnownHost[], name: string): boolean {
  const vouching = entries.filter((entry) => entry.marker !== 'revoked' && matches(entry.names, name));
  return vouching.length > 0 && vouching.every((entry) => entry.marker === 'cert-authority');
}

/** A line for known_hosts, without its newline. `hashed` hides the name as `HashKnownHosts yes` does. */
export function knownHostLine(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(name, randomBytes(20)) : name} ${keyType(key)} ${key.toString('base64')}`;
}

/** The type that a public key's blob names itself (RFC 4253, 6.6): its first string. Empty for a broken blob. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : '';
}

/** `SHA256:…` as ssh prints it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const salt = names.split('|')[2] ?? '';
    return hashName(name, Buffer.from(salt, 'base64')) === names;
  }
  return matchesPatterns(names.toLowerCase().split(','), name);
}

const hashName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
