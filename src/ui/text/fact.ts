import { l10n } from 'vscode';
import type { FactName } from '../../core/problem';

/** Names of facts that changed since a plan, for a sentence. */
export const factNames = (names: readonly FactName[]): string => names.map(factName).join(', ');

function factName(name: FactName): string {
  switch (name) {
    case 'runningKernel':
      return l10n.t('the running kernel');
    case 'bootId':
      return l10n.t('the boot (the host was restarted)');
    case 'defaultKernel':
      return l10n.t('the default kernel');
    case 'installedKernels':
      return l10n.t('the installed kernels');
    case 'firmware':
      return l10n.t('kernel-firmware');
    case 'autoload':
      return l10n.t('toa.modules');
  }
}
