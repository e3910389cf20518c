import { createPrivateKey, sign as signWith, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey, utils } from 'ssh2';

type ParseKey = (typeof utils)['parseKey'];

/** A private key that can sign; `hash` as ssh2 asks for it: `sha1`, `sha256`, `sha512`, or none where the key type decides. */
export interface Signer {
  /** The public half in wire form, where the file hid it. */
  readonly publicBlob?: Buffer;
  sign(data: Buffer, hash: string | undefined): Buffer;
}

/** What a key file shows without a passphrase. */
export interface KeyFile {
  readonly path: string;
  /** Size and time of the file; a cached signer is only good for the same. */
  readonly version: string;
  readonly encrypted: boolean;
  /** Only the public half is in the file; the agent may hold the other. */
  readonly publicOnly: boolean;
  /** Undefined for an encrypted PEM file without a `.pub` beside it. */
  readonly publicKey: ParsedKey | undefined;
  /** Reads the private part. Undefined: the passphrase is wrong. */
  unlock(passphrase: string | undefined): Signer | undefined;
}

/** A key file is a few kilobytes; more is no key. */
const LARGEST = 128 * 1024;

/** Reads an IdentityFile: OpenSSH's own format, PEM (PKCS#1, SEC1), PKCS#8, or a bare public key. Undefined: not a usable key. */
export async function readKeyFile(path: string, parseKey: ParseKey): Promise<KeyFile | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile() || info.size > LARGEST) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  const version = `${info.size}:${info.mtimeMs}`;
  const beside = async (): Promise<ParsedKey | undefined> => parsed(parseKey, await readFile(`${path}.pub`, 'utf8').catch(() => ''));
  if (/^-----BEGIN OPENSSH PRIVATE KEY-----/.test(text)) {
    const header = openSshHeader(text);
    if (!header) return undefined;
    return {
      path,
      version,
      encrypted: header.encrypted,
      publicOnly: false,
      publicKey: parsed(parseKey, header.publicKey),
      unlock: (passphrase) => openSshSigner(parseKey, text, passphrase),
    };
  }
  if (/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text)) {
    const encrypted = /^Proc-Type: 4,ENCRYPTED|^-----BEGIN ENCRYPTED/m.test(text);
    const unlock = (passphrase: string | undefined): Signer | undefined => pemSigner(text, passphrase);
    const plain = encrypted ? undefined : privateKeyOf(text, undefined);
    const publicKey = plain ? parsed(parseKey, publicBlob(plain)) : await beside();
    return encrypted || plain ? { path, version, encrypted, publicOnly: false, publicKey, unlock } : undefined;
  }
  const publicKey = parsed(parseKey, text);
  return publicKey && !publicKey.isPrivateKey()
    ? { path, version, encrypted: false, publicOnly: true, publicKey, unlock: () => undefined }
    : undefined;
}

/** The public key in OpenSSH's wire form (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4) of an unlocked PEM key. */
function publicBlob(key: KeyObject): Buffer {
  const jwk = key.export({ format: 'jwk' });
  const field = (name: 'n' | 'e' | 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  switch (jwk.kty) {
    case 'RSA':
      return strings(Buffer.from('ssh-rsa'), integer(field('e')), integer(field('n')));
    case 'EC': {
      const curve = `nistp${(jwk.crv ?? '').replace('P-', '')}`;
      return strings(Buffer.from(`ecdsa-sha2-${curve}`), Buffer.from(curve), Buffer.concat([Buffer.from([4]), field('x'), field('y')]));
    }
    default:
      return strings(Buffer.from('ssh-ed25519'), field('x'));
  }
}

const strings = (...parts: Buffer[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );

/** An mpint is signed: a leading bit that is set needs a zero before it. */
const integer = (bytes: Buffer): Buffer => ((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

function parsed(parseKey: ParseKey, data: Buffer | string): ParsedKey | undefined {
  if (data.length === 0) return undefined;
  const key = only(parseKey(data));
  return key instanceof Error ? undefined : key;
}

/** ssh2 answers OpenSSH's own format with a list of one, which its types leave out. */
const only = (found: ParsedKey | Error | (ParsedKey | Error)[]): ParsedKey | Error | undefined => [found].flat()[0];

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, public key. */
function openSshHeader(text: string): { encrypted: boolean; publicKey: Buffer } | undefined {
  const bytes = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const part = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return part;
  };
  const cipher = next().toString('latin1');
  next();
  next();
  at += 4;
  return { encrypted: cipher !== 'none', publicKey: next() };
}

function openSshSigner(parseKey: ParseKey, text: string, passphrase: string | undefined): Signer | undefined {
  const key = only(parseKey(text, passphrase));
  if (key === undefined || key instanceof Error || !key.isPrivateKey()) return undefined;
  return { sign: (data, hash) => key.sign(data, hash) };
}

function pemSigner(text: string, passphrase: string | undefined): Signer | undefined {
  const key = privateKeyOf(text, passphrase);
  if (!key) return undefined;
  return { publicBlob: publicBlob(key), sign: (data, hash) => signWith(digestFor(key, hash), data, key) };
}

function privateKeyOf(text: string, passphrase: string | undefined): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
    return ['rsa', 'ec', 'ed25519'].includes(key.asymmetricKeyType ?? '') ? key : undefined;
  } catch {
    return undefined; // a wrong passphrase, or not a key
  }
}

/** RFC 5656 6.2.1 ties the digest of an ECDSA key to its curve. */
function digestFor(key: KeyObject, hash: string | undefined): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  if (key.asymmetricKeyType === 'rsa') return hash ?? 'sha1';
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'secp384r1':
      return 'sha384';
    case 'secp521r1':
      return 'sha512';
    default:
      return 'sha256';
  }
}
