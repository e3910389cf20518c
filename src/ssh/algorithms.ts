import { getCiphers } from 'node:crypto';
import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';
import type { AlgorithmLists } from './hop';

/** Lists of exact algorithms in our order, the way `Client.connect` takes them. */
export interface Offer extends Algorithms {
  kex: KexAlgorithm[];
  cipher: CipherAlgorithm[];
  serverHostKey: ServerHostKeyAlgorithm[];
  hmac: MacAlgorithm[];
}

/**
 * What we offer, best first. Group exchange costs seconds of CPU in JavaScript, so it stands behind group14-sha1, which EL6
 * has. SHA-1 key exchange and `ssh-rsa` host keys stay in the list, last: EL6 knows nothing better.
 * `known`: host key types that known_hosts holds for this server; they come first. `lists`: what ssh_config allows, in its own
 * order, older algorithms included. `legacy`: the person's choice for one host.
 */
export function offer(known: readonly string[], lists: AlgorithmLists, legacy: boolean): Offer {
  const isKnown = (algorithm: string): boolean => known.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  const chosen = <T extends string>(usual: readonly T[], older: readonly T[], list: readonly string[] | undefined): T[] => {
    const allowed = list === undefined ? usual : served(usual, older, list);
    return legacy ? [...new Set([...allowed, ...older])] : [...allowed];
  };
  const hostKeys = chosen(HOST_KEYS, LEGACY_HOST_KEYS, lists.hostKey);
  const available = new Set(getCiphers());
  return {
    kex: exchangeLast(chosen(KEX, LEGACY_KEX, lists.kex)),
    serverHostKey: [...hostKeys.filter(isKnown), ...hostKeys.filter((algorithm) => !isKnown(algorithm))],
    // Some Electron builds lack some ciphers, and ssh2 throws at a name it cannot serve.
    cipher: chosen(CIPHERS, LEGACY_CIPHERS, lists.cipher).filter((name) => available.has(opensslName(name))),
    hmac: chosen(MACS, LEGACY_MACS, lists.mac),
  };
}

/** Options of ssh_config that allow nothing which this transport has. */
export function unserved(lists: AlgorithmLists): string[] {
  const signatures = lists.publicKey;
  const nothing = (usual: readonly string[], older: readonly string[], list: readonly string[] | undefined): boolean =>
    list !== undefined && served(usual, older, list).length === 0;
  return [
    // ssh2 signs with the first of RSA's hashes that the server takes, SHA-256, whatever the list says.
    ...(signatures?.includes('rsa-sha2-512') === true && !signatures.includes('rsa-sha2-256') ? ['PubkeyAcceptedAlgorithms'] : []),
    ...(nothing(KEX, LEGACY_KEX, lists.kex) ? ['KexAlgorithms'] : []),
    ...(nothing(HOST_KEYS, LEGACY_HOST_KEYS, lists.hostKey) ? ['HostKeyAlgorithms'] : []),
    ...(nothing(CIPHERS, LEGACY_CIPHERS, lists.cipher) ? ['Ciphers'] : []),
    // GCM authenticates by itself.
    ...(nothing(MACS, LEGACY_MACS, lists.mac) && lists.cipher?.every((name) => name.includes('gcm')) !== true ? ['MACs'] : []),
  ];
}

function served<T extends string>(usual: readonly T[], older: readonly T[], list: readonly string[]): T[] {
  const all = new Map<string, T>([...usual, ...older].map((name) => [name, name]));
  return list.flatMap((name) => all.get(name) ?? []);
}

/**
 * Group exchange behind all others, whatever ssh_config's order (ssh's own default has it before group14): Node checks the server's
 * prime anew for it, seconds to half a minute in which nothing else runs.
 */
function exchangeLast(names: readonly KexAlgorithm[]): KexAlgorithm[] {
  const exchanges = (name: KexAlgorithm): boolean => name.includes('group-exchange');
  return [...names.filter((name) => !exchanges(name)), ...names.filter(exchanges)];
}

const KEX: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group-exchange-sha256',
];
const LEGACY_KEX: readonly KexAlgorithm[] = ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'];

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];
const LEGACY_HOST_KEYS: readonly ServerHostKeyAlgorithm[] = ['ssh-dss'];

const CIPHERS: readonly CipherAlgorithm[] = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'];
const LEGACY_CIPHERS: readonly CipherAlgorithm[] = ['aes192-ctr', 'aes256-cbc', 'aes128-cbc', '3des-cbc'];

const MACS: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
];
const LEGACY_MACS: readonly MacAlgorithm[] = ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'];

/** `aes128-gcm@openssh.com` → `aes-128-gcm`, `3des-cbc` → `des-ede3-cbc`. */
const opensslName = (name: CipherAlgorithm): string =>
  name === '3des-cbc' ? 'des-ede3-cbc' : name.replace('@openssh.com', '').replace(/^aes(\d+)/, 'aes-$1');
