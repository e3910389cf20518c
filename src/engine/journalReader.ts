/** One entry of the journal, as far as a log needs it. */
export interface JournalEntry {
  /** By which journalctl finds it again; only characters of its own alphabet. */
  readonly cursor: string;
  readonly message: Buffer;
  /** journald's own word, not the unit's. */
  readonly driver: boolean;
  /** The unit that journald's word is about, by newer versions of it. */
  readonly about: string | undefined;
}

/** The longest field's name and the longest message that are taken; a longer message is cut, with a note of it. */
const LONGEST_NAME = 256;
const LONGEST_FIELD = 64 * 1024;
const CURSOR = /^[0-9a-z=;]{1,400}$/;
const KEPT = new Set(['__CURSOR', 'MESSAGE', '_TRANSPORT', 'OBJECT_SYSTEMD_UNIT']);

/**
 * Takes journalctl's export format apart, however the transport has cut it: a field is `NAME=value` and a line feed, or, where the
 * value is no text, its name, a line feed, 64 bits of length (little endian), the value and a line feed; an empty line ends an
 * entry (systemd.io/JOURNAL_EXPORT_FORMATS). `cut`: the message was longer than what is kept. Fields that no log needs are
 * skipped without being kept.
 */
export function journalReader(onEntry: (entry: JournalEntry, cut: boolean) => void): (bytes: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let fields = new Map<string, Buffer>();
  let cut = false;
  /** The field whose value is under way: its name, how much of it is still to come, and what of it is kept. */
  let value: { readonly name: string; readonly length: number; left: number; readonly kept: Buffer[]; room: number } | undefined;
  /** A line that is longer than any that is wanted is skipped to its end. */
  let skipping = false;

  const endEntry = (): void => {
    const cursor = fields.get('__CURSOR')?.toString('latin1') ?? '';
    if (CURSOR.test(cursor)) {
      const driver = fields.get('_TRANSPORT')?.toString('latin1') === 'driver';
      const message = fields.get('MESSAGE') ?? Buffer.alloc(0);
      onEntry({ cursor, message, driver, about: fields.get('OBJECT_SYSTEMD_UNIT')?.toString('latin1') }, cut);
    }
    fields = new Map();
    cut = false;
  };

  const keep = (name: string, bytes: Buffer, whole: boolean): void => {
    if (!KEPT.has(name)) return;
    fields.set(name, bytes);
    if (name === 'MESSAGE' && !whole) cut = true;
  };

  const text = (line: Buffer): void => {
    const from = line.indexOf(61) + 1;
    const kept = Buffer.from(line.subarray(from, from + LONGEST_FIELD));
    keep(line.toString('latin1', 0, from - 1), kept, line.length - from <= LONGEST_FIELD);
  };

  return (bytes) => {
    const data = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    held = Buffer.alloc(0);
    let at = 0;
    while (at < data.length) {
      if (value !== undefined) {
        const part = data.subarray(at, at + value.left);
        const kept = part.subarray(0, value.room);
        if (KEPT.has(value.name) && kept.length > 0) value.kept.push(Buffer.from(kept));
        value.room -= kept.length;
        value.left -= part.length;
        at += part.length;
        if (value.left > 0) return;
        // The line feed behind the value came with it.
        keep(value.name, Buffer.concat(value.kept).subarray(0, value.length), value.length <= LONGEST_FIELD);
        value = undefined;
        continue;
      }
      const end = data.indexOf(10, at);
      if (skipping) {
        if (end < 0) return;
        skipping = false;
        at = end + 1;
        continue;
      }
      if (end < 0) {
        if (data.length - at > LONGEST_FIELD + LONGEST_NAME) {
          text(data.subarray(at));
          skipping = true;
        } else held = Buffer.from(data.subarray(at));
        return;
      }
      const line = data.subarray(at, end);
      if (line.length === 0) {
        endEntry();
        at = end + 1;
      } else if (line.includes(61)) {
        text(line);
        at = end + 1;
      } else {
        if (data.length < end + 9) {
          held = Buffer.from(data.subarray(at));
          return;
        }
        const length = Number(data.readBigUInt64LE(end + 1));
        value = { name: line.toString('latin1'), length, left: length + 1, kept: [], room: LONGEST_FIELD };
        at = end + 9;
      }
    }
  };
}
