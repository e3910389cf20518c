import type { Problem } from '../../core/problem';
import { addressOf, type Hop } from '../hop';
import { fingerprint, type KnownHost } from '../knownHosts';

/** What is known about a connecting ssh that has ended without success. */
export interface Ended {
  /** Its log, at level DEBUG1. */
  readonly log: string;
  readonly hop: Hop;
  readonly entries: readonly KnownHost[];
  readonly silent: boolean;
  readonly seconds: number;
  /** What a person was asked for: `password`, a key file. */
  readonly asked: readonly string[];
}

/**
 * The problem behind ssh's words (sshconnect.c, sshconnect2.c, packet.c), which are never translated. Unknown words are
 * `connectFailed` with the last of them.
 */
export function problemFrom({ log, hop, entries, silent, seconds, asked }: Ended): Problem {
  const address = addressOf(hop);
  const lines = log.split(/\r?\n/);
  const words = lines.filter((line) => line.trim() !== '' && !/^(?:debug\d:|OpenSSH_|@|#)/.test(line));
  const text = words.join('\n');
  const shown = /^debug1: Server host key: (\S+) (SHA256:\S+)/m.exec(log);
  const key = { address, keyType: shown?.[1] ?? '', fingerprint: shown?.[2] ?? '' };

  const offer = /no matching (key exchange method|host key type|cipher|MAC) found\. Their offer: (\S+)/.exec(text);
  if (offer) return { code: 'noCommonAlgorithm', kind: KINDS[offer[1] ?? ''] ?? 'kex', offered: (offer[2] ?? '').split(','), older: false };
  if (/marked as revoked|REVOKED HOST KEY/.test(log)) {
    const entry = entries.find(({ marker, key: blob }) => marker === 'revoked' && fingerprint(blob) === key.fingerprint);
    return { code: 'hostKeyRevoked', address, fingerprint: key.fingerprint, file: entry?.file ?? '', line: entry?.line ?? 1 };
  }
  const offending = /^Offending \S+ key in (.+):(\d+)\s*$/m.exec(log);
  if (log.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) {
    const [file, line] = [offending?.[1] ?? hop.userKnownHosts[0] ?? '', Number(offending?.[2] ?? 1)];
    const entry = entries.find((one) => one.file === file && one.line === line);
    return { code: 'hostKeyChanged', ...key, known: entry ? fingerprint(entry.key) : '', file, line };
  }
  if (text.includes('Host key verification failed')) {
    return silent ? { code: 'needsSignIn', why: 'hostKey' } : { code: 'hostKeyUnknown', ...key };
  }
  const denied = /Permission denied \(([^)]*)\)/.exec(text);
  if (denied || text.includes('Too many authentication failures')) {
    const left = (denied?.[1] ?? '').split(',');
    const askable = (['password', 'keyboard-interactive'] as const).some((method) => left.includes(method) && hop.methods.has(method));
    if (silent && askable) return { code: 'needsSignIn', why: 'password' };
    const keys = lines.flatMap((line) => /^debug1: Offering public key: (.+?) \S+ SHA256:/.exec(line)?.[1] ?? []);
    return { code: 'authFailed', user: hop.user, tried: [...new Set([...keys, ...asked])] };
  }
  const bad = /^(.+?):? line (\d+): (.*)$/m.exec(text);
  if (bad) return { code: 'configInvalid', what: (bad[3] ?? '').slice(0, 300), file: bad[1] ?? '', line: Number(bad[2]) };
  if (/timed out/i.test(text)) {
    return { code: 'connectTimeout', address, seconds, phase: text.includes('banner exchange') ? 'handshake' : 'tcp' };
  }
  const reason = (words.at(-1) ?? 'the ssh client ended').trim().slice(0, 300);
  return { code: 'connectFailed', address, reason, phase: shown ? 'auth' : 'tcp' };
}

const KINDS: Readonly<Record<string, 'kex' | 'hostKey' | 'cipher' | 'mac'>> = {
  'key exchange method': 'kex',
  'host key type': 'hostKey',
  cipher: 'cipher',
  MAC: 'mac',
};
