import { l10n } from 'vscode';
import type { StepId } from '../../core/plan';
import { plain } from './hostile';

/** What a run is at, in a few words; a step of another version shows its own name, and `undefined` is before the first. */
export function runStepText(step: string | undefined): string {
  if (step === undefined) return l10n.t('before its first step');
  return isStepId(step) ? nameOf(step) : plain(step, 60);
}

const IDS: Readonly<Record<StepId, true>> = {
  checkFacts: true,
  stagePackages: true,
  recordOriginal: true,
  makeRunningDefault: true,
  holdDefault: true,
  installFirmware: true,
  installKernel: true,
  keepDefault: true,
  releaseDefault: true,
  writeAutoload: true,
  freeRpm: true,
  clearPartial: true,
  reinstallKernel: true,
  addEntry: true,
  finishKernel: true,
  setDefault: true,
  loadModule: true,
  setOriginalDefault: true,
  removeAutoload: true,
  keepKernels: true,
  releaseKernels: true,
  removeKernel: true,
  checkAfter: true,
};

const isStepId = (step: string): step is StepId => Object.hasOwn(IDS, step);

function nameOf(step: StepId): string {
  switch (step) {
    case 'checkFacts':
      return l10n.t('checking the host');
    case 'stagePackages':
      return l10n.t('checking the packages');
    case 'recordOriginal':
      return l10n.t('recording the original kernel');
    case 'makeRunningDefault':
      return l10n.t('setting the default kernel');
    case 'holdDefault':
      return l10n.t('holding the default kernel');
    case 'installFirmware':
      return l10n.t('installing the firmware');
    case 'installKernel':
      return l10n.t('installing the TOA kernel');
    case 'keepDefault':
      return l10n.t('keeping the default kernel');
    case 'releaseDefault':
      return l10n.t('restoring /etc/sysconfig/kernel');
    case 'writeAutoload':
      return l10n.t('writing toa.modules');
    case 'freeRpm':
      return l10n.t('freeing rpm’s database');
    case 'clearPartial':
      return l10n.t('removing half-written files');
    case 'reinstallKernel':
      return l10n.t('reinstalling the TOA kernel');
    case 'addEntry':
      return l10n.t('adding the boot entry');
    case 'finishKernel':
      return l10n.t('building the initramfs');
    case 'setDefault':
    case 'setOriginalDefault':
      return l10n.t('setting the default kernel');
    case 'loadModule':
      return l10n.t('loading the module');
    case 'removeAutoload':
      return l10n.t('removing toa.modules');
    case 'keepKernels':
      return l10n.t('protecting the kernels from yum');
    case 'releaseKernels':
      return l10n.t('taking the protection from yum back');
    case 'removeKernel':
      return l10n.t('removing the TOA kernel');
    case 'checkAfter':
      return l10n.t('checking the result');
  }
}
