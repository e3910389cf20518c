import { createHash, createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { matchesList } from './patterns';

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
  | { readonly kind: 'unknown' };

/** The lines of a file that can be used. Comments, blank and broken lines are passed over, as ssh does. */
export function parseKnownHosts(content: string, file: string): KnownHost[] {
  return content.split('\n').flatMap((raw, index) => {
    // A line ends for ssh where C's strings do (only behind the names it reads on), and no other blanks than these count.
    const text = raw.replace(/^([ \t]*(?:@[^ \0]+ +)?[^ \t\0]+)\0/, '$1 ');
    const fields = (text.split('\0', 1)[0] ?? '').split(/[ \t\r]+/);
    if (fields[0] === '') fields.shift();
    const marker = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined;
    const [names, type, base64] = fields;
    if (names === undefined || names.startsWith('#') || type === undefined || base64 === undefined) return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const key = Buffer.from(base64, 'base64');
    if (keyType(key) !== type || key.toString('base64') !== base64 || !isWhole(key, type)) return [];
    return [{ file, line: index + 1, names, type, key, ...(marker === undefined ? {} : { marker }) }];
  });
}

/** The name of a server in known_hosts: the alias, or the address, with the port where it is not 22. */
export function knownHostName(address: string, port: number, alias?: string): string {
  if (alias !== undefined) return alias.toLowerCase();
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}

/**
 * What the entries say about a key that the server `name` shows, in ssh's order: revoked, trusted, changed (other keys are known,
 * of whatever type, as ssh has it: else whoever is in between would only have to show a key of another type), unknown.
 * Authorities are not used: a key signed by one counts as unknown.
 */
export function judge(entries: readonly KnownHost[], name: string, key: Buffer): Verdict {
  const mine = entriesFor(entries, name).filter((entry) => entry.marker !== 'cert-authority');
  const same = mine.filter((entry) => entry.key.equals(key));
  const revoked = same.find((entry) => entry.marker === 'revoked');
  if (revoked) return { kind: 'revoked', entry: revoked };
  if (same.length > 0) return { kind: 'trusted' };
  const known = mine.filter((entry) => entry.marker === undefined);
  const changed = known.find((entry) => entry.type === keyType(key)) ?? known[0];
  return changed ? { kind: 'changed', entry: changed } : { kind: 'unknown' };
}

/** The entries that speak of a server, whatever they say. */
export const entriesFor = (entries: readonly KnownHost[], name: string): KnownHost[] =>
  entries.filter((entry) => matches(entry.names, name) && isSound(entry));

/** Types of the keys that are known for a server: these must be offered first, or a healthy host would look changed. */
export function knownTypes(entries: readonly KnownHost[], name: string): string[] {
  return [
    ...new Set(
      entriesFor(entries, name)
        .filter(({ marker }) => marker === undefined)
        .map(({ type }) => type),
    ),
  ];
}

/** Whether nothing but a certificate authority vouches for a server: only OpenSSH's client can verify that. */
export function knownOnlyByAuthority(entries: readonly KnownHost[], name: string): boolean {
  const vouching = entriesFor(entries, name).filter((entry) => entry.marker !== 'revoked');
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

/** Length-prefixed parts of each type of key (RFC 4253, RFC 5656, RFC 8709, PROTOCOL.u2f), its name among them. */
const PARTS = new Map([
  ['ssh-ed25519', 2],
  ['ssh-rsa', 3],
  ['ssh-dss', 5],
  ['ecdsa-sha2-nistp256', 3],
  ['ecdsa-sha2-nistp384', 3],
  ['ecdsa-sha2-nistp521', 3],
  ['sk-ssh-ed25519@openssh.com', 3],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 4],
]);

/** A line that was cut short holds no key. */
function isWhole(key: Buffer, type: string): boolean {
  const parts = partsOf(key);
  const bytes = parts.reduce((sum, part) => sum + 4 + part.length, 0);
  if (bytes !== key.length || parts.length !== PARTS.get(type) || parts.some((part) => part.length === 0)) return false;
  return !type.includes('ed25519') || parts[1]?.length === 32;
}

/** ssh passes over a key whose numbers are no key. Too slow for every line of a long file. */
function isSound({ key, type }: KnownHost): boolean {
  const [, second = Buffer.alloc(0), third = Buffer.alloc(0)] = partsOf(key);
  if (type === 'ssh-rsa') {
    const numbers = [second, third].every((number) => ((number[0] ?? 0x80) & 0x80) === 0);
    return numbers && third.length >= SMALLEST_RSA_BYTES;
  }
  if (!type.startsWith('ecdsa-')) return true;
  const size = (third.length - 1) / 2;
  const x = third.toString('base64url', 1, 1 + size);
  const y = third.toString('base64url', 1 + size);
  try {
    // Throws for a point that is not on the curve.
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: type.replace('ecdsa-sha2-nistp', 'P-'), x, y } });
    return third[0] === 4 && second.toString('latin1') === type.replace('ecdsa-sha2-', '');
  } catch {
    return false;
  }
}

/** 1,024 bits: ssh refuses less. */
const SMALLEST_RSA_BYTES = 128;

/** Empty where one of them is cut short. */
function partsOf(key: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= key.length;) {
    const end = at + 4 + key.readUInt32BE(at);
    if (end > key.length) return [];
    parts.push(key.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

/** `SHA256:…` as ssh prints it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const salt = names.split('|')[2] ?? '';
    return hashName(name, Buffer.from(salt, 'base64')) === names;
  }
  return matchesList(names.toLowerCase(), name);
}

const hashName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
