import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HostError } from '../../core/problem';
import { hashFile } from './files';
import type { PackageSource, PrepareOptions } from './preparePackages';

/** What a download may take at most. */
export interface DownloadLimits {
  /** A transfer that brings nothing for this long has failed. */
  readonly idleSeconds: number;
  /** The vendor's packages have 50 MB; a server must not be able to fill the disk. */
  readonly mostBytes: number;
}

const LIMITS: DownloadLimits = { idleSeconds: 30, mostBytes: 512 * 1024 * 1024 };

/**
 * The path of the downloaded package. What was downloaded before is taken again only if it has the pinned SHA-256.
 * Rejects with HostError `downloadFailed` (the vendor's address is not reachable from everywhere: the remedy is a local file).
 */
export async function fetchPackage(
  source: PackageSource,
  file: string,
  setting: string,
  options: Pick<PrepareOptions, 'cacheDirectory' | 'signal' | 'onProgress' | 'host'>,
  limits: DownloadLimits = LIMITS,
): Promise<string> {
  const folder = join(options.cacheDirectory, createHash('sha256').update(source.url).digest('hex').slice(0, 16));
  const path = join(folder, file);
  if (source.sha256 !== undefined && (await isThere(path)) && (await hashFile(path, options.signal)) === source.sha256.toLowerCase())
    return path;
  await mkdir(folder, { recursive: true });
  // A name of its own: two hosts may want the same package at once.
  const part = `${path}.${randomUUID()}.part`;
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error(`nothing came for ${limits.idleSeconds} s`)), limits.idleSeconds * 1000);
  };
  try {
    alive();
    // Bytes as they are: of a compressed answer the length would not be the file's.
    const response = await fetch(source.url, {
      signal: AbortSignal.any([options.signal, stop.signal]),
      headers: { 'accept-encoding': 'identity' },
    });
    const { body } = response;
    if (!response.ok || body === null) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    const length = response.headers.get('content-length');
    const total = length === null ? undefined : Number(length);
    const most = Math.min(total ?? Infinity, limits.mostBytes);
    if (total !== undefined && total > limits.mostBytes) throw new Error(`${total} bytes, more than ${limits.mostBytes}`);
    let done = 0;
    const bounded = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        alive();
        done += chunk.length;
        if (done > most) throw new Error(`more than ${most} bytes`);
        options.onProgress(file, done, total);
        yield chunk;
      }
    };
    await pipeline(bounded, createWriteStream(part));
    if (total !== undefined && done !== total) throw new Error(`${done} of ${total} bytes came`);
    await rename(part, path);
    return path;
  } catch (error) {
    await rm(part, { force: true });
    if (options.signal.aborted) throw error;
    throw new HostError(
      { code: 'downloadFailed', url: source.url, reason: reasonOf(stop.signal.aborted ? stop.signal.reason : error), setting },
      options.host,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    // An answer that is not wanted any more is not read to its end.
    stop.abort();
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** fetch hides the system's error in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
