import { l10n } from 'vscode';
import type { PlanStep } from '../../core/plan';
import { kernelName } from './amount';
import { plain } from './hostile';

/** What a step does, as a line of the plan and of the progress. */
export function stepText({ id, about }: Pick<PlanStep, 'id' | 'about'>): string {
  const value = (name: string): string => plain(about[name] ?? '');
  switch (id) {
    case 'checkFacts':
      return l10n.t('Check that the facts above still hold, and take the lock for this host');
    case 'stagePackages':
      return l10n.t('Take the uploaded packages, and compare their SHA-256 and names there');
    case 'recordOriginal':
      return l10n.t('Record the original kernel: {0}', value('original'));
    case 'makeRunningDefault':
      return l10n.t('Make the running kernel {0} the default, and read the default back', value('original'));
    case 'holdDefault':
      return l10n.t('Hold the default kernel: UPDATEDEFAULT=no while packages are installed');
    case 'installFirmware':
      return l10n.t('Install the firmware package, unless the installed one is new enough');
    case 'installKernel':
      return l10n.t('Install the TOA kernel {0} beside it; nothing is upgraded, nothing is removed', kernelName(value('target')));
    case 'keepDefault':
      return l10n.t('Keep the original kernel as the default, and read the default back');
    case 'releaseDefault':
      return l10n.t('Restore /etc/sysconfig/kernel byte for byte');
    case 'writeAutoload':
      return l10n.t('Write {0} and read it back', value('path'));
    case 'freeRpm':
      return l10n.t('Free rpm’s database of the locks that a killed rpm has left, and see it answer; then repair again');
    case 'clearPartial':
      return l10n.t('Remove what rpm had half written of {0} and does not know', kernelName(value('target')));
    case 'reinstallKernel':
      return l10n.t('Put the package of {0} over itself again; nothing is upgraded, nothing is removed', kernelName(value('target')));
    case 'addEntry':
      return l10n.t('Add the boot entry of {0}, as its package does', kernelName(value('target')));
    case 'finishKernel':
      return l10n.t('Build modules.dep and the initramfs of {0}, as its package does', kernelName(value('target')));
    case 'setDefault':
      return l10n.t('Make the running TOA kernel {0} the default again, and read the default back', kernelName(value('target')));
    case 'loadModule':
      return l10n.t('Load the module toa, and see it in /proc/modules');
    case 'setOriginalDefault':
      return l10n.t('Make the original kernel {0} the default, and read the default back', kernelName(value('original')));
    case 'removeAutoload':
      return l10n.t('Remove {0}; a copy stays in the run’s directory', value('path'));
    case 'keepKernels':
      return l10n.t(
        'Mark {0} and {1} with yumdb, so that no later yum update removes them, and read the marks back',
        kernelName(value('original')),
        kernelName(value('target')),
      );
    case 'releaseKernels':
      return l10n.t('Take back the marks by which an install kept yum from removing kernels');
    case 'removeKernel':
      return l10n.t(
        'Remove the package of {0}, which does not run; the original kernel is checked before and after',
        kernelName(value('target')),
      );
    case 'checkAfter':
      return l10n.t('Ask rpm, /boot and the boot loader what is there now');
  }
}
