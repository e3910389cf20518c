import { l10n } from 'vscode';
import { remedyOf } from '../../core/drift';
import type { Drift } from '../../core/state';
import { isToaRelease } from '../../core/vendor';
import type { HostView } from '../../engine/hostStore';

/** What has drifted, and which command puts it right. */
export function driftedMeaning(drift: readonly Drift[], was: number, { facts }: Pick<HostView, 'facts'>): string {
  const remedies = new Set(drift.map((one) => remedyOf(one, drift)));
  const there = facts?.kernel.packagesRead !== true || facts.kernel.installed.some((kernel) => isToaRelease(kernel.release));
  return [
    l10n.t('Was at evidence {0} of 5. Since then: {1}.', was, drift.map(driftText).join(', ')),
    ...(remedies.has('repair') ? [l10n.t('“Repair…” puts it right.')] : []),
    ...(remedies.has('distribution') ? [l10n.t('Install the distribution’s kernel: without it there is no way back.')] : []),
    ...(remedies.has('reboot')
      ? [there ? l10n.t('“Reboot…” boots the TOA kernel again.') : l10n.t('“Install TOA…” installs it again.')]
      : []),
  ].join(' ');
}

/** One drift in a few words. */
export function driftText(drift: Drift): string {
  switch (drift.what) {
    case 'defaultKernel':
      return l10n.t('default kernel changed');
    case 'runningKernel':
      return l10n.t('TOA kernel not running');
    case 'autoloadMissing':
      return l10n.t('toa.modules missing');
    case 'autoloadMode':
      return (Number.parseInt(drift.now, 8) & 0o111) === 0
        ? l10n.t('toa.modules not executable')
        : l10n.t('toa.modules writable by others');
    case 'autoloadEndings':
      return l10n.t('toa.modules has CR LF endings');
    case 'autoloadFirstLine':
      return l10n.t('toa.modules has a broken first line');
    case 'autoloadContent':
      return l10n.t('toa.modules changed');
    case 'moduleFileGone':
      return l10n.t('module file missing');
    case 'originalGone':
      return l10n.t('original kernel removed');
    case 'moduleGone':
      return l10n.t('module not loaded');
  }
}
