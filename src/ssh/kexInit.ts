import type { Offer } from './algorithms';

/** What the server's first packet offers (RFC 4253, 7.1), for the error that names what is missing. */
export interface ServerOffer {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

/** Longest greeting, identification and packet that are looked at; beyond it nothing is learnt. */
const LIMIT = 96 * 1024;
const SSH_MSG_KEXINIT = 20;

/** Collects the first, still unencrypted bytes of a connection until the server's KEXINIT is whole. */
export function serverOfferReader(): { push(chunk: Buffer): boolean; readonly offer: ServerOffer | undefined } {
  let bytes = Buffer.alloc(0);
  let offer: ServerOffer | undefined;
  return {
    /** True while more is wanted. */
    push(chunk) {
      bytes = Buffer.concat([bytes, chunk]);
      offer = parse(bytes);
      return offer === undefined && bytes.length < LIMIT;
    },
    get offer() {
      return offer;
    },
  };
}

/** The first kind of algorithm that both sides do not share; undefined: they share one of each. */
export function missingKind(ours: Offer, theirs: ServerOffer): 'kex' | 'hostKey' | 'cipher' | 'mac' | undefined {
  const shared = (mine: readonly string[], other: readonly string[]): string | undefined => mine.find((name) => other.includes(name));
  if (shared(ours.kex, theirs.kex) === undefined) return 'kex';
  if (shared(ours.serverHostKey, theirs.hostKey) === undefined) return 'hostKey';
  const cipher = shared(ours.cipher, theirs.cipher);
  if (cipher === undefined) return 'cipher';
  // GCM authenticates by itself.
  return cipher.includes('gcm') || shared(ours.hmac, theirs.mac) !== undefined ? undefined : 'mac';
}

function parse(bytes: Buffer): ServerOffer | undefined {
  const start = afterIdentification(bytes);
  if (start === undefined || bytes.length < start + 6 || bytes[start + 5] !== SSH_MSG_KEXINIT) return undefined;
  if (bytes.length < start + 4 + bytes.readUInt32BE(start)) return undefined;
  // Length (4), padding length (1), message (1), cookie (16), then the name lists.
  let at = start + 22;
  const list = (): string[] => {
    if (at + 4 > bytes.length) return [];
    const end = Math.min(at + 4 + bytes.readUInt32BE(at), bytes.length);
    const names = bytes.toString('latin1', at + 4, end).split(',');
    at = end;
    return names.filter((name) => name !== '').slice(0, 100);
  };
  const kex = list();
  const hostKey = list();
  const cipher = list();
  list();
  const mac = list();
  return { kex, hostKey, cipher, mac };
}

/** Offset behind the `SSH-2.0-…` line; lines may come before it (RFC 4253, 4.2). */
function afterIdentification(bytes: Buffer): number | undefined {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return undefined;
    if (bytes.toString('latin1', at, at + 4) === 'SSH-') return end + 1;
    at = end + 1;
  }
  return undefined;
}
