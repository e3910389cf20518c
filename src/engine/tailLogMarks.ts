/** `file`: its device and inode. `sign`: by which follow.sh knows the file again. */
interface Place<Kind> {
  readonly kind: Kind;
  readonly file: string;
  readonly offset: number;
  readonly sign: string;
}

/** What `src/remote/follow.sh` and `journal.sh` say between the bytes of the log. Their text defines each. */
export type FollowMark =
  | Place<'at'>
  | Place<'old'>
  | { readonly kind: 'void' }
  | { readonly kind: 'sure' }
  | { readonly kind: 'rotated' }
  | { readonly kind: 'gap'; readonly why: 'truncated' | 'lost' | 'between'; readonly bytes?: number }
  | { readonly kind: 'alive' }
  | { readonly kind: 'end'; readonly why: (typeof ENDS)[number] };

const ENDS = ['permission', 'missing', 'notAFile', 'noJournal', 'ended'] as const;

/** The longest mark there is, with room to spare; what is longer is no mark. */
const LONGEST = 256;

/**
 * Takes the follower's output apart. A mark may stand anywhere and be cut anywhere by the transport: `feed` holds back
 * only the bytes that may still become one.
 */
export function followReader(
  nonce: string,
  onBytes: (bytes: Buffer) => void,
  onMark: (mark: FollowMark) => void,
): (chunk: Uint8Array) => void {
  const needle = Buffer.from(`${nonce} `, 'latin1');
  const first = needle[0] ?? 0;
  let held = Buffer.alloc(0);
  return (chunk) => {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = held.length === 0 ? view : Buffer.concat([held, view]);
    let from = 0;
    for (;;) {
      // The first byte alone is found far faster, and mostly is not there.
      const lead = data.indexOf(first, from);
      const start = lead < 0 ? -1 : data.indexOf(needle, lead);
      if (start < 0) break;
      const end = data.indexOf(10, start);
      if (end < 0 && data.length - start < LONGEST) {
        if (start > from) onBytes(data.subarray(from, start));
        held = Buffer.from(data.subarray(start));
        return;
      }
      const mark = end < 0 ? undefined : parseMark(data.toString('latin1', start + needle.length, end));
      const next = mark === undefined ? start + needle.length : end + 1;
      const bytes = mark === undefined ? next : start;
      if (bytes > from) onBytes(data.subarray(from, bytes));
      if (mark !== undefined) onMark(mark);
      from = next;
    }
    const rest = beginning(data, from, needle);
    if (rest > from) onBytes(data.subarray(from, rest));
    held = Buffer.from(data.subarray(rest));
  };
}

/** Where the last bytes from `from` on, if any, may be a beginning of `needle`; the end of `data` where none are. */
function beginning(data: Buffer, from: number, needle: Buffer): number {
  const first = needle[0] ?? 0;
  let at = data.indexOf(first, Math.max(from, data.length - needle.length + 1));
  while (at >= 0 && data.compare(needle, 0, data.length - at, at) !== 0) at = data.indexOf(first, at + 1);
  return at < 0 ? data.length : at;
}

function parseMark(text: string): FollowMark | undefined {
  const [kind, ...words] = text.split(' ');
  const [first = '', second = ''] = words;
  if (kind === 'at' || kind === 'old') {
    const numbers = words.slice(0, 5);
    if (words.length !== 6 || !numbers.every((word) => /^\d{1,20}$/.test(word)) || !/^[\d.:T-]{1,40}$/.test(words[5] ?? ''))
      return undefined;
    return { kind, file: words.slice(0, 2).join(' '), offset: Number(words[2]), sign: words.slice(3).join(' ') };
  }
  if (kind === 'rotated' || kind === 'void' || kind === 'sure' || kind === 'alive') return { kind };
  if (kind === 'gap' && (first === 'truncated' || first === 'lost' || first === 'between')) {
    return { kind, why: first, ...(/^\d{1,15}$/.test(second) ? { bytes: Number(second) } : {}) };
  }
  const why = ENDS.find((one) => one === first);
  return kind === 'end' && why !== undefined ? { kind, why } : undefined;
}
