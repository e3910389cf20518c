/** A block's capacity: lines are copied into blocks, so that a transport's large buffers are not kept alive by a few lines. */
const BLOCK_BYTES = 128 * 1024;
const BLOCK_LINES = 1024;

/** A line ends at its place in `ends`; one byte behind it, the next begins. */
interface Block {
  /** Number of the first line. */
  first: number;
  readonly bytes: Buffer;
  readonly ends: Uint32Array;
  readonly codes: Uint8Array;
  count: number;
  used: number;
}

/** A bounded store of lines. Lines have numbers that never change; the oldest block is dropped whole when a limit is passed. */
export interface LineStore {
  /** Numbers of the oldest line that is kept, and of the next one to come. */
  readonly first: number;
  readonly end: number;
  readonly bytes: number;
  /** Lines dropped for the limits. */
  readonly dropped: number;
  /** Lines as `OnLines` gives them, and a code for each. */
  add(bytes: Buffer, ends: readonly number[], codes: Uint8Array): void;
  /** undefined: not kept any more, or not there yet. `bytes` is a view, true until the next line is added: copy what is to be kept. */
  get(line: number): { readonly bytes: Buffer; readonly code: number } | undefined;
  recode(code: (bytes: Buffer, from: number, end: number, code: number) => number): void;
  clear(): void;
}

/** Makes an empty store. */
export function lineStore(limits: { readonly lines: number; readonly bytes: number }): LineStore {
  let blocks: Block[] = [];
  /** The latest that was dropped: a busy log would leave a trail of garbage. */
  let spare: Block | undefined;
  let [next, bytes, dropped] = [0, 0, 0];

  const room = (length: number): Block => {
    const last = blocks.at(-1);
    if (last !== undefined && last.count < BLOCK_LINES && last.used + length <= last.bytes.length) return last;
    const block = (length <= BLOCK_BYTES ? spare : undefined) ?? emptyBlock(Math.max(BLOCK_BYTES, length));
    if (block === spare) spare = undefined;
    [block.first, block.count, block.used] = [next, 0, 0];
    blocks.push(block);
    bytes += block.bytes.length;
    return block;
  };
  const shed = (): void => {
    for (let oldest = blocks[0]; oldest !== undefined && blocks.length > 1; oldest = blocks[0]) {
      if (next - oldest.first <= limits.lines && bytes <= limits.bytes) return;
      dropped += oldest.count;
      bytes -= oldest.bytes.length;
      blocks.shift();
      if (oldest.bytes.length === BLOCK_BYTES) spare = oldest;
    }
  };
  const find = (line: number): Block | undefined => {
    let [low, high] = [0, blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle]?.first ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return blocks[low];
  };

  return {
    get first() {
      return blocks[0]?.first ?? next;
    },
    get end() {
      return next;
    },
    get bytes() {
      return bytes;
    },
    get dropped() {
      return dropped;
    },
    add: (source, ends, codes) => {
      let from = 0;
      for (let line = 0; line < ends.length;) {
        const block = room((ends[line] ?? 0) + 1 - from);
        // As many lines at once as it has room for.
        const shift = block.used - from;
        const first = line;
        for (let end = ends[line]; end !== undefined && end + shift < block.bytes.length && block.count < BLOCK_LINES; end = ends[++line]) {
          block.ends[block.count] = end + shift;
          block.codes[block.count++] = codes[line] ?? 0;
        }
        const end = (ends[line - 1] ?? 0) + 1;
        source.copy(block.bytes, block.used, from, end);
        block.used += end - from;
        from = end;
        next += line - first;
      }
      shed();
    },
    get: (line) => {
      const block = find(line);
      const index = block === undefined ? -1 : line - block.first;
      if (block === undefined || index < 0 || index >= block.count) return undefined;
      return { bytes: block.bytes.subarray(start(block, index), block.ends[index]), code: block.codes[index] ?? 0 };
    },
    recode: (code) => {
      for (const block of blocks) {
        for (let i = 0; i < block.count; i++) block.codes[i] = code(block.bytes, start(block, i), block.ends[i] ?? 0, block.codes[i] ?? 0);
      }
    },
    clear: () => {
      blocks = [];
      [bytes, dropped] = [0, 0];
    },
  };
}

const emptyBlock = (size: number): Block => ({
  first: 0,
  bytes: Buffer.allocUnsafeSlow(size),
  ends: new Uint32Array(BLOCK_LINES),
  codes: new Uint8Array(BLOCK_LINES),
  count: 0,
  used: 0,
});

const start = (block: Block, index: number): number => (index === 0 ? 0 : (block.ends[index - 1] ?? 0) + 1);
