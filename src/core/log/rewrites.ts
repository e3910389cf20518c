import { classify, parseCidrs, type Ranges } from '../../shared/address';

/** What a web server's configuration says about addresses that it logs in place of the socket's. */
export interface Rewrites {
  /** The directives that may do it, as found: `set_real_ip_from 10.0.0.0/8`. */
  readonly directives: readonly string[];
  /** From these peers another address is believed. */
  readonly trusted: Ranges;
  /** From every peer. */
  readonly everybody: boolean;
  /** Names are logged in place of addresses: httpd's HostnameLookups. */
  readonly lookups: boolean;
}

/** Reads the output of `rewrites.sh`; undefined: it did not come to its end. */
export function parseRewrites(text: string): Rewrites | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') return undefined;
  const found = lines.flatMap((line) => {
    const [, name = '', value = ''] = /^(\S+) ([\x21-\x7e]+)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, value }];
  });
  const valuesOf = (...names: readonly string[]): readonly string[] =>
    found.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  const nginx = valuesOf('set_real_ip_from').filter((value) => !value.startsWith('unix:'));
  const httpd = valuesOf('remoteipinternalproxy', 'remoteiptrustedproxy');
  const { ranges, invalid } = parseCidrs([...nginx, ...httpd]);
  const header = valuesOf('remoteipheader').length > 0;
  const everybody =
    // A host name among them may stand for anybody.
    invalid.length > 0 ||
    // mod_remoteip believes everybody where no proxy is named.
    (header && httpd.length === 0) ||
    valuesOf('remoteipproxyprotocol').some((value) => value.toLowerCase() !== 'off') ||
    valuesOf('listen', 'valve', 'bind', 'http-request').length > 0;
  // real_ip_header alone does nothing: without set_real_ip_from nobody is believed.
  const active = everybody || header || nginx.length > 0;
  const relevant = found.filter(({ name, value }) => name !== 'hostnamelookups' && !value.startsWith('unix:'));
  return {
    directives: active ? relevant.map(({ name, value }) => `${name} ${value}`) : [],
    trusted: ranges,
    everybody,
    lookups: valuesOf('hostnamelookups').some((value) => value.toLowerCase() !== 'off'),
  };
}

/** True if a connection from this peer may be logged with another address. */
export const mayRewrite = ({ everybody, trusted }: Rewrites, peer: string): boolean => everybody || classify(peer, trusted) === 'origin';
