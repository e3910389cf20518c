import type { AutoloadFacts, HostFacts } from './facts';
import type { VendorRow } from './plan';
import type { Drift, EvidenceLevel } from './state';
import { autoloadContent, isToaRelease } from './vendor';

/** The install was taken back here on purpose, and nobody has put the autoload file there again. */
export const isUndone = (facts: HostFacts): boolean => facts.record.undone === true && !facts.autoload.exists;

/**
 * What has moved away from a working host, or will be away at its next boot. `best` is the highest level seen so far, this
 * probe's included: a host that was only installed and never booted has not drifted.
 */
export function driftOf(facts: HostFacts, row: VendorRow, best: EvidenceLevel): readonly Drift[] {
  if (best < 1) return [];
  const { kernel, module } = facts;
  const running = isToaRelease(kernel.running);
  const defaultKernel = kernel.defaultPath
    ?.split('/')
    .at(-1)
    ?.replace(/^vmlinuz-/, '');
  const drift: Drift[] = [];
  if (!running) drift.push({ what: 'runningKernel', now: kernel.running });
  if (defaultKernel !== undefined && !isToaRelease(defaultKernel)) drift.push({ what: 'defaultKernel', now: defaultKernel });
  if (running && !module.loaded && best >= 2) drift.push({ what: 'moduleGone' });
  if (running && module.file === undefined && best >= 2) drift.push({ what: 'moduleFileGone' });
  const original = facts.record.originalKernel;
  if (original !== undefined && kernel.packagesRead && !kernel.installed.some((one) => one.release === original)) {
    drift.push({ what: 'originalGone', was: original });
  }
  // What is running is installed, also where rpm could not be asked.
  const there = running || kernel.installed.some((one) => isToaRelease(one.release));
  // A module that has never been loaded is not loaded yet, whatever the reason; only one that was can be missed.
  if (best >= 2 && there) drift.push(...autoloadDrift(facts.autoload, row));
  return drift;
}

/** What is wrong with the autoload file, if anything. The file runs at boot only if it is executable, and does what it should only with LF endings, `#!` first and the row's own module name. */
export function autoloadDrift(autoload: AutoloadFacts, row: VendorRow): readonly Drift[] {
  if (!autoload.exists) return [{ what: 'autoloadMissing' }];
  const mode = Number.parseInt(autoload.mode ?? '0755', 8);
  const badMode = (mode & 0o111) === 0 || (mode & 0o022) !== 0;
  return [...(badMode ? [{ what: 'autoloadMode', now: autoload.mode ?? '' } as const] : []), ...contentDrift(autoload.content, row)];
}

function contentDrift(content: string | undefined, row: VendorRow): readonly Drift[] {
  if (content === undefined || loadsToa(content, row)) return [];
  if (content.includes('\r')) return [{ what: 'autoloadEndings' }];
  return [{ what: content.startsWith('#!') ? 'autoloadContent' : 'autoloadFirstLine' }];
}

/**
 * What puts a drift right: a plan, a reboot into the TOA kernel, which also makes it the default, or a kernel of the
 * distribution's, which is no matter of ours.
 */
export function remedyOf(drift: Drift, all: readonly Drift[]): 'repair' | 'reboot' | 'distribution' {
  switch (drift.what) {
    case 'runningKernel':
      return 'reboot';
    case 'defaultKernel':
      return all.some(({ what }) => what === 'runningKernel') ? 'reboot' : 'repair';
    case 'originalGone':
      return 'distribution';
    case 'autoloadMissing':
    case 'autoloadMode':
    case 'autoloadEndings':
    case 'autoloadFirstLine':
    case 'autoloadContent':
    case 'moduleGone':
    case 'moduleFileGone':
      return 'repair';
  }
}

/** The vendor's body, or another one that works: people write their own. */
export function loadsToa(content: string, row: VendorRow): boolean {
  if (content === autoloadContent(row)) return true;
  const otherRow = row === 'el7' ? /toa\.ko(?!\.xz)/ : /toa\.ko\.xz/;
  return (
    content.startsWith('#!') && !content.includes('\r') && /^[^#\n]*\bmodprobe\s+(-\S+\s+)*toa\b/m.test(content) && !otherRow.test(content)
  );
}
