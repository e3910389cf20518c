import { l10n } from 'vscode';
import type { UnsupportedReason } from '../../core/problem';
import { plain } from './hostile';

/** Why TOA cannot be installed, as the part of a sentence that follows a colon. */
export function unsupportedText(reason: UnsupportedReason, systemName: string): string {
  const system = plain(systemName, 80);
  switch (reason) {
    case 'distribution':
      return l10n.t('the vendor has packages for CentOS and RHEL 6 and 7 only, and this is {0}', system);
    case 'version':
      return l10n.t('the vendor has packages for versions 6 and 7 only, and this is {0}', system);
    case 'architecture':
      return l10n.t('the vendor has packages for x86_64 only, and this is {0}', system);
    case 'container':
      return l10n.t('it is a container ({0}), whose kernel is its host’s', system);
    case 'kernelFlavour':
      return l10n.t('its kernel is not the distribution’s own ({0})', system);
    case 'noRpm':
      return l10n.t('rpm does not answer on {0}', system);
  }
}
