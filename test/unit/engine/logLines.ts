import type { LogBuffer } from '../../../src/engine/logBuffer';

/** A line of nginx's main format. */
export const line = (address: string, path = '/', time = '14/May/2024:14:05:23 +0000'): string =>
  `${address} - - [${time}] "GET ${path} HTTP/1.1" 200 1`;

/** Appends whole lines, as a follower does. */
export function fill(buffer: LogBuffer, lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
  const ends: number[] = [];
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) ends.push(end);
  buffer.append(bytes, ends, 0);
}
