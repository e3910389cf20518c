import { addressScript } from '../core/log/addressScript';
import { logNames } from '../core/log/rotation';
import { timeScript } from '../core/log/timeScript';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import count from '../remote/count.sh';
import { canonicalAddress, classify, type AddressClass, type Ranges } from '../shared/address';
import type { LogFormat } from '../shared/logEntry';
import { lines } from './lines';
import type { Channel, Session } from './ports';
import { openScript, type RunAs } from './runScript';

export interface CountOptions {
  readonly as: RunAs;
  /** How the log's lines are laid out, e.g. `LogBuffer.format`. `unknown` cannot be counted: every line is `unparsed`. */
  readonly format: LogFormat;
  /** Back-to-origin ranges: the classes are told here, the host only counts. */
  readonly ranges: Ranges;
  /** Also the files before the log, gzipped ones too; whole, whatever `from` and `to` say. */
  readonly rotated?: boolean;
  /** Offsets in the log: only the bytes from `from` (0) to `to` (its end now) count. */
  readonly from?: number;
  readonly to?: number;
  /** ms since the epoch, by the host's clock: lines from before it are told apart by their own times, where the format has them. */
  readonly moment?: number;
  /** How many of the most frequent addresses are wanted; 100 unless told. */
  readonly top?: number;
  /** Bytes read so far, and of how many; compressed files count as they are on disk. Several times a second. */
  readonly onProgress?: (read: number, total: number) => void;
  /** Ends the counting on the host too; the promise then rejects with HostError `cancelled`. */
  readonly signal: AbortSignal;
}

/** Lines, and how they are classed. */
export interface ClassCounts {
  readonly lines: number;
  /** Lines per class, of all addresses. Host names (HostnameLookups) are `unparsed`. */
  readonly classes: Readonly<Record<AddressClass, number>>;
  /** Different addresses per class. */
  readonly distinct: Readonly<Record<AddressClass, number>>;
}

/** What a whole log holds. */
export interface LogCount extends ClassCounts {
  /** Lines from before the moment that was asked for, and since; undefined: none was, or the format tells no time to compare. */
  readonly parts?: { readonly before: ClassCounts; readonly since: ClassCounts };
  /** Lines with a host name in the address's place: the server looks names up, and no address is logged. */
  readonly names: number;
  /** Most frequent first, as many as were wanted. */
  readonly top: readonly AddressCount[];
  /** The files that were read, oldest first. `time`: when it was last written, ms since the epoch, by the host's clock. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly time: number }[];
  /** Files before the log that could not be read there (another compression). */
  readonly skipped: readonly string[];
}

export interface AddressCount {
  readonly address: string;
  readonly addressClass: AddressClass;
  readonly count: number;
}

/** The host says how far it is several times a second while it reads; sorting what did not fit can be silent for long. */
const SILENCE_MS = 600_000;
const MOST_FILES = 1000;

/**
 * Counts all lines of a log by address on the host, at the lowest priority there, and sums them by class here; memory is
 * bounded at both ends however many addresses there are. Rejects with HostError: `logUnreadable`, `connectionLost`,
 * `cancelled`, sudo problems; `unexpected` where the host could not finish (no room for temporary files).
 */
export async function countLog(session: Session, path: string, options: CountOptions): Promise<LogCount> {
  const { signal } = options;
  const channel = await openScript(session, scriptOf(path, options), { as: options.as, signal });
  const close = (): void => channel.close();
  signal.addEventListener('abort', close, { once: true });
  const silence = setTimeout(close, SILENCE_MS);
  const said = words(channel);
  try {
    const counted = await read(channel, options, () => void silence.refresh());
    if (counted !== undefined) return counted;
    signal.throwIfAborted();
    const exit = await channel.exit;
    const reason = 'code' in exit ? ({ 3: 'permission', 4: 'missing', 5: 'notAFile' } as const)[exit.code] : undefined;
    if (reason !== undefined) throw new HostError({ code: 'logUnreadable', path, reason }, session.host.name);
    throw new HostError({ code: 'unexpected', message: `count.sh: ${JSON.stringify(exit)} ${await said}` }, session.host.name);
  } catch (error) {
    if (signal.aborted) throw new HostError({ code: 'cancelled' }, session.host.name, { cause: error });
    throw error;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', close);
    channel.close();
    channel.exit.catch(() => undefined);
  }
}

function scriptOf(path: string, options: CountOptions): string {
  const { format, rotated, from, to } = options;
  const { stem, tail } = logNames(path);
  const moment = momentOf(options);
  const words = {
    toa_log: path,
    toa_rotated: rotated === true ? 'yes' : 'no',
    toa_stem: stem,
    toa_tail: tail,
    toa_from: String(from ?? 0),
    toa_to: to === undefined ? '' : String(to),
    toa_address: addressScript(format) ?? 'a = ""',
    // Logs tell whole seconds: one that the moment falls into is before it.
    toa_moment: moment === undefined ? '' : String(Math.ceil(moment / 1000)),
    toa_time: timeScript(format) ?? 't = ""',
  };
  const set = Object.entries(words).map(([name, value]) => `${name}=${quote(value)}`);
  return `${set.join(' ')}\n${count}`;
}

const momentOf = ({ moment, format }: CountOptions): number | undefined => (timeScript(format) === undefined ? undefined : moment);

/** undefined: the output ended before the last row. */
async function read(channel: Channel, options: CountOptions, alive: () => void): Promise<LogCount | undefined> {
  const tally = tallyOf(options);
  const files: LogCount['files'][number][] = [];
  const skipped: string[] = [];
  let total = 0;
  for await (const line of lines(channel.stdout, { maxBytes: 8192 })) {
    const [, word = '', rest = ''] = /^(\S+) (.*)$/.exec(line.replace(/\r$/, '')) ?? [];
    if (word === 'at') {
      alive();
      options.onProgress?.(Math.min(Number(rest), total), total);
    } else if (word === 'file') {
      const [, bytes, time, path = ''] = /^(\d+) (\d+) (.*)$/.exec(rest) ?? [];
      total += Number(bytes ?? 0);
      if (files.length < MOST_FILES) files.push({ path, bytes: Number(bytes), time: Number(time) * 1000 });
    } else if (word === 'skipped') {
      if (skipped.length < MOST_FILES) skipped.push(rest);
    } else if (/^\d{1,15}$/.test(word)) {
      const [, before, field = ''] = /^(\d{1,15}) (\S+)$/.exec(rest) ?? [];
      if (before === undefined) continue;
      if (field !== '~') tally.add(field, Number(word), Number(before));
      else return tally.lines() === Number(word) ? { ...tally.result(), files, skipped } : undefined;
    }
  }
  return undefined;
}

/** Sums addresses that come each once, in any order. */
function tallyOf(options: CountOptions): {
  readonly add: (field: string, count: number, before: number) => void;
  readonly lines: () => number;
  readonly result: () => Omit<LogCount, 'files' | 'skipped'>;
} {
  const { ranges, top: wanted = 100 } = options;
  const [all, before, since] = [noLines(), noLines(), noLines()];
  let top: AddressCount[] = [];
  let names = 0;
  const shorten = (): void => {
    top = top.sort((a, b) => b.count - a.count).slice(0, wanted);
  };
  return {
    add: (field, count, earlier) => {
      if (field === 'name') names += count;
      const address = canonicalAddress(field);
      const addressClass = address === undefined ? 'unparsed' : classify(address, ranges);
      for (const [part, lines] of [
        [all, count],
        [before, earlier],
        [since, count - earlier],
      ] as const) {
        if (lines <= 0) continue;
        part.lines += lines;
        part.classes[addressClass] += lines;
        if (address !== undefined) part.distinct[addressClass]++;
      }
      if (address === undefined) return;
      top.push({ address, addressClass, count });
      if (top.length >= 2 * wanted + 1000) shorten();
    },
    lines: () => all.lines,
    result: () => {
      shorten();
      return { ...all, names, top, ...(momentOf(options) === undefined ? {} : { parts: { before, since } }) };
    },
  };
}

const noLines = () => ({ lines: 0, classes: none(), distinct: none() });
const none = (): Record<AddressClass, number> => ({ visitor: 0, origin: 0, private: 0, public: 0, unparsed: 0 });

/** The end of what the tools complained of. */
async function words(channel: Channel): Promise<string> {
  let text = '';
  try {
    for await (const chunk of channel.stderr) text = (text + Buffer.from(chunk).toString('latin1')).slice(-500);
  } catch {
    // The connection is gone: the reader of stdout says so.
  }
  return text.trim();
}
