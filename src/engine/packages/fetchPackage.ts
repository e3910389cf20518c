import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { HostError } from '../../core/problem';
import { hashFile } from './files';
import type { PackageSource, PrepareOptions } from './preparePackages';

/** A transfer that brings nothing for this long has failed. */
const IDLE_SECONDS = 30;

/**
 * The path of the downloaded package. What was downloaded before is taken again only if it has the pinned SHA-256.
 * Rejects with HostError `downloadFailed` (the vendor's address is not reachable from everywhere: the remedy is a local file).
 */
export async function fetchPackage(
  source: PackageSource,
  file: string,
  setting: string,
  options: Pick<PrepareOptions, 'cacheDirectory' | 'signal' | 'onProgress' | 'host'>,
): Promise<string> {
  const folder = join(options.cacheDirectory, createHash('sha256').update(source.url).digest('hex').slice(0, 16));
  const path = join(folder, file);
  if (source.sha256 !== undefined && (await isThere(path)) && (await hashFile(path, options.signal)) === source.sha256.toLowerCase())
    return path;
  await mkdir(folder, { recursive: true });
  const part = `${path}.${process.pid}.part`;
  const idle = new AbortController();
  const signal = AbortSignal.any([options.signal, idle.signal]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(new Error(`nothing came for ${IDLE_SECONDS} s`)), IDLE_SECONDS * 1000);
  };
  try {
    alive();
    const response = await fetch(source.url, { signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    const total = Number(response.headers.get('content-length') ?? NaN);
    const out = createWriteStream(part);
    let done = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive();
      done += chunk.length;
      options.onProgress(file, done, Number.isFinite(total) ? total : undefined);
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
    if (Number.isFinite(total) && done !== total) throw new Error(`${done} of ${total} bytes came`);
    await rename(part, path);
    return path;
  } catch (error) {
    await rm(part, { force: true });
    if (options.signal.aborted) throw error;
    throw new HostError(
      { code: 'downloadFailed', url: source.url, reason: reasonOf(idle.signal.aborted ? idle.signal.reason : error), setting },
      options.host,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
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
