import { addressOf, detectFormat, epochOf, parseLine } from '../core/log/parse';
import { ADDRESS_CLASSES, canonicalAddress, type AddressClass, type Ranges } from '../shared/address';
import type { LogFormat, OwnFormat } from '../shared/logEntry';
import type { LogMark } from '../shared/logMark';
import { addressCounts } from './logBufferAddresses';
import { lineStore, type LineStore } from './logBufferStore';
import { shareOverTime, type ShareOverTime } from './logBufferShare';

/** Limits of what is kept. What is dropped for them is counted. */
export interface BufferLimits {
  readonly lines: number;
  readonly bytes: number;
  /** Different addresses that are counted apart. */
  readonly addresses: number;
}

export const DEFAULT_LIMITS: BufferLimits = { lines: 100_000, bytes: 64 * 1024 * 1024, addresses: 50_000 };

/** Lines from which the format is told; it is told again while most lines do not fit. */
const DETECT_LINES = 100;

/** The class code of a row that is a mark. */
export const MARK = ADDRESS_CLASSES.length;

/** Everything a panel shows of one log. It belongs to the extension host; the panel only ever sees windows of it. */
export interface LogBuffer {
  readonly store: LineStore;
  readonly share: ShareOverTime;
  readonly format: LogFormat;
  /** Lines per class since the buffer was made or cleared, those that were dropped since included. */
  readonly totals: Readonly<Record<AddressClass, number>>;
  /** Lines in all; those cut at LONGEST_LINE. */
  readonly lines: number;
  readonly cut: number;
  /** Different addresses, as far as they are counted apart. */
  readonly distinct: number;
  readonly distinctVisitors: number;
  /** The same addresses with their class codes and counts. */
  readonly addresses: Iterable<readonly [string, { readonly code: number; readonly count: number }]>;
  /**
   * The formats of the server's own configuration, where they could be read: they go before what the lines look like. Lines that
   * were read otherwise are read again; those that were dropped meanwhile count as unparsed.
   */
  setOwnFormats(formats: readonly OwnFormat[]): void;
  append(bytes: Buffer, ends: readonly number[], cut: number): void;
  mark(mark: LogMark): void;
  /** Classes everything again; what was dropped from the rows is moved by its address, as far as that is still known. */
  setRanges(ranges: Ranges): void;
  top(count: number): { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
  clear(): void;
}

/** The host's clock: `now` in ms since the epoch; `zone`: minutes ahead of UTC, for times that do not tell. */
export interface HostClock {
  readonly now: () => number;
  readonly zone: () => number;
}

/** Makes an empty buffer. */
export function logBuffer(ranges: Ranges, { now, zone }: HostClock, limits: BufferLimits = DEFAULT_LIMITS): LogBuffer {
  const store = lineStore(limits);
  const share = shareOverTime(now, zone);
  let format: LogFormat = 'unknown';
  let [lines, cut, unread] = [0, 0, 0];
  const perCode = new Float64Array(ADDRESS_CLASSES.length);
  const more = (code: number, by: number): void => void (perCode[code] = (perCode[code] ?? 0) + by);
  /** Of the lines that are appended now. */
  let codes = new Uint8Array(1024);
  const addresses = addressCounts(ranges, limits.addresses);
  let own: readonly OwnFormat[] = [];

  const detect = (bytes: Buffer, ends: readonly number[]): void => {
    const last = Math.max(0, ends.length - DETECT_LINES);
    const found = detectFormat(
      ends.slice(last).map((_, i) => lineAt(bytes, ends, last + i)),
      own,
    );
    if (found !== 'unknown') format = found;
    unread = 0;
  };

  /** Counts a line by its address, into the chart by its time, and gives its class code. */
  const count = (bytes: Buffer, from: number, end: number): number => {
    if (format === 'common') {
      const code = addresses.addField(bytes, from, end);
      share.add(bytes, from, end, code);
      return code;
    }
    return countRead(bytes, from, end, (address) => addresses.add(address));
  };

  const epoch = epochs(zone);
  /** The same of any format, with the code that `codeOf` tells of its address. */
  const countRead = (bytes: Buffer, from: number, end: number, codeOf: (address: string) => number): number => {
    const bracketed = format === 'common' || format === 'vhost' || format === 'unknown';
    const fields = bracketed ? undefined : parseLine(bytes.toString('latin1', from, end), format);
    const address = bracketed ? addressIn(bytes, from, end, format) : fields?.address;
    const code = address === undefined ? UNPARSED : codeOf(address);
    if (bracketed) share.add(bytes, from, end, code);
    else share.addAt(fields?.time === undefined ? undefined : epoch(fields.time), code);
    return code;
  };

  const setOwnFormats = (formats: readonly OwnFormat[]): void => {
    own = formats;
    const latest: string[] = [];
    for (let line = store.end - 1; line >= store.first && latest.length < DETECT_LINES; line--) {
      const kept = store.get(line);
      if (kept !== undefined && kept.code !== MARK) latest.push(kept.bytes.toString('latin1'));
    }
    const before = format;
    format = detectFormat(latest, own);
    if (format === before) return;
    addresses.clear();
    share.clear();
    perCode.fill(0);
    let again = 0;
    store.recode((bytes, from, end, code) => {
      if (code === MARK) return code;
      const next = count(bytes, from, end);
      more(next, 1);
      again++;
      return next;
    });
    more(UNPARSED, lines - again);
  };

  const append = (bytes: Buffer, ends: readonly number[], cutLines: number): void => {
    if (format === 'unknown' || unread > DETECT_LINES) detect(bytes, ends);
    cut += cutLines;
    if (codes.length < ends.length) codes = new Uint8Array(ends.length);
    let from = 0;
    for (let line = 0; line < ends.length; line++) {
      const end = ends[line] ?? 0;
      const code = count(bytes, from, end);
      unread = code === UNPARSED ? unread + 1 : 0;
      more(code, 1);
      codes[line] = code;
      from = end + 1;
    }
    store.add(bytes, ends, codes);
    lines += ends.length;
  };

  return {
    store,
    share,
    get format() {
      return format;
    },
    get totals() {
      const of = (name: AddressClass): number => perCode[ADDRESS_CLASSES.indexOf(name)] ?? 0;
      return { visitor: of('visitor'), origin: of('origin'), private: of('private'), public: of('public'), unparsed: of('unparsed') };
    },
    get lines() {
      return lines;
    },
    get cut() {
      return cut;
    },
    get distinct() {
      return addresses.distinct;
    },
    get distinctVisitors() {
      return addresses.distinctOf(VISITOR);
    },
    setOwnFormats,
    addresses,
    append,
    mark: (mark) => {
      const bytes = Buffer.from(JSON.stringify(mark));
      store.add(bytes, [bytes.length], Uint8Array.of(MARK));
    },
    setRanges: (next) => {
      addresses.setRanges(next, (from, to, count) => {
        more(from, -count);
        more(to, count);
      });
      share.clear();
      store.recode((bytes, from, end, code) => {
        return code === MARK ? code : countRead(bytes, from, end, (address) => addresses.codeOf(address));
      });
    },
    top: (count) => {
      // Asked several times a second, so no sorting of all: the few greatest are kept in order while passing.
      const most: { address: string; code: number; count: number }[] = [];
      addresses.each(
        (address, code, seen) => {
          const place = most.findIndex((one) => one.count < seen || (one.count === seen && one.address > address));
          most.splice(place < 0 ? most.length : place, 0, { address, code, count: seen });
          most.length = Math.min(most.length, count);
        },
        () => (most.length < count ? 0 : (most.at(-1)?.count ?? 0)),
      );
      return most.map(({ address, code, count: seen }) => ({ address, addressClass: ADDRESS_CLASSES[code] ?? 'unparsed', count: seen }));
    },
    clear: () => {
      store.clear();
      share.clear();
      addresses.clear();
      perCode.fill(0);
      [lines, cut] = [0, 0];
    },
  };
}

/** Reads times; lines of one second often share their time's text, which is then parsed once. */
function epochs(zone: () => number): (time: string) => number | undefined {
  let [known, at] = ['', undefined as number | undefined];
  return (time) => {
    if (time !== known) [known, at] = [time, epochOf(time, zone())];
    return at;
  };
}

const UNPARSED = ADDRESS_CLASSES.indexOf('unparsed');
const VISITOR = ADDRESS_CLASSES.indexOf('visitor');

const lineAt = (bytes: Buffer, ends: readonly number[], i: number): string =>
  bytes.toString('latin1', i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, ends[i]);

/** Of a line in the common format only the bytes before the first space are looked at. */
function addressIn(bytes: Buffer, from: number, end: number, format: LogFormat): string | undefined {
  return format === 'common' ? canonicalAddress(fieldIn(bytes, from, end)) : addressOf(bytes.toString('latin1', from, end), format);
}

/** No address is longer. */
const LONGEST_FIELD = 64;

/** The bytes before the first space; empty: there is none where an address could be. */
function fieldIn(bytes: Buffer, from: number, end: number): string {
  let space = from;
  const limit = Math.min(end, from + LONGEST_FIELD);
  while (space < limit && bytes[space] !== 0x20) space++;
  return space < limit ? bytes.toString('latin1', from, space) : '';
}
