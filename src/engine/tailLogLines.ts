import type { FollowMark } from './tailLogMarks';

/** The longest line that is kept, in bytes; the rest of a longer one is dropped and the line counted as cut. */
export const LONGEST_LINE = 64 * 1024;

/** Whole lines: line i is `bytes[i === 0 ? 0 : ends[i - 1] + 1 .. ends[i])`, without its newline. */
export type OnLines = (bytes: Buffer, ends: readonly number[], cut: number) => void;

interface OpenFile {
  file: string;
  kind: 'at' | 'old';
  /** By which follow.sh knows it again. */
  sign: string;
  /** Offset of the next byte to come. */
  offset: number;
  /** The beginning of a line whose end has not come yet, at most LONGEST_LINE bytes, and how long it really is. */
  carry: Buffer;
  carried: number;
}

/** The log and the files before it that may still be written to. */
const MOST_FILES = 3;

/**
 * Makes lines of the follower's bytes, for each file apart, and knows where a new connection must go on: behind the last
 * whole line. Bytes count when the mark after them has come: until then the follower may take them back (`discard`), unless it is `sure`.
 */
export function lineAssembler(onLines: OnLines): {
  readonly at: (mark: Extract<FollowMark, { kind: 'at' | 'old' }>) => void;
  readonly bytes: (bytes: Buffer) => void;
  readonly discard: () => void;
  /** The bytes up to the next mark are not taken back: they are lines as they come. */
  readonly sure: () => void;
  /** `toa_from` and `toa_late` of follow.sh; empty before the first mark. */
  readonly resumePoint: () => ResumePoint;
  /** A new connection begins at the resume point: half lines will come again. */
  readonly restart: () => void;
} {
  let files: OpenFile[] = [];
  let current: OpenFile | undefined;
  let point: ResumePoint = { from: '', late: '' };
  let pending: Buffer[] = [];
  let sure = false;

  const flush = (file: OpenFile): void => {
    if (file.carried > 0) onLines(file.carry, [file.carry.length], file.carried > file.carry.length ? 1 : 0);
    [file.carry, file.carried] = [Buffer.alloc(0), 0];
  };

  const at = (mark: Extract<FollowMark, { kind: 'at' | 'old' }>): void => {
    pending.forEach(take);
    [pending, sure] = [[], false];
    if (current !== undefined) remember(current);
    let found = files.find(({ file }) => file === mark.file);
    // A truncated log goes on in its copy, at the same offset, maybe in the middle of a line.
    if (found === undefined && mark.kind === 'old') {
      found = files.find(({ offset, carried }) => carried > 0 && offset === mark.offset);
      if (found !== undefined) found.file = mark.file;
    }
    if (found !== undefined && found.offset !== mark.offset) {
      flush(found);
      found.offset = mark.offset;
    }
    if (found === undefined) {
      found = { file: mark.file, kind: mark.kind, sign: mark.sign, offset: mark.offset, carry: Buffer.alloc(0), carried: 0 };
      files.push(found);
      files.slice(0, -MOST_FILES).forEach(flush);
      files = files.slice(-MOST_FILES);
    }
    [found.kind, found.sign] = [mark.kind, mark.sign];
    current = found;
    remember(found);
  };

  const remember = ({ kind, file, offset, carried, sign }: OpenFile): void => {
    point = { ...point, [kind === 'at' ? 'from' : 'late']: `${file} ${offset - carried} ${sign}` };
  };

  const take = (chunk: Buffer): void => {
    if (current === undefined) return;
    current.offset += chunk.length;
    let from = 0;
    if (current.carried > 0) {
      const first = chunk.indexOf(10);
      carryOn(current, first < 0 ? chunk : chunk.subarray(0, first));
      if (first < 0) return;
      flush(current);
      from = first + 1;
    }
    const lines = chunk.subarray(from);
    const ends: number[] = [];
    for (let end = lines.indexOf(10); end >= 0; end = lines.indexOf(10, end + 1)) ends.push(end);
    if (ends.length > 0) onLines(lines, ends, 0);
    carryOn(current, lines.subarray((ends.at(-1) ?? -1) + 1));
  };

  const restart = (): void => {
    [files, current, pending, sure] = [[], undefined, [], false];
  };
  const bytes = (chunk: Buffer): void => {
    if (!sure || current === undefined) {
      pending.push(chunk);
      return;
    }
    take(chunk);
    remember(current);
  };
  const discard = (): void => void ([pending, sure] = [[], false]);
  return { at, bytes, discard, sure: () => void (sure = true), resumePoint: () => point, restart };
}

/** Where follow.sh goes on: in the log, and in the file before it, which may have got a late line; empty: there is none. */
export interface ResumePoint {
  readonly from: string;
  readonly late: string;
}

function carryOn(file: OpenFile, bytes: Buffer): void {
  if (bytes.length === 0) return;
  file.carried += bytes.length;
  const room = LONGEST_LINE - file.carry.length;
  if (room > 0) file.carry = Buffer.concat([file.carry, bytes.subarray(0, room)]);
}
