import { canonicalAddress } from '../../shared/address';
import type { LogFields } from '../../shared/logEntry';
import { defined } from './fields';

/**
 * Reads a line of HAProxy's tcp or http format behind a syslog header:
 * `… haproxy[123]: addr:port [time] frontend backend/server timers [status] bytes … "request"`.
 */
export function parseHaproxy(line: string): LogFields | undefined {
  const head = /(?:^|\shaproxy\[\d+\]: )(\S+):(\d+) \[(\d{2}\/[A-Z][a-z]{2}\/\d{4}:[\d:.]+)\] \S+ \S+ (\S+) (\S+) (\S+)/.exec(
    line.slice(0, 2000),
  );
  if (head === null) return undefined;
  const [, address = '', , time, timers = '', third = '', fourth = ''] = head;
  // The http format has five timers, then status and bytes; the tcp format three timers, then bytes.
  const http = timers.split('/').length === 5;
  const request = http ? /"([A-Z]{1,20}) (\S+)[^"]*"?\s*$/.exec(line) : null;
  const count = http ? fourth : third;
  return defined({
    address: canonicalAddress(address),
    time,
    method: request?.[1],
    path: request?.[2],
    status: http && /^\d{3}$/.test(third) ? Number(third) : undefined,
    bytes: /^\+?\d+$/.test(count) ? Number(count) : undefined,
    forwardedFor: undefined,
  });
}
