import { canonicalAddress, classify, type Ranges } from '../shared/address';

/** What must stay readable in a masked report. */
export interface MaskOptions {
  /** The scrubbing centre's: whom a report is about. */
  readonly ranges: Ranges;
  /** The host's own addresses, and the protected one. */
  readonly own: readonly string[];
}

const ADDRESS =
  /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<![0-9A-Fa-f:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]{0,15}(?![0-9A-Fa-f:.])/g;

/**
 * The same data with other people's addresses as `visitor-1`, `visitor-2`, … in all of its strings: equal addresses have
 * equal names. Back-to-origin, private and own addresses stay.
 */
export function maskAddresses<T>(data: T, { ranges, own }: MaskOptions): T {
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const address = canonicalAddress(text);
    if (address === undefined || own.includes(address)) return text;
    const addressClass = classify(address, ranges);
    if (addressClass !== 'visitor' && addressClass !== 'public') return text;
    const name = names.get(address) ?? `visitor-${names.size + 1}`;
    names.set(address, name);
    return name;
  };
  return mapStrings(data, (text) => text.replace(ADDRESS, nameOf)) as T;
}

/** Keys stay: they are ours. */
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, map)]));
}

/**
 * A log line without what may be a secret in it: values of query parameters, wherever a URL stands, and passwords in URLs.
 * Names and the shape of the request stay.
 */
export const maskSecrets = (line: string): string =>
  line.replace(/([?&;][^\s"'=&;?#]{1,100}=)[^\s"'&;#]+/g, '$1***').replace(/(\/\/[^\s"'/@:]{1,100}):[^\s"'/@]{1,200}@/g, '$1:***@');

/**
 * A log line without who it is about, beside addresses: the visitor's name where names are looked up (HostnameLookups), and the
 * name of the signed-in user, in the common format.
 */
export const maskPeople = (line: string): string =>
  line.replace(/^(\S{1,300}) (\S{1,300}) ([^[\]]{1,300}) \[/, (_, host: string, ident: string, user: string) => {
    const who = canonicalAddress(host) === undefined && /[a-z]/i.test(host) ? 'visitor' : host;
    return `${who} ${ident} ${/^[- ]+$/.test(user) ? user : 'user'} [`;
  });
