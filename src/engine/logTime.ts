import { epochOf, parseLine } from '../core/log/parse';
import type { LogFormat } from '../shared/logEntry';
import { lineText } from './logBufferText';

/** Reads a line's time, ms since the epoch by the host's clock; undefined: it tells none. */
export type TimeReader = (bytes: Buffer, format: LogFormat) => number | undefined;

/** Length of `14/May/2024:14:05:23 +0000`. */
const CLF_BYTES = 26;
/** The bracket stands behind address and user names. */
const FARTHEST = 600;

/** Makes a reader for a host whose clock is `zone()` minutes ahead of UTC, that parses a second's text once, since the lines of a busy second share it. */
export function timeReader(zone: () => number): TimeReader {
  let [known, time] = ['', undefined as number | undefined];
  const inBrackets = (bytes: Buffer): number | undefined => {
    const open = bytes.subarray(0, FARTHEST).indexOf(0x5b);
    if (open < 0) return undefined;
    const text = bytes.toString('latin1', open + 1, open + 1 + CLF_BYTES);
    if (text !== known) [known, time] = [text, epochOf(text, zone())];
    return time;
  };
  return (bytes, format) => {
    if (format === 'common' || format === 'vhost' || format === 'unknown') return inBrackets(bytes);
    const text = parseLine(lineText(bytes), format)?.time;
    return text === undefined ? undefined : epochOf(text, zone());
  };
}
