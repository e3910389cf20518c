import type { FileHandle } from 'node:fs/promises';
import { HostError } from '../core/problem';
import { lines } from './lines';
import { lastWords } from './uploadKeeper';
import type { Channel } from './ports';

/** A channel carries one window (2 MiB in OpenSSH) per round trip; more than four gain nothing over one connection. */
export const MOST_LANES = 4;
/**
 * What a lane is given at a time, at most: each block is a process more on the host, and what is unfinished is sent again after a cut.
 * Towards the end blocks get smaller, so that the lanes end together.
 */
export const BLOCK_MIB = 4;
export const MIB = 1024 * 1024;
/** Bytes per read and write. */
const PIECE = 256 * 1024;

export interface Load {
  readonly file: FileHandle;
  readonly bytes: number;
  /** Whole MiB that the host has. */
  readonly from: number;
  /** Bytes that the host has taken. */
  readonly onProgress: (done: number) => void;
  /** These MiB are on record at the host. */
  readonly onRecord: (first: number, count: number) => void;
  /** An error for a lane that ended with this exit code. */
  readonly failed: (exit: number, stderr: string) => HostError;
}

/**
 * Sends a file in blocks over those of the lanes (`upload-lane.sh`) that the server lets us open; false: over none. Rejects with the
 * first failure of a lane, once all are over; what was finished by then is on record at the host.
 */
export async function sendInLanes(lanes: readonly Promise<Channel | undefined>[], load: Load): Promise<boolean> {
  const end = Math.ceil(load.bytes / MIB);
  let next = load.from;
  let done = Math.min(load.from * MIB, load.bytes);
  let broken = false;
  const source: Source = {
    ...load,
    take() {
      const count = broken ? 0 : Math.min(BLOCK_MIB, Math.ceil((end - next) / lanes.length));
      if (count <= 0) return undefined;
      next += count;
      return { first: next - count, count };
    },
    sent(bytes) {
      done = Math.min(done + bytes, load.bytes);
      load.onProgress(done);
    },
  };
  load.onProgress(done);
  const all = lanes.map(async (opening) => {
    const channel = await opening;
    if (channel) await run(channel, source);
    return channel !== undefined;
  });
  for (const lane of all) {
    lane.catch(() => {
      broken = true;
      // Its block would be missing whatever the others do.
      for (const opening of lanes) {
        opening.then(
          (channel) => channel?.close(),
          () => undefined,
        );
      }
    });
  }
  const ends = await Promise.allSettled(all);
  await Promise.all(all);
  return ends.some((one) => one.status === 'fulfilled' && one.value);
}

interface Source extends Load {
  /** The next block, in MiB; undefined: none is left. */
  take(): { readonly first: number; readonly count: number } | undefined;
  sent(bytes: number): void;
}

async function run(channel: Channel, source: Source): Promise<void> {
  const words = lastWords(channel.stderr);
  const recorded = (async () => {
    for await (const line of lines(channel.stdout, { maxBytes: 100 })) {
      const [first, count] = line.split(' ').map(Number);
      if (Number.isSafeInteger(first) && Number.isSafeInteger(count)) source.onRecord(first ?? 0, count ?? 0);
    }
  })();
  for (const promise of [words, recorded]) promise.catch(() => undefined);
  try {
    try {
      await feed(channel, source);
    } catch (error) {
      // A write fails where the far end has stopped reading: its exit code and stderr tell why. Anything else is our own end.
      if (!(error instanceof HostError)) throw error;
      const exit = await channel.exit;
      throw 'code' in exit && exit.code !== 0 ? source.failed(exit.code, await words) : error;
    }
    const exit = await channel.exit;
    await recorded;
    if (!('code' in exit) || exit.code !== 0) throw source.failed('code' in exit ? exit.code : 128, await words);
  } finally {
    channel.close();
  }
}

async function feed(channel: Channel, source: Source): Promise<void> {
  for (let block = source.take(); block; block = source.take()) {
    await channel.write(`${block.first} ${block.count}\n`);
    const end = (block.first + block.count) * MIB;
    for (let at = block.first * MIB; at < end; at += PIECE) {
      const size = Math.min(PIECE, end - at);
      await channel.write(await piece(source, at, size));
      source.sent(size);
    }
    await channel.write('whole\n');
  }
  channel.end();
}

/** `size` bytes from `at`, filled up with zeros behind the end: no more than was hashed, whatever the file has become since. */
async function piece({ file, bytes }: Source, at: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const wanted = Math.min(size, Math.max(0, bytes - at));
  let read = 0;
  while (read < wanted) {
    const { bytesRead } = await file.read(buffer, read, wanted - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer;
}
