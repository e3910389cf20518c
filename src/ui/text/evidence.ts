import { l10n } from 'vscode';
import type { Rung } from '../../core/evidence';
import { count } from './amount';
import { plain } from './hostile';

/** Name of a level of the ladder. */
export function levelText(level: Rung['level']): string {
  switch (level) {
    case 0:
      return l10n.t('Installed');
    case 1:
      return l10n.t('Booted');
    case 2:
      return l10n.t('Loaded');
    case 3:
      return l10n.t('Receiving');
    case 4:
      return l10n.t('Delivering');
    case 5:
      return l10n.t('Proven');
  }
}

/** What was read for a level, in one line; values from the host are made plain. */
export function rungText(rung: Rung): string {
  switch (rung.level) {
    case 0:
      return rung.reached
        ? l10n.t('rpm -q kernel lists {0}', plain(rung.read.installed.join(', ')))
        : l10n.t('rpm -q kernel lists no TOA kernel');
    case 1:
      return rung.reached
        ? l10n.t('uname -r is {0}', plain(rung.read.running))
        : l10n.t('uname -r is {0}, no TOA kernel', plain(rung.read.running));
    case 2:
      return loadedText(rung.read);
    case 3:
    case 4:
      return counterText(rung.read);
    case 5:
      return provenText(rung.read);
  }
}

function loadedText(read: Extract<Rung, { level: 2 }>['read']): string {
  if (read.loaded) return l10n.t('/proc/modules has a line whose first word is toa');
  if (read.lookalikes.length > 0) return l10n.t('/proc/modules has no toa, only {0}', plain(read.lookalikes.join(', ')));
  return read.moduleFile === undefined
    ? l10n.t('/proc/modules has no toa, and this kernel has no module file')
    : l10n.t('/proc/modules has no toa; {0} is there', plain(read.moduleFile));
}

function counterText({ counter, readable, value, rise }: Extract<Rung, { level: 3 | 4 }>['read']): string {
  const name = plain(counter);
  if (readable === 'absent') return l10n.t('/proc/net/toa_stats is not there');
  if (readable === 'denied') return l10n.t('/proc/net/toa_stats is readable by root only');
  if (value === undefined) return l10n.t('{0} is not among the counters', name);
  if (rise === undefined) return l10n.t('{0} is {1}, read once', name, count(value));
  const seconds = Math.round(rise.seconds);
  return rise.by > 0
    ? l10n.t('{0} +{1} in {2} s', name, count(rise.by), seconds)
    : l10n.t('{0} flat at {1} for {2} s', name, count(value), seconds);
}

function provenText({ proof, likely }: Extract<Rung, { level: 5 }>['read']): string {
  if (proof !== undefined) return l10n.t('{0} in {1}, peer {2}', plain(proof.address), plain(proof.log), plain(proof.peer));
  return likely
    ? l10n.t('likely: logged visitors were nobody’s raw peer; not tested with an own address')
    : l10n.t('not tested with an own address');
}
