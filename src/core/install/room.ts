import { TOA_RELEASE } from '../vendor';
import { clean } from '../probe/sections';
import type { HostFacts } from '../facts';
import type { VendorRow } from '../plan';
import type { Problem } from '../problem';

const MIB = 1024 * 1024;

/** Beside its initramfs on /boot: vmlinuz, System.map, config, symvers. */
const KERNEL_FILES_BYTES = 12 * MIB;
/** The uploads and root's copies of them, some 50 MB each, and rpm's database. */
const VAR_BYTES = 160 * MIB;
/** The modules and the firmware. */
const ROOT_BYTES = 200 * MIB;

/**
 * The filesystem that has too little room for what is to be written: a whole `kernel` with its package, or only its `initramfs`. rpm
 * asks more exactly later, but not for what its scriptlets write.
 */
export function lackOfRoom({ boot, kernel }: HostFacts, what: 'kernel' | 'initramfs'): Problem | undefined {
  const image = Math.ceil(1.25 * Math.max(0, ...kernel.installed.map((one) => one.initramfsBytes ?? 0)));
  // The same number of free bytes is the same filesystem.
  const shared = boot.varFreeBytes === boot.rootFreeBytes;
  const needs: readonly (readonly [string, number | undefined, number])[] =
    what === 'initramfs'
      ? [['/boot', boot.freeBytes, image]]
      : [
          ['/boot', boot.freeBytes, KERNEL_FILES_BYTES + image],
          ['/', boot.rootFreeBytes, ROOT_BYTES + (shared ? VAR_BYTES : 0)],
          ['/var', boot.varFreeBytes, VAR_BYTES],
        ];
  const [where, freeBytes, neededBytes] = needs.find(([, free, needed]) => free !== undefined && free < needed) ?? [];
  if (where === undefined || freeBytes === undefined || neededBytes === undefined) return undefined;
  return { code: 'spaceLow', where, freeBytes, neededBytes };
}

/**
 * The filesystem whose lack of room made a run fail: the one that it found full itself (its mark `full PATH`), or /boot where the
 * TOA kernel has come out of it without an initramfs and there is none to be had.
 */
export function fullPlace(marks: readonly string[], after: HostFacts | undefined, row: VendorRow): string | undefined {
  const marked = marks.find((text) => text.startsWith('full '))?.slice('full '.length);
  if (marked !== undefined) return clean(marked);
  const kernel = after?.kernel.installed.find((one) => one.release === TOA_RELEASE[row]);
  const isWithout = kernel !== undefined && (kernel.initramfsBytes ?? 0) === 0;
  return after !== undefined && isWithout && lackOfRoom(after, 'initramfs') !== undefined ? '/boot' : undefined;
}
