import { canonicalAddress } from '../../shared/address';
import type { LogFields } from '../../shared/logEntry';
import { defined, filled, numeric } from './fields';

/**
 * The usual names of the client's address, in the order in which they are believed: first those that are the connection's own. Caddy's
 * `client_ip` is what it believes of X-Forwarded-For, beside `remote_ip`.
 */
export const JSON_ADDRESSES = ['realip_remote_addr', 'remote_addr', 'remote_ip', 'client_ip', 'clientip', 'c_ip'] as const;
/** The usual names of the time, in the order in which they are taken. */
export const JSON_TIMES = ['time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time', 'ts'] as const;

/** Reads a line that is one JSON object with an address under one of the usual names; undefined: it is not. */
export function parseJson(line: string): LogFields | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  // Caddy keeps the request's fields in an object of its own.
  const all = isRecord(value.request) ? { ...value.request, ...value } : value;
  const text = (...names: readonly string[]): string | undefined => first(all, names);
  const address = text(...JSON_ADDRESSES);
  if (address === undefined) return undefined;
  const request = /^([A-Z]+) (\S+)/.exec(text('request', 'request_line') ?? '');
  return defined({
    address: canonicalAddress(address),
    time: text(...JSON_TIMES),
    method: text('request_method', 'method', 'verb') ?? request?.[1],
    path: text('request_uri', 'uri', 'path', 'url') ?? request?.[2],
    status: numeric(text('status', 'response', 'code')),
    bytes: numeric(text('body_bytes_sent', 'bytes_sent', 'bytes', 'size')),
    forwardedFor: filled(text('http_x_forwarded_for', 'x_forwarded_for', 'xff') ?? header(all['headers'])),
  });
}

/** X-Forwarded-For among the headers as Caddy logs them: each a list. */
function header(headers: unknown): string | undefined {
  const values = isRecord(headers) ? headers['X-Forwarded-For'] : undefined;
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string').join(', ') : undefined;
}

function first(record: Record<string, unknown>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
