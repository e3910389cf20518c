import { canonicalAddress } from '../../shared/address';
import type { LogFields, LogFormat, OwnFormat } from '../../shared/logEntry';
import { parseHaproxy } from './haproxy';
import { parseJson } from './json';
import { parseOwn, usualName } from './layout';

export type { LogFields, LogFormat } from '../../shared/logEntry';
export { epochOf } from './time';

/**
 * Reads one line of a log of a known format; undefined: it is not of that format (it is shown raw and counted).
 * The format belongs to the log, not to the line: a visitor who can write into a line must not choose how it is read.
 */
export function parseLine(line: string, format: LogFormat): LogFields | undefined {
  switch (format) {
    case 'common':
      return parseCommon(line, 0);
    case 'vhost':
      return parseCommon(line, 1);
    case 'json':
      return parseJson(line);
    case 'haproxy':
      return parseHaproxy(line);
    case 'unknown':
      return undefined;
    default:
      return parseOwn(line, format);
  }
}

/**
 * The format that most of the lines fit, best where it also finds their addresses; `unknown` if fewer than half fit any.
 * `own` are the server's formats where they could be read: they go before what lines only look like, because a format that
 * begins with X-Forwarded-For looks just like one that begins with the connection's address.
 */
export function detectFormat(lines: readonly string[], own: readonly OwnFormat[] = []): LogFormat {
  const named = own.map(usualName).filter((name) => name !== undefined);
  return bestOf(lines, named) ?? bestOf(lines, ['common', 'vhost', 'json', 'haproxy']) ?? 'unknown';
}

function bestOf(lines: readonly string[], formats: readonly LogFormat[]): LogFormat | undefined {
  let best: LogFormat | undefined;
  let most = 0;
  for (const format of formats) {
    const read = lines.map((line) => parseLine(line, format)).filter((fields) => fields !== undefined);
    const score = read.length + read.filter((fields) => fields.address !== undefined).length;
    if (read.length * 2 >= lines.length && score > most) [best, most] = [format, score];
  }
  return best;
}

/**
 * Only the client's address of a line, canonical; the fast part of `parseLine`, for lines that are counted and not shown.
 */
export function addressOf(line: string, format: LogFormat): string | undefined {
  if (format !== 'common') return parseLine(line, format)?.address;
  const end = line.indexOf(' ');
  return end > 0 ? canonicalAddress(line.slice(0, end)) : undefined;
}

/** `addr ident user [time] "request" status bytes …`, with `skip` fields (the virtual host) before it. */
function parseCommon(line: string, skip: 0 | 1): LogFields | undefined {
  const fields = COMMON.exec(line);
  if (fields === null) return undefined;
  const [head, before = '', time = '', request = '', status = '', bytes = ''] = fields;
  const words = before.split(' ');
  // Address, ident, user (which may hold spaces); or a virtual host, then those.
  const field = words[skip] ?? '';
  const second = canonicalAddress(words[1] ?? '');
  if (words.length < skip + 2 || (skip === 1 && second === undefined)) return undefined;
  if (skip === 0 && second !== undefined && /:\d+$/.test(field)) return undefined;
  const [method, path] = splitRequest(request);
  const forwardedFor = trailingForwardedFor(line.slice(head.length));
  const address = canonicalAddress(field);
  return {
    ...(address === undefined ? {} : { address }),
    time,
    ...(method === undefined ? {} : { method }),
    path: path ?? request,
    status: Number(status),
    ...(bytes === '-' ? {} : { bytes: Number(bytes) }),
    ...(forwardedFor === undefined ? {} : { forwardedFor }),
  };
}

/** A quoted field ends at a quote that no backslash precedes: nginx and httpd both escape quotes inside. */
const COMMON = /^([^"]{1,600}?) \[([^\]"]{1,60})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)/s;

function splitRequest(request: string): readonly [string | undefined, string | undefined] {
  const words = /^([A-Z]{1,20}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(request);
  return words === null ? [undefined, undefined] : [words[1], words[2]];
}

/**
 * After `"referer" "agent"`, the field that nginx's `main` format ends in is X-Forwarded-For. It counts only if it
 * is a list of addresses, so that other trailing fields (times, hosts) are not taken for it.
 */
function trailingForwardedFor(rest: string): string | undefined {
  const quoted = rest.match(/"((?:[^"\\]|\\.)*)"/gs) ?? [];
  if (quoted.length < 3) return undefined;
  for (const field of quoted.slice(2)) {
    const value = field.slice(1, -1);
    if (value !== '' && value.split(',').every((part) => canonicalAddress(part.trim()) !== undefined)) return value;
  }
  return undefined;
}
