import { ADDRESS_CLASSES, canonicalAddress, classify, classifyV4, type Ranges } from '../shared/address';

/** Lines per address, and the class of each. IPv4 is counted by number, without a string for each line: that is the hot path. */
export interface AddressCounts extends Iterable<readonly [string, { readonly code: number; readonly count: number }]> {
  /** Different addresses that are counted apart. */
  readonly distinct: number;
  /** Those of a class code. */
  distinctOf(code: number): number;
  /** Counts the address in `bytes` from `from` up to the first space before `end`; gives its class code. */
  addField(bytes: Buffer, from: number, end: number): number;
  /** Counts an address in canonical form; gives its class code. */
  add(address: string): number;
  /** The class code of an address, counted or not. */
  codeOf(address: string): number;
  /** Classes all again; `moved` hears of those whose code changed, with their lines. */
  setRanges(ranges: Ranges, moved: (from: number, to: number, lines: number) => void): void;
  /** Those with more lines than `least` says at that moment. */
  each(visit: (address: string, code: number, count: number) => void, least: () => number): void;
  clear(): void;
}

const UNPARSED = ADDRESS_CLASSES.indexOf('unparsed');

/** No address is longer. */
const LONGEST_FIELD = 64;

/** Addresses beyond `limit` are classed and not counted apart. */
export function addressCounts(ranges: Ranges, limit: number): AddressCounts {
  /** Open addressing: a slot's count is 0 where it is free. Addresses are signed here: those are small integers to V8. */
  let keys = new Int32Array(1024);
  let counts = new Float64Array(1024);
  let codes = new Uint8Array(1024);
  let used = 0;
  /** What is not IPv4, by its canonical form; and by the log's own text, so that a busy client's is parsed once. */
  const others = new Map<string, { code: number; count: number }>();
  const fields = new Map<string, { code: number; count: number }>();
  /** Different addresses by class code. */
  const distinct = new Uint32Array(ADDRESS_CLASSES.length);
  const more = (code: number, by: number): void => void (distinct[code] = (distinct[code] ?? 0) + by);

  const slotOf = (address: number): number => {
    const mask = keys.length - 1;
    let slot = (Math.imul(address, 0x9e3779b1) >>> 8) & mask;
    while (counts[slot] !== 0 && keys[slot] !== address) slot = (slot + 1) & mask;
    return slot;
  };
  const grow = (): void => {
    const [oldKeys, oldCounts, oldCodes] = [keys, counts, codes];
    keys = new Int32Array(oldKeys.length * 2);
    counts = new Float64Array(keys.length);
    codes = new Uint8Array(keys.length);
    for (let i = 0; i < oldKeys.length; i++) {
      const count = oldCounts[i] ?? 0;
      if (count === 0) continue;
      const slot = slotOf(oldKeys[i] ?? 0);
      [keys[slot], counts[slot], codes[slot]] = [oldKeys[i] ?? 0, count, oldCodes[i] ?? 0];
    }
  };
  const codeOfV4 = (address: number): number => ADDRESS_CLASSES.indexOf(classifyV4(address >>> 0, ranges));
  const addV4 = (address: number): number => {
    const slot = slotOf(address);
    const count = counts[slot] ?? 0;
    if (count > 0) {
      counts[slot] = count + 1;
      return codes[slot] ?? 0;
    }
    const code = codeOfV4(address);
    if (used + others.size >= limit) return code;
    keys[slot] = address;
    counts[slot] = 1;
    codes[slot] = code;
    more(code, 1);
    if (++used * 2 > keys.length) grow();
    return code;
  };

  const addOther = (address: string): { code: number; count: number } | number => {
    const known = others.get(address);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const code = ADDRESS_CLASSES.indexOf(classify(address, ranges));
    if (used + others.size >= limit) return code;
    const entry = { code, count: 1 };
    others.set(address, entry);
    more(code, 1);
    return entry;
  };
  const add = (address: string): number => {
    const v4 = numberOf(address);
    if (v4 >= 0) return addV4(v4 | 0);
    const entry = addOther(address);
    return typeof entry === 'number' ? entry : entry.code;
  };
  const addText = (field: string): number => {
    const known = fields.get(field);
    if (known !== undefined) {
      known.count++;
      return known.code;
    }
    const address = canonicalAddress(field);
    if (address === undefined) return UNPARSED;
    if (!address.includes(':')) return add(address);
    const entry = addOther(address);
    if (typeof entry === 'number') return entry;
    if (fields.size < limit) fields.set(field, entry);
    return entry.code;
  };

  return {
    get distinct() {
      return used + others.size;
    },
    distinctOf: (code) => distinct[code] ?? 0,
    addField: (bytes, from, end) => {
      const v4 = numberIn(bytes, from, end);
      if (v4 >= 0) return addV4(v4 | 0);
      let space = from;
      const last = Math.min(end, from + LONGEST_FIELD);
      while (space < last && bytes[space] !== SPACE) space++;
      return space === last ? UNPARSED : addText(bytes.toString('latin1', from, space));
    },
    add,
    codeOf: (address) => {
      const v4 = numberOf(address);
      return v4 >= 0 ? codeOfV4(v4) : (others.get(address)?.code ?? ADDRESS_CLASSES.indexOf(classify(address, ranges)));
    },
    setRanges: (next, tell) => {
      ranges = next;
      const moved = (from: number, to: number, count: number): void => {
        more(from, -1);
        more(to, 1);
        tell(from, to, count);
      };
      for (let i = 0; i < keys.length; i++) {
        const count = counts[i] ?? 0;
        if (count === 0) continue;
        const code = codeOfV4(keys[i] ?? 0);
        if (code !== codes[i]) moved(codes[i] ?? 0, code, count);
        codes[i] = code;
      }
      for (const [address, entry] of others) {
        const code = ADDRESS_CLASSES.indexOf(classify(address, ranges));
        if (code !== entry.code) moved(entry.code, code, entry.count);
        entry.code = code;
      }
    },
    each: (visit, least) => {
      for (let i = 0; i < keys.length; i++) {
        const count = counts[i] ?? 0;
        if (count > 0 && count > least()) visit(textOf(keys[i] ?? 0), codes[i] ?? 0, count);
      }
      for (const [address, { code, count }] of others) if (count > least()) visit(address, code, count);
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < keys.length; i++) {
        const count = counts[i] ?? 0;
        if (count > 0) yield [textOf(keys[i] ?? 0), { code: codes[i] ?? 0, count }] as const;
      }
      yield* others;
    },
    clear: () => {
      keys = new Int32Array(1024);
      counts = new Float64Array(1024);
      codes = new Uint8Array(1024);
      used = 0;
      others.clear();
      fields.clear();
      distinct.fill(0);
    },
  };
}

const SPACE = 0x20;

/** An IPv4 address in four decimal parts, up to the first space before `end`, as an unsigned number; -1: it is none. */
function numberIn(bytes: Uint8Array, from: number, end: number): number {
  const last = Math.min(end, from + 16);
  let [value, part, dots] = [0, -1, 0];
  for (let i = from; i < last; i++) {
    const byte = bytes[i] ?? 0;
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    } else if (digit === -2 && part >= 0) {
      value = (value << 8) | part;
      part = -1;
      dots++;
    } else {
      return byte === SPACE && dots === 3 && part >= 0 ? ((value << 8) | part) >>> 0 : -1;
    }
  }
  return -1;
}

const numberOf = (address: string): number => numberIn(Buffer.from(`${address} `, 'latin1'), 0, address.length + 1);

const textOf = (address: number): string => `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
