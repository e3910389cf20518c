import { fileURLToPath } from 'node:url';
import { VENDOR_PACKAGES } from '../../core/vendor';
import { HostError, type Problem } from '../../core/problem';
import { readRpmHead } from '../../core/install/rpmFile';
import { fetchPackage } from './fetchPackage';
import { hashFile, headOf } from './files';
import type { LocalPackage, VendorPackage, VendorRow } from '../../core/plan';

/** Where one package comes from (settings `toa.packages.<key>`). */
export interface PackageSource {
  /** An http(s) address, or the path of a local file. */
  readonly url: string;
  /** The user's pin, lower-case hex; undefined: none yet. */
  readonly sha256?: string;
}

export interface PrepareOptions {
  readonly sources: Readonly<Record<VendorPackage['key'], PackageSource>>;
  /** Downloads are kept here by hash and address. */
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  readonly onProgress: (file: string, done: number, total: number | undefined) => void;
  /** Shows an unpinned hash; true: the person compared it and pins it. */
  readonly confirm: (found: {
    readonly key: VendorPackage['key'];
    readonly file: string;
    readonly from: string;
    readonly bytes: number;
    readonly sha256: string;
  }) => Promise<boolean>;
  /** For error texts: the host that the packages are for. */
  readonly host: string;
}

/**
 * Fetches or reads the packages of a row, and proves each: an RPM, whole, of the expected name-version-release.arch, and of
 * the pinned SHA-256. Rejects with HostError (downloadFailed, fileUnreadable, notAnRpm, packageUnexpected, hashMismatch), and
 * with `cancelled` where an unpinned hash was not confirmed. Nothing has been sent to a host by then.
 */
export async function preparePackages(row: VendorRow, options: PrepareOptions): Promise<readonly LocalPackage[]> {
  const prepared: LocalPackage[] = [];
  for (const wanted of VENDOR_PACKAGES[row]) prepared.push(await prepareOne(wanted, options));
  return prepared;
}

async function prepareOne(wanted: VendorPackage, options: PrepareOptions): Promise<LocalPackage> {
  const source = options.sources[wanted.key];
  const setting = `toa.packages.${wanted.key}`;
  const fail = (problem: Problem): never => {
    throw new HostError(problem, options.host);
  };
  const path = /^https?:\/\//i.test(source.url)
    ? await fetchPackage(source, wanted.file, `${setting}.url`, options)
    : source.url.startsWith('file://')
      ? fileURLToPath(source.url)
      : source.url;
  const { head, bytes } = await headOf(path).catch((error: unknown) =>
    fail({ code: 'fileUnreadable', path, reason: error instanceof Error ? error.message : String(error), setting: `${setting}.url` }),
  );
  const rpm = readRpmHead(head);
  const file = wanted.file;
  if ('looksLike' in rpm) return fail({ code: 'notAnRpm', file, looksLike: rpm.looksLike, setting: `${setting}.url` });
  if (rpm.bytes !== undefined && rpm.bytes !== bytes)
    return fail({ code: 'notAnRpm', file, looksLike: 'truncated', setting: `${setting}.url` });
  if (rpm.nevra !== wanted.nevra)
    return fail({ code: 'packageUnexpected', file, expected: wanted.nevra, actual: rpm.nevra, setting: `${setting}.url` });

  const sha256 = await hashFile(path, options.signal);
  const found = { ...wanted, path, bytes, sha256, from: source.url };
  if (source.sha256 !== undefined) {
    if (source.sha256.toLowerCase() !== sha256) {
      return fail({ code: 'hashMismatch', file, expected: source.sha256, actual: sha256, setting: `${setting}.sha256` });
    }
    return { ...found, pin: 'setting' };
  }
  if (!(await options.confirm({ key: wanted.key, file, from: source.url, bytes, sha256 }))) return fail({ code: 'cancelled' });
  return { ...found, pin: 'confirmed' };
}
