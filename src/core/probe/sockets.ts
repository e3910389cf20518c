import type { Listener } from '../facts';
import { linesOf, type Sections } from './sections';

/** Ports that are a web server's even where nobody can see whose socket it is. */
export const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);
const MOST_LISTENERS = 64;

/**
 * Listening web ports from state 0A rows of /proc/net/tcp and tcp6. A `::` listener without a 0.0.0.0 one on its port is
 * presumed dual-stack; a `::ffff:` peer on the port proves it. `known`: ports that are a web server's beside the usual ones.
 */
export function parseListeners(sections: Sections, known: ReadonlySet<number> = new Set()): readonly Listener[] {
  const servers = new Set(linesOf(sections, 'root.open').flatMap((line) => /^socket socket:\[(\d+)\]$/.exec(line)?.[1] ?? []));
  const lines = linesOf(sections, 'listeners', 3000);
  const rows = lines.flatMap((line) => {
    const match = /^([46]) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) (\d{1,20})$/.exec(line);
    if (match === null) return [];
    const [, family = '', hex = '', portHex = '', inode = ''] = match;
    return [{ family, address: hexAddress(hex), port: Number.parseInt(portHex, 16), inode }];
  });
  const mapped = new Set(lines.flatMap((line) => /^mapped ([0-9A-F]{4})$/.exec(line)?.[1] ?? []).map((port) => Number.parseInt(port, 16)));
  const anyV4 = new Set(rows.filter((row) => row.address === '0.0.0.0').map((row) => row.port));
  const seen = new Set<string>();
  return rows
    .filter((row) => WEB_PORTS.has(row.port) || known.has(row.port) || servers.has(row.inode))
    .filter((row) => !seen.has(`${row.address} ${row.port}`) && seen.add(`${row.address} ${row.port}`))
    .map((row): Listener => {
      const provenDual = row.address === '::' && !anyV4.has(row.port) && mapped.has(row.port);
      const dual = row.address === '::' && !anyV4.has(row.port);
      return { port: row.port, address: row.address, family: row.family === '4' ? 'ipv4' : dual ? 'dual' : 'ipv6', provenDual };
    })
    .slice(0, MOST_LISTENERS);
}

/**
 * The kernel's hex form of an address as text: 32-bit words in the host's byte order (little-endian on x86_64), eight
 * hex digits for IPv4, 32 for IPv6. A mapped IPv4 address comes out as IPv4.
 */
export function hexAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  return compress(groups);
}

/** RFC 5952: the longest run of two and more zero groups becomes `::`. */
function compress(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].map((match) => match[0]);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups.join(':');
  const text = `:${groups.join(':')}:`.replace(`:${longest}:`, '::');
  return text.replace(/^:(?!:)|(?<!:):$/g, '');
}
