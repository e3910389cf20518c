import { canonicalAddress } from '../../shared/address';
import type { LogFields, OwnFormat } from '../../shared/logEntry';
import { defined, filled, numeric } from './fields';

/** What a field of a server's own format is to us. `peer`: the connection's address, whatever has been made of `address`; `skip`: nothing that we show. */
type Role = 'peer' | 'address' | 'time' | 'request' | 'method' | 'path' | 'status' | 'bytes' | 'forwardedFor' | 'skip';

/** Literal text, or a field. */
type Token = string | { readonly role: Role; readonly shape?: string };

interface Layout {
  readonly pattern: RegExp;
  readonly roles: readonly Role[];
}

/** Formats are few and the server's own; a host that invents new ones for every line must not fill memory. */
const MOST = 200;
const layouts = new Map<string, Layout | undefined>();

/**
 * Reads a line by the server's own format; undefined: it is not of that format. The address is the connection's
 * (`$remote_addr`, `%h`, `%a`), as it was before realip or mod_remoteip (`$realip_remote_addr`, `%{c}a`) where the format has that
 * too; never X-Forwarded-For, wherever that stands.
 */
export function parseOwn(line: string, format: OwnFormat): LogFields | undefined {
  const layout = layoutOf(format);
  const match = layout?.pattern.exec(line);
  if (layout === undefined || match === null || match === undefined) return undefined;
  const values: Partial<Record<Role, string>> = {};
  layout.roles.forEach((role, i) => (values[role] ??= match[i + 1] ?? ''));
  const request = /^([A-Z]{1,20}) (\S+)/.exec(values.request ?? '');
  return defined({
    address: canonicalAddress(values.peer ?? values.address ?? ''),
    time: filled(values.time),
    method: values.method ?? request?.[1],
    path: values.path ?? request?.[2] ?? values.request,
    status: numeric(values.status),
    bytes: numeric(values.bytes),
    forwardedFor: filled(values.forwardedFor),
  });
}

/** POSIX extended regular expression of what stands before a field; undefined: the format has no such field, or cannot be read. */
export function beforeField(format: OwnFormat, role: Role): string | undefined {
  const tokens = tokensOf(format);
  const find = (wanted: Role): number => tokens.findIndex((token) => typeof token !== 'string' && token.role === wanted);
  const peer = role === 'address' ? find('peer') : -1;
  const at = peer >= 0 ? peer : find(role);
  // Where another field touches it nobody can tell where it begins.
  if (at < 0 || (at > 0 && typeof tokens[at - 1] !== 'string')) return undefined;
  return patternOf(tokens.slice(0, at))?.replaceAll('(?:', '(');
}

/** The format's simpler name where it is one of the usual: those are read fastest. undefined: it has no fields that we know. */
export function usualName(format: OwnFormat): 'common' | 'vhost' | OwnFormat | undefined {
  const text = format.slice(format.indexOf(' ') + 1);
  if (tokensOf(format).some((token) => typeof token !== 'string' && token.role === 'peer')) return format;
  if (
    /^(\$remote_addr - \$remote_user \[\$time_local\] "\$request" \$status \$(body_)?bytes_sent|%[ha] %l %u %t "%r" %>?s %[bBO])( "|$)/.test(
      text,
    )
  ) {
    return 'common';
  }
  if (/^(\$\w+|%[vV]):?(\S*) (\$remote_addr - \$remote_user \[|%[ha] %l %u %t ")/.test(text)) return 'vhost';
  return layoutOf(format) === undefined ? undefined : format;
}

function layoutOf(format: OwnFormat): Layout | undefined {
  if (layouts.has(format)) return layouts.get(format);
  if (layouts.size >= MOST) layouts.clear();
  const tokens = tokensOf(format);
  const roles = tokens.flatMap((token) => (typeof token === 'string' ? [] : [token.role]));
  const pattern = roles.every((role) => role === 'skip') ? undefined : patternOf(tokens);
  const layout = pattern === undefined ? undefined : { pattern: new RegExp(pattern, 's'), roles };
  layouts.set(format, layout);
  return layout;
}

/**
 * Each field ends at the character that follows it in the format, so that no line takes more than linear time; between
 * quotes a backslash protects one. undefined: two fields touch.
 */
function patternOf(tokens: readonly Token[]): string | undefined {
  let pattern = '^';
  for (const [i, one] of tokens.entries()) {
    if (typeof one === 'string') {
      pattern += one.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      continue;
    }
    const next = tokens[i + 1];
    if (next !== undefined && typeof next !== 'string') return undefined;
    const stop = next?.charAt(0);
    const before = tokens[i - 1];
    const quoted = stop === '"' && typeof before === 'string' && before.endsWith('"');
    if (quoted) pattern += '((?:[^"\\\\]|\\\\.)*)';
    else if (one.shape !== undefined) pattern += one.shape;
    else pattern += stop === undefined ? '([^ ]*)' : `([^${stop === ']' || stop === '\\' || stop === '^' ? `\\${stop}` : stop}]*)`;
  }
  return pattern;
}

const NGINX: Readonly<Record<string, Role>> = {
  remote_addr: 'address',
  realip_remote_addr: 'peer',
  time_local: 'time',
  time_iso8601: 'time',
  msec: 'time',
  request: 'request',
  request_method: 'method',
  request_uri: 'path',
  uri: 'path',
  status: 'status',
  body_bytes_sent: 'bytes',
  bytes_sent: 'bytes',
  http_x_forwarded_for: 'forwardedFor',
  proxy_add_x_forwarded_for: 'forwardedFor',
};

const HTTPD: Readonly<Record<string, Role>> = {
  h: 'address',
  a: 'address',
  '{c}a': 'peer',
  t: 'time',
  r: 'request',
  m: 'method',
  U: 'path',
  s: 'status',
  b: 'bytes',
  B: 'bytes',
  O: 'bytes',
  '{x-forwarded-for}i': 'forwardedFor',
};

/** What can stand in a field, where that is known; so that a format is not taken for another with as many fields. */
const SHAPES: Readonly<Record<string, string>> = {
  // 14/May/2024:14:05:23 +0000, which holds a space.
  time_local: '([0-9][0-9]/[A-Za-z]+/[0-9]+:[0-9:]+ [-+][0-9]+)',
  time_iso8601: '([0-9]+-[0-9]+-[0-9]+T[0-9:]+[-+Z0-9:]*)',
  msec: '([0-9]+[.][0-9]+)',
  status: '([0-9]+)',
  bytes: '([0-9]+|-)',
  // A list with spaces after its commas.
  forwardedFor: '([^ ,]*(?:, ?[^ ,]+)*)',
};

/** Variables of nginx's ngx_http_log_module, directives of httpd's mod_log_config. */
function tokensOf(format: OwnFormat): readonly Token[] {
  const text = format.slice(format.indexOf(' ') + 1);
  const nginx = format.startsWith('nginx ');
  const field = nginx ? /\$(?:\{(\w+)\}|(\w+))/g : /%[!<>0-9,]*((?:\{[^}]*\})?[a-zA-Z%])/g;
  const tokens: Token[] = [];
  const literal = (more: string): void => {
    const last = tokens.at(-1);
    if (typeof last === 'string') tokens[tokens.length - 1] = last + more;
    else if (more !== '') tokens.push(more);
  };
  let from = 0;
  for (const match of text.matchAll(field)) {
    literal(text.slice(from, match.index));
    from = match.index + match[0].length;
    const name = match[1] ?? match[2] ?? '';
    if (name === '%') literal('%');
    else if (nginx) tokens.push(token(name, NGINX[name]));
    else if (name === 't') {
      literal('[');
      tokens.push({ role: 'time' });
      literal(']');
    } else tokens.push(token('', HTTPD[name.startsWith('{') ? name.toLowerCase() : name]));
  }
  literal(text.slice(from));
  return tokens;
}

function token(name: string, role: Role = 'skip'): Token {
  const shape = SHAPES[name] ?? SHAPES[role];
  return { role, ...(shape === undefined ? {} : { shape }) };
}
