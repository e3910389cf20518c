import { l10n } from 'vscode';
import type { OnceObstacle, ReturnReason, TrialRefusal } from '../../core/trial';

/** Why the original kernel is back, in one sentence. */
export function returnText(reason: ReturnReason): string {
  switch (reason) {
    case 'noSsh':
      return l10n.t('The trial ended by itself: sshd did not answer on the TOA kernel.');
    case 'unconfirmed':
      return l10n.t('The trial ended by itself: no editor reached the host on the TOA kernel.');
    case 'asked':
      return l10n.t('The trial was ended by hand.');
    case 'fell':
      return l10n.t('The trial ended by itself: the TOA kernel did not come up, or the power was cut.');
    case 'rebooted':
      return l10n.t('The host was restarted before the TOA kernel had become the default.');
  }
}

/** Why a boot loader cannot boot a kernel once, as a sentence for the consent to the plain way. */
export function obstacleText(obstacle: OnceObstacle): string {
  switch (obstacle) {
    case 'lvmOrRaid':
      return l10n.t('/boot is on LVM or RAID, where GRUB cannot forget a choice');
    case 'filesystem':
      return l10n.t('GRUB cannot write to the filesystem of /boot');
    case 'noNextEntry':
      return l10n.t('its grub.cfg has no block for next_entry');
    case 'noGrubenv':
      return l10n.t('its grubenv is missing or damaged');
    case 'noProbe':
      return l10n.t('grub2-probe does not tell where grubenv is');
    case 'efi':
      return l10n.t('GRUB legacy under EFI cannot boot a kernel once');
    case 'deviceMap':
      return l10n.t('its device.map does not name the disk of /boot');
    case 'noConfig':
      return l10n.t('its boot loader’s files were not found');
  }
}

/** What stood in the way of a trial when everything was made ready. `about`: names that the host gave. */
export function refusalText(why: TrialRefusal, about: string): string {
  switch (why) {
    case 'original':
      return l10n.t('the running kernel ({0}) could not be booted again', about);
    case 'room':
      return l10n.t('there is too little room on {0}', about);
    case 'bootMounted':
      return l10n.t('/boot stands in fstab but is not mounted');
    case 'bootImage':
      return l10n.t('it was not booted from the kernel that runs ({0})', about);
    case 'driver':
      return l10n.t('the TOA kernel lacks drivers that the root disk or the network uses now: {0}', about);
    case 'default':
      return l10n.t('the original kernel could not be made the default');
    case 'initramfs':
      return l10n.t('the restart in case of a missing root could not be put into the initramfs');
    case 'arguments':
      return l10n.t('the boot entry did not take the arguments of a trial');
    case 'guard':
      return l10n.t('the guard that would return to the original kernel did not answer its rehearsal');
    case 'once':
      return l10n.t('the boot loader did not take the choice for one boot');
    default:
      return obstacleText(why);
  }
}
