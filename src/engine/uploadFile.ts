import { open, type FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import beginSource from '../remote/upload-begin.sh';
import endSource from '../remote/upload-end.sh';
import laneSource from '../remote/upload-lane.sh';
import placeSource from '../remote/upload-place.sh';
import { openScript, runScript } from './runScript';
import { openKeeper, type Keeper } from './uploadKeeper';
import { BLOCK_MIB, MIB, MOST_LANES, sendInLanes } from './uploadLanes';
import type { Channel, Session } from './ports';

/** A file on the editor's machine, already hashed. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Bytes that the host has taken, those of an earlier try included. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Brings a file to the host, as the connection's own user, over several channels: `<remotePath>.part` first, renamed once its
 * SHA-256, taken on the host, is right. A part that an earlier try left is continued; if it proves wrong, the upload starts over
 * once. A file that is there already is left. Missing directories are made 0700; a directory that others could enter or swap is
 * refused. Rejects with HostError: uploadCorrupt, diskFull (the part stays), stepFailed (`upload`: no permission, 73: no safe
 * place), cancelled (the part stays), connection problems.
 */
export async function uploadFile(session: Session, local: LocalFile, remotePath: string, options: UploadOptions): Promise<void> {
  const file = await open(local.path);
  try {
    for (;;) {
      const { from, found } = await attempt(session, local, file, remotePath, options);
      if (found === local.sha256) {
        options.onProgress?.(local.bytes);
        return;
      }
      await discard(session, remotePath, options.signal);
      if (from === 0) {
        throw new HostError({ code: 'uploadCorrupt', file: local.path, expected: local.sha256, actual: found }, session.host.name);
      }
    }
  } finally {
    await file.close();
  }
}

/** From where it went on (MiB), and the hash that the host then has. */
async function attempt(
  session: Session,
  local: LocalFile,
  file: FileHandle,
  remotePath: string,
  options: UploadOptions,
): Promise<{ readonly from: number; readonly found: string }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const failure = (exit: number, stderr: string): HostError =>
    exit === NO_ROOM
      ? new HostError({ code: 'diskFull', where: posix.dirname(remotePath), left: 'unchanged' }, session.host.name)
      : failed(session, exit, stderr);
  const place = prelude(remotePath);
  const given = `${place}toa_sha256=${quote(local.sha256)}\ntoa_bytes=${local.bytes}\n`;
  const keep = (): Promise<Keeper> => openKeeper(session, `${given}${beginSource}\n${endSource}`, signal, failure);
  const openLane = (): Promise<Channel> => openScript(session, place + laneSource, { as: 'user', signal });
  // All at once, the keeper first: each takes its round trips. A server may allow fewer (MaxSessions); those that open do the work.
  const keeping = keep();
  const lanes = Array.from({ length: Math.min(MOST_LANES, Math.ceil(local.bytes / MIB / BLOCK_MIB)) }, () =>
    openLane().catch(() => undefined),
  );
  try {
    let keeper = await keeping;
    if (keeper.found === 'whole') return { from: 0, found: local.sha256 };
    const from = keeper.found;
    const tell = inOrder(local.bytes, (first, count) => keeper.put(first, count));
    tell(0, from);
    const load = {
      file,
      bytes: local.bytes,
      from,
      onRecord: tell,
      failed: failure,
      onProgress: (done: number) => options.onProgress?.(done),
    };
    if (!(await sendInLanes(lanes, load)) && from * MIB < local.bytes) {
      // One session is all there is: first the bytes, then who keeps them.
      await keeper.leave();
      await sendInLanes([openLane()], load);
      keeper = await keep();
      if (keeper.found === 'whole') return { from: 0, found: local.sha256 };
      inOrder(local.bytes, (first, count) => keeper.put(first, count))(0, keeper.found);
    }
    return { from, found: await keeper.end() };
  } finally {
    stop.abort();
  }
}

/** Passes on what is on record, in order and without a gap; the last MiB is left out where it is not a whole one. */
function inOrder(bytes: number, put: (first: number, count: number) => void): (first: number, count: number) => void {
  const whole = Math.floor(bytes / MIB);
  const recorded = new Set<number>();
  let next = 0;
  let told = 0;
  return (first, count) => {
    for (let at = first; at < Math.min(first + count, whole); at++) recorded.add(at);
    while (recorded.delete(next)) next++;
    if (next - told < TOLD_MIB && next < whole) return;
    if (next > told) put(told, next - told);
    told = next;
  };
}

async function discard(session: Session, remotePath: string, signal: AbortSignal): Promise<void> {
  await runScript(session, `${prelude(remotePath)}rm -f "$part" "$part.done"`, { as: 'user', signal, deadlineSeconds: 60, what: 'upload' });
}

/** Goes to the file's directory, or ends where that is not the user's own. */
const prelude = (remotePath: string): string => `toa_file=${quote(remotePath)}\n${placeSource}\n`;

/** What the keeper is told of at a time: each is a `dd` more on the host. */
const TOLD_MIB = 6;

/** Exit code of upload-lane.sh where the filesystem takes no more. */
const NO_ROOM = 75;

const failed = (session: Session, exit: number, stderr: string): HostError =>
  new HostError({ code: 'stepFailed', step: 'upload', exit, message: stderr.slice(-500), left: 'unchanged' }, session.host.name);
