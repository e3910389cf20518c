import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import beginSource from '../remote/upload-begin.sh';
import placeSource from '../remote/upload-place.sh';
import receiveSource from '../remote/upload.sh';
import { collect } from './collect';
import { openScript, runScript } from './runScript';
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

const MIB = 1024 * 1024;
/** Hashing on the host, at a slow disk's pace. */
const BEGIN_SECONDS = 300;

/**
 * Brings a file to the host, as the connection's own user: `<remotePath>.part` first, renamed once its SHA-256, taken on the host,
 * is right. A part that an earlier try left is continued; if it proves wrong, the upload starts over once. A file that is there
 * already is left. Missing directories are made 0700; a directory that others could enter or swap is refused. Rejects with
 * HostError: uploadCorrupt, diskFull (the part stays), stepFailed (`upload`: no permission, 73: no safe place), cancelled (the part stays),
 * connection problems.
 */
export async function uploadFile(session: Session, local: LocalFile, remotePath: string, options: UploadOptions): Promise<void> {
  for (;;) {
    const begun = await begin(session, local, remotePath, options.signal);
    if (begun === 'whole') {
      options.onProgress?.(local.bytes);
      return;
    }
    const found = await send(session, local, remotePath, begun, options);
    if (found === local.sha256) return;
    await discard(session, remotePath, options.signal);
    if (begun === 0) {
      throw new HostError({ code: 'uploadCorrupt', file: local.path, expected: local.sha256, actual: found }, session.host.name);
    }
  }
}

/** Bytes of a usable part, or `whole`. */
async function begin(session: Session, local: LocalFile, remotePath: string, signal: AbortSignal): Promise<number | 'whole'> {
  const given = `${prelude(remotePath)}toa_sha256=${quote(local.sha256)}\ntoa_bytes=${local.bytes}\n`;
  const what = { as: 'user', signal, deadlineSeconds: BEGIN_SECONDS, what: 'upload' } as const;
  const { code, stdout, stderr } = await runScript(session, given + beginSource, what);
  const answer = stdout.trim();
  if (code === 0 && answer === 'whole') return answer;
  if (code !== 0 || !/^\d{1,9}$/.test(answer)) throw failed(session, code, stderr);
  return Number(answer) * MIB;
}

/** Sends everything from `from` on; the hash that the host then has. */
async function send(session: Session, local: LocalFile, remotePath: string, from: number, options: UploadOptions): Promise<string> {
  const script = `${prelude(remotePath)}toa_sha256=${quote(local.sha256)}\n${receiveSource}`;
  const channel = await openScript(session, script, { as: 'user', signal: options.signal });
  try {
    const sent = pour(channel, local, from, options);
    // A write fails where the far end has stopped reading: its exit code and stderr tell why. Anything else is our own end.
    sent.catch((error: unknown) => {
      if (!(error instanceof HostError)) channel.close();
    });
    const result = await collect(channel, 64 * 1024, options.signal).catch(async (error: unknown) => {
      await sent;
      throw error;
    });
    if (result === 'outputTooLong') throw failed(session, 0, '');
    if (result.code === NO_ROOM) {
      throw new HostError({ code: 'diskFull', where: posix.dirname(remotePath), left: 'unchanged' }, session.host.name);
    }
    if (result.code !== 0) throw failed(session, result.code, result.stderr);
    await sent;
    return result.stdout.trim().slice(0, 64);
  } finally {
    channel.close();
  }
}

async function pour(channel: Channel, local: LocalFile, from: number, { signal, onProgress }: UploadOptions): Promise<void> {
  let done = from;
  onProgress?.(done);
  if (from < local.bytes) {
    // No more than was hashed, whatever the file has become since.
    const file = createReadStream(local.path, { start: from, end: local.bytes - 1, highWaterMark: 256 * 1024, signal });
    for await (const chunk of file) {
      await channel.write(chunk as Buffer);
      done += (chunk as Buffer).length;
      onProgress?.(done);
    }
  }
  channel.end();
}

async function discard(session: Session, remotePath: string, signal: AbortSignal): Promise<void> {
  await runScript(session, `${prelude(remotePath)}rm -f "$part"`, { as: 'user', signal, deadlineSeconds: 60, what: 'upload' });
}

/** Goes to the file's directory, or ends where that is not the user's own. */
const prelude = (remotePath: string): string => `toa_file=${quote(remotePath)}\n${placeSource}\n`;

/** Exit code of upload.sh where the filesystem takes no more. */
const NO_ROOM = 75;

const failed = (session: Session, exit: number, stderr: string): HostError =>
  new HostError({ code: 'stepFailed', step: 'upload', exit, message: stderr.slice(-500), left: 'unchanged' }, session.host.name);
