import type { ProtectedAddress } from './ownAddress';

/**
 * Reads what a person types for a protected address: `203.0.113.5`, `shop.example.com:8080`, `https://shop.example.com/`,
 * `[2001:db8::5]:80`. The port is 80, or 443 with https, unless it is told. undefined: it is no address.
 */
export function parseProtectedAddress(text: string): ProtectedAddress | undefined {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?([^/?#\s]+)\/?$/i.exec(text.trim()) ?? [];
  const tls = scheme?.toLowerCase() === 'https';
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest) ?? [];
  // An IPv6 address without brackets has no room for a port.
  const host = bracketed ?? plain ?? (/^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*$/.test(rest) ? rest : undefined);
  const port = digits === undefined ? (tls ? 443 : 80) : Number(digits);
  const usable = host !== undefined && (host.includes(':') || /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?$/.test(host));
  return usable && port >= 1 && port <= 65535 ? { host, port, tls } : undefined;
}

/** As a URL without a path: the form in which it is shown, remembered and typed again. */
export function protectedAddressUrl({ host, port, tls }: ProtectedAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}${port === (tls ? 443 : 80) ? '' : `:${port}`}`;
}

/** The path of a test's requests; the token alone finds their lines in a log. */
export const testPath = (token: string): string => `/toa-test-${token}`;

/**
 * A curl command for another machine that holds one connection open for a minute: six requests over it, each with a body
 * that the rate limit stretches to ten seconds (what one option for waiting would need a newer curl for). It reads the
 * same in sh, cmd and PowerShell.
 */
export function curlCommand(address: ProtectedAddress, token: string, decoy: string): string {
  const body = 'x'.repeat(100);
  const tls = address.tls ? ' -k --http1.1' : '';
  const url = `${protectedAddressUrl(address)}${testPath(token)}?n=[1-6]`;
  return `curl -s${tls} --noproxy "*" -X GET -H "X-Forwarded-For: ${decoy}" --limit-rate 10 -d "${body}" "${url}"`;
}
