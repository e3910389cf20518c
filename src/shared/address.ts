import { IPv4, IPv6, isValid, parse, parseCIDR } from 'ipaddr.js';

/**
 * Where a logged client address comes from. `origin`: inside the user's back-to-origin ranges; `public`: public, but
 * no ranges are set, so it cannot be told from the scrubbing centre; `unparsed`: the line holds no address.
 */
export type AddressClass = 'visitor' | 'origin' | 'private' | 'public' | 'unparsed';

/** The classes in the order of legends and charts; a class is stored as its index here. */
export const ADDRESS_CLASSES: readonly AddressClass[] = ['visitor', 'origin', 'private', 'public', 'unparsed'];

/** The back-to-origin ranges, ready for `classify`. Empty: none set. */
export interface Ranges {
  /** First and last address of each, as unsigned 32-bit numbers. */
  readonly v4: readonly (readonly [number, number])[];
  readonly v6: readonly [IPv6, number][];
}

/** Reads ranges such as `203.0.113.0/24`, `2001:db8::/32` or a single address. What is none of these comes back in `invalid`. */
export function parseCidrs(list: readonly string[]): { readonly ranges: Ranges; readonly invalid: readonly string[] } {
  const v4: [number, number][] = [];
  const v6: [IPv6, number][] = [];
  const invalid: string[] = [];
  for (const item of list) {
    const range = cidr(item.trim());
    const [address, bits] = range ?? [];
    if (address instanceof IPv4 && bits !== undefined) v4.push(span(address.octets, bits));
    else if (address instanceof IPv6 && bits !== undefined) v6.push([address, bits]);
    else invalid.push(item);
  }
  return { ranges: { v4, v6 }, invalid };
}

/** The class of an address as `canonicalAddress` gives it; anything else is `unparsed`. */
export function classify(address: string, ranges: Ranges): AddressClass {
  const number = ipv4Number(address);
  if (number !== undefined) return classifyV4(number, ranges);
  const v6 = address.includes(':') && isValid(address) ? parse(address) : undefined;
  if (!(v6 instanceof IPv6)) return 'unparsed';
  if (ranges.v6.some((range) => v6.match(range))) return 'origin';
  if (PRIVATE_V6.has(v6.range())) return 'private';
  return outside(ranges);
}

/** True if an address, as `canonicalAddress` gives it, lies in one of the ranges. */
export function inRanges(address: string, { v4, v6 }: Ranges): boolean {
  const number = ipv4Number(address);
  if (number !== undefined) return within(number, v4);
  if (v6.length === 0 || !isValid(address)) return false;
  const parsed = parse(address);
  return parsed instanceof IPv6 && v6.some((range) => parsed.match(range));
}

/** The class of an IPv4 address as an unsigned 32-bit number. */
export function classifyV4(address: number, ranges: Ranges): AddressClass {
  if (within(address, ranges.v4)) return 'origin';
  return within(address, PRIVATE_V4) ? 'private' : outside(ranges);
}

const outside = (ranges: Ranges): AddressClass => (ranges.v4.length + ranges.v6.length === 0 ? 'public' : 'visitor');

/**
 * The address in a log field: without port and brackets, `::ffff:a.b.c.d` as a.b.c.d, IPv6 in its shortest form.
 * undefined: a host name, a dash, anything else.
 */
export function canonicalAddress(field: string): string | undefined {
  if (ipv4Number(field) !== undefined) return field;
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(field)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(field)?.[1] ?? field;
  if (ipv4Number(bare) !== undefined) return bare;
  if (!bare.includes(':') || !isValid(bare)) return undefined;
  const address = parse(bare);
  return address instanceof IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

/** An IPv4 address in four decimal parts as an unsigned number; undefined: it is none. This is the hot path of a busy log. */
function ipv4Number(text: string): number | undefined {
  if (text.length > 15) return undefined;
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      dots++;
    } else if (code >= 0x30 && code <= 0x39) {
      part = part < 0 ? code - 0x30 : part * 10 + code - 0x30;
      if (part > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return dots === 3 && part >= 0 ? value * 256 + part : undefined;
}

function within(address: number, ranges: Ranges['v4']): boolean {
  for (const [first, last] of ranges) if (address >= first && address <= last) return true;
  return false;
}

function cidr(text: string): [IPv4 | IPv6, number] | undefined {
  const [address = '', bits] = text.split('/');
  const valid = address.includes(':') ? isValid(address) : IPv4.isValidFourPartDecimal(address);
  if (!valid || address.includes('%')) return undefined;
  if (bits === undefined) return parseCIDR(`${address}/${address.includes(':') ? 128 : 32}`);
  if (!/^\d{1,3}$/.test(bits)) return undefined;
  try {
    return parseCIDR(text);
  } catch {
    return undefined;
  }
}

function span(octets: readonly number[], bits: number): [number, number] {
  const size = 2 ** (32 - bits);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1];
}

/** Addresses that no visitor from the Internet can have: IANA's special-purpose registries, as far as a log may hold them. */
const PRIVATE_V4: Ranges['v4'] = (
  [
    [[0, 0, 0, 0], 8],
    [[10, 0, 0, 0], 8],
    [[100, 64, 0, 0], 10],
    [[127, 0, 0, 0], 8],
    [[169, 254, 0, 0], 16],
    [[172, 16, 0, 0], 12],
    [[192, 168, 0, 0], 16],
    [[224, 0, 0, 0], 3],
  ] as const
).map(([octets, bits]) => span(octets, bits));

const PRIVATE_V6 = new Set(['unspecified', 'loopback', 'linkLocal', 'uniqueLocal', 'multicast']);
