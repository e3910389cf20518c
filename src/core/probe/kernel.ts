import type { AutoloadFacts, BootFacts, Counters, InstalledKernel, KernelFacts, ModuleFacts } from '../facts';
import { parsePackages } from './packages';
import { onceObstacle } from '../trial';
import { clean, given, lineOf, linesOf, numberOf, type Sections } from './sections';

/** The running and the installed kernels. Boot entries and the default kernel are read by root only. */
export function parseKernel(sections: Sections): KernelFacts {
  const sizes = imageSizes(sections);
  const entries = sections.has('root.end') ? linesOf(sections, 'root.entries').map(baseName) : [];
  const packages = parsePackages(sections);
  const installed = packages.releases('kernel').map((release): InstalledKernel => ({
    release,
    vmlinuz: (sizes.get(`vmlinuz-${release}`) ?? 0) > 0,
    ...given({
      initramfsBytes: sizes.get(`initramfs-${release}.img`) ?? sizes.get(`initrd-${release}.img`),
      // No entry at all means that the tool did not answer, not that nothing can boot.
      files: verified(sections, 'files', release),
      initramfs: verified(sections, 'initramfs', release),
      bootEntry: entries.length === 0 ? undefined : entries.includes(`vmlinuz-${release}`),
    }),
  }));
  return {
    running: linesOf(sections, 'machine')[1] ?? '',
    installed,
    packagesRead: packages.read,
    ...given({
      runningPackage: packages.owner,
      defaultPath: linesOf(sections, 'root.default').find((line) => line.startsWith('/')),
      updateDefault: lineOf(sections, 'updatedefault')?.replace(/^(["'])(.*)\1$/, '$2'),
      bootImage: lineOf(sections, 'cmdline'),
    }),
  };
}

function verified(sections: Sections, what: 'files' | 'initramfs', release: string): 'whole' | 'differ' | undefined {
  const lines = linesOf(sections, 'root.verify', 20);
  return (['whole', 'differ'] as const).find((word) => lines.includes(`${what} ${release} ${word}`));
}

function imageSizes(sections: Sections): ReadonlyMap<string, number> {
  const pairs = linesOf(sections, 'images').flatMap((line) => {
    const match = /^(\d{1,15}) (\/boot\/.+)$/.exec(line);
    return match === null ? [] : [[baseName(match[2] ?? ''), Number(match[1])] as const];
  });
  return new Map(pairs);
}

const baseName = (path: string): string => path.replace(/^"|"$/g, '').split('/').at(-1) ?? '';

/** The module for the running kernel: on disk, loaded, counting. */
export function parseModule(sections: Sections): ModuleFacts {
  const names = linesOf(sections, 'loaded', 100);
  const present = lineOf(sections, 'stats') === 'present';
  const counters = parseCounters(sections.get('stats') ?? '') ?? parseCounters(sections.get('root.stats') ?? '');
  return {
    loaded: names.includes('toa'),
    lookalikes: names.filter((name) => name !== 'toa'),
    countersReadable: counters !== undefined ? 'yes' : present ? 'denied' : 'absent',
    ...given({ file: linesOf(sections, 'module')[0], counters }),
  };
}

/**
 * Rows of /proc/net/toa_stats summed over their CPU columns: `name: n n …` or `name n n …` under a line of CPU names.
 * Unknown rows are kept: builds add their own. undefined: no row at all.
 */
export function parseCounters(text: string): Counters | undefined {
  const rows = text.split('\n', 200).flatMap((line) => {
    const match = /^\s*([a-z][a-z0-9_]{0,63})(?:\s*:\s*|\s+)(\d{1,20}(?:\s+\d{1,20}){0,8191})\s*$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', sum(match[2] ?? '')] as const];
  });
  return rows.length === 0 ? undefined : Object.fromEntries(rows);
}

const sum = (columns: string): number =>
  columns
    .trim()
    .split(/\s+/)
    .reduce((total, column) => total + Number(column), 0);

/** The autoload file: its first line is the mode that stat printed, the rest is the file byte for byte. */
export function parseAutoload(sections: Sections): AutoloadFacts {
  const own = sections.get('autoload') ?? '';
  const root = sections.get('root.autoload') ?? '';
  const body = root.length > own.length ? root : own;
  const lineEnd = body.indexOf('\n');
  const mode = clean(lineEnd < 0 ? body : body.slice(0, lineEnd));
  if (!/^[0-7]{1,4}$/.test(mode)) return { exists: false };
  const content = body.slice(lineEnd + 1);
  return { exists: true, mode: mode.padStart(4, '0'), ...given({ content: lineEnd < 0 || content === '' ? undefined : content }) };
}

/** What a reboot into the TOA kernel would do without, or cut. */
function parseDisturbed(sections: Sections): Pick<BootFacts, 'lacking' | 'kdump' | 'backups' | 'watchdog' | 'watchdogStops'> {
  const lines = linesOf(sections, 'root.reboot', 100);
  const named = (word: string): readonly string[] | undefined => {
    const names = lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
    return names.length === 0 ? undefined : names;
  };
  return given({
    lacking: named('lacks'),
    kdump: lines.includes('kdump') ? true : undefined,
    backups: named('backup'),
    watchdog: named('watchdog')?.[0],
    watchdogStops: lines.includes('watchdogStops') ? true : undefined,
  });
}

const parseOnce = (word: string | undefined): BootFacts['once'] => (word === 'possible' ? word : onceObstacle(word));

/** Boot loader, firmware and space. */
export function parseBoot(sections: Sections): BootFacts {
  const found = linesOf(sections, 'loader');
  const free = new Map(linesOf(sections, 'space').map((line) => line.split(' ') as [string, string | undefined]));
  const bytes = (place: string): number | undefined => {
    const blocks = numberOf(free.get(place));
    return blocks === undefined ? undefined : blocks * 1024;
  };
  const grub2 = found.includes('/boot/grub2') || found.includes('/boot/grub/grub.cfg');
  const legacy = found.includes('/boot/grub/grub.conf') || found.includes('/boot/grub/menu.lst');
  return {
    loader: grub2 ? 'grub2' : legacy ? 'grub-legacy' : 'unknown',
    efi: found.includes('/sys/firmware/efi'),
    // efivars: four bytes of attributes, then the value.
    secureBoot: found.some((line) => /^secureboot\s+\d+\s+\d+\s+\d+\s+\d+\s+1$/.test(line)),
    bootInFstab: found.includes('fstab'),
    bootMounted: found.includes('mounted'),
    ...parseDisturbed(sections),
    ...given({
      freeBytes: bytes('/boot'),
      rootFreeBytes: bytes('/'),
      varFreeBytes: bytes('/var'),
      once: parseOnce(lineOf(sections, 'root.once')),
    }),
  };
}
