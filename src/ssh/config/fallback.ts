import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { HostError } from '../../core/problem';
import { matchesList } from '../patterns';
import { readConfig, type ScopedLine } from './files';
import { passedOver, readingOf, today, unknownToSsh } from './keywords';
import { hostMatches, matchMatches, type Subject } from './match';
import type { ConfigLine } from './text';
import { homeDirectory, type Destination, type Settings } from './types';
import { expandTokens } from './values';

/**
 * Reads the configuration for one destination without an ssh client, with the result that `ssh -G` would print: the first value
 * of an option wins, IdentityFile and CertificateFile add up. Rejects with HostError configInvalid (option, file, line) at what
 * ssh would refuse, and at what it cannot resolve as ssh does: it never guesses.
 */
export async function readFallback(destination: Destination, files: readonly string[], host: string): Promise<Settings> {
  const { name, address, port, user } = destination;
  const settings = new Map<string, readonly string[]>();
  if (address !== undefined) settings.set('hostname', [address.replaceAll('%', '%%')]);
  if (port !== undefined) settings.set('port', [String(port)]);
  if (user !== undefined) settings.set('user', [user]);

  const applies = new Map<ConfigLine, boolean>();
  for (const file of files) {
    for (const line of await readConfig(file, homeDirectory())) take(line, name, settings, applies, host);
  }
  settings.set('hostname', [hostName(settings.get('hostname')?.[0], name, host)]);
  for (const [keyword, values] of DEFAULTS) if (!settings.has(keyword)) settings.set(keyword, values);
  return settings;
}

const DEFAULTS: readonly (readonly [string, readonly string[]])[] = [
  ['port', ['22']],
  ['serveralivecountmax', ['3']],
  ['identityfile', ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk', 'xmss', 'dsa'].map((type) => `~/.ssh/id_${type}`)],
  ['userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']],
  ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']],
];

function take(
  line: ScopedLine,
  name: string,
  settings: Map<string, readonly string[]>,
  applies: Map<ConfigLine, boolean>,
  host: string,
): void {
  const refuse = (what: string): HostError =>
    new HostError({ code: 'configInvalid', what, file: line.file, line: line.line, unread: true }, host);
  if (line.trouble !== undefined) throw refuse(line.trouble);
  if (line.keyword === 'include') return;
  const head = line.under.at(-1);
  const subject = (): Subject => ({
    name,
    hostName: expandTokens(settings.get('hostname')?.[0] ?? name, { h: name }, 'HostName', host),
    user: settings.get('user')?.[0] ?? userInfo().username,
  });
  if (head && (line.keyword === 'host' || line.keyword === 'match')) {
    const fits = line.keyword === 'host' ? hostMatches(line, subject()) : matchMatches(line, subject());
    if (fits === undefined) throw refuse(`Match ${line.rest}`.slice(0, 80));
    // The line that is asked about is the head itself, with its scope added by the reader.
    applies.set(head, fits);
    return;
  }
  const active = line.under.every((outer) => applies.get(outer) === true);
  const reading = readingOf(line.keyword);
  const values = reading?.(line);
  if (!values) {
    if (!reading && (passedOver(line) || (unknownToSsh(line.keyword) && ignoredUnknown(line.keyword, settings)))) {
      if (line.keyword === 'ignoreunknown' && active && !settings.has('ignoreunknown')) settings.set('ignoreunknown', line.args);
      return;
    }
    throw refuse(`${line.keyword} ${line.rest}`.slice(0, 80));
  }
  // What ssh makes of a command behind `ProxyJump none` is its own.
  if (active && line.keyword === 'proxycommand' && settings.get('proxyjump')?.[0] === 'none') throw refuse('ProxyCommand');
  if (active && values.length > 0) put(settings, today(line.keyword), values);
}

const ADDED = new Set(['identityfile', 'certificatefile']);

function put(settings: Map<string, readonly string[]>, keyword: string, values: readonly string[]): void {
  const before = settings.get(keyword);
  // Whichever comes first decides about both (readconf.c, parse_jump).
  if (keyword === 'proxyjump' && settings.has('proxycommand')) return;
  if (keyword === 'proxycommand' && settings.has('proxyjump')) return;
  if (!before) settings.set(keyword, values);
  else if (ADDED.has(keyword)) settings.set(keyword, [...new Set([...before, ...values])]);
}

const ignoredUnknown = (keyword: string, settings: Settings): boolean =>
  matchesList((settings.get('ignoreunknown')?.[0] ?? '').toLowerCase(), keyword);

/** The address to connect to: in lower case, and an address of numbers only where it is written as ssh would write it. */
function hostName(value: string | undefined, name: string, host: string): string {
  const whole = value === undefined ? name : expandTokens(value, { h: name }, 'HostName', host);
  if (isIP(whole) === 4) return whole;
  const canonical = isIP(whole) === 6 ? canonicalV6(whole) : /[:%]/.test(whole) || NUMBERS.test(whole) ? undefined : whole.toLowerCase();
  if (canonical === undefined) throw new HostError({ code: 'configInvalid', what: `HostName ${whole}`, unread: true }, host);
  return canonical;
}

/** What inet_aton(3) takes for an address: `127.1`, `0x7f000001`. */
const NUMBERS = /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?$/i;

/** Undefined: an address with an IPv4 part or a scope, which is not written in one way alone. */
const canonicalV6 = (address: string): string | undefined =>
  /[.%]/.test(address) ? undefined : new URL(`http://[${address}]`).hostname.slice(1, -1);
