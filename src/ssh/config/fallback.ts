import { HostError } from '../../core/problem';
import { matchesPatterns } from '../knownHosts';
import { readConfig, type ScopedLine } from './files';
import { homeDirectory, type Destination, type Settings } from './types';

/** Options that shape a connection as this transport makes it. */
const UNDERSTOOD = new Set([
  'hostname',
  'user',
  'port',
  'identityfile',
  'identitiesonly',
  'identityagent',
  'proxyjump',
  'userknownhostsfile',
  'globalknownhostsfile',
  'hostkeyalias',
  'hashknownhosts',
  'stricthostkeychecking',
  'connecttimeout',
  'pubkeyauthentication',
  'passwordauthentication',
  'kbdinteractiveauthentication',
]);

/** Options without which the connection would go elsewhere, or by other rules: they are refused, not passed over. */
const REFUSED = new Map([
  ['match', 'Match'],
  ['proxycommand', 'ProxyCommand'],
  ['canonicalizehostname', 'CanonicalizeHostname'],
  ['knownhostscommand', 'KnownHostsCommand'],
  ['bindaddress', 'BindAddress'],
  ['bindinterface', 'BindInterface'],
  ['certificatefile', 'CertificateFile'],
  ['pkcs11provider', 'PKCS11Provider'],
]);

/** Older and shorter names. */
const ALIASES = new Map([['challengeresponseauthentication', 'kbdinteractiveauthentication']]);

/**
 * Reads the configuration for one destination without an ssh client: the first value of an option wins, IdentityFile adds up.
 * Rejects with HostError configInvalid (option, file, line) at what it does not understand and cannot safely pass over.
 */
export async function readFallback(destination: Destination, files: readonly string[], host: string): Promise<Settings> {
  const settings = new Map<string, string[]>();
  const override = (keyword: string, value: string | number | undefined): void => {
    if (value !== undefined) settings.set(keyword, [String(value)]);
  };
  override('hostname', destination.address?.replaceAll('%', '%%'));
  override('port', destination.port);
  override('user', destination.user);
  for (const file of files) {
    for (const line of await readConfig(file, homeDirectory())) take(line, destination.name, settings, host);
  }
  return settings;
}

function take(line: ScopedLine, name: string, settings: Map<string, string[]>, host: string): void {
  if (line.keyword === 'host' || line.keyword === 'include') return;
  const outside = line.keyword === 'match' ? line.under.slice(0, -1) : line.under;
  if (!outside.every((head) => head.keyword === 'host' && matchesPatterns(head.args, name))) return;
  const refused = REFUSED.get(line.keyword);
  const off = /^(?:no|none|false)$/i.test(line.args[0] ?? '');
  if (refused !== undefined && !(off && line.keyword !== 'match')) {
    throw new HostError({ code: 'configInvalid', what: refused, file: line.file, line: line.line }, host);
  }
  const keyword = ALIASES.get(line.keyword) ?? line.keyword;
  if (!UNDERSTOOD.has(keyword) || line.args.length === 0) return;
  const value = line.args.map((word) => (/\s/.test(word) && line.args.length > 1 ? `"${word}"` : word)).join(' ');
  const before = settings.get(keyword);
  if (keyword === 'identityfile') settings.set(keyword, [...(before ?? []), value]);
  else if (!before) settings.set(keyword, [value]);
}
