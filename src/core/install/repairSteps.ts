import { AUTOLOAD_PATH, TOA_RELEASE, moduleFile } from '../vendor';
import { quote } from '../shell';
import { compareVersions } from './compareVersions';
import { checkFacts, kernelOf, PACKAGE_UMASK, rpmFlags, step, takePackage, writeAutoload } from './steps';
import type { Damage } from './damage';
import { originalKernel } from './original';
import type { HostFacts } from '../facts';
import type { InstallChoices, LocalPackage, PlanStep, VendorRow } from '../plan';

export interface RepairInputs {
  readonly facts: HostFacts;
  readonly row: VendorRow;
  readonly damage: readonly Damage[];
  readonly packages: readonly LocalPackage[];
  readonly choices: InstallChoices;
}

/**
 * The steps that put right what is damaged, and nothing else. What an earlier run has left owed is paid before the first of
 * them, by every script. Files come back by the same package over itself, scriptlets' work by what the scriptlets call.
 */
export function repairSteps(inputs: RepairInputs): readonly PlanStep[] {
  const { facts, row, damage } = inputs;
  const target = TOA_RELEASE[row];
  const has = (...ones: readonly Damage[]): boolean => ones.some((one) => damage.includes(one));
  return [
    step('checkFacts', [...checkFacts(facts), 'alone']),
    ...(has('rpm') ? [step('freeRpm', ['free_rpm'])] : []),
    ...(has('partial', 'files') ? [step('clearPartial', [`clear_partial ${quote(target)}`], { target })] : []),
    ...(has('files', 'entry', 'initramfs') ? kernelSteps(inputs, target) : []),
    ...(has('default') ? [step('setDefault', [`bootable ${quote(target)}`, `set_default ${quote(target)}`], { target })] : []),
    ...(has('autoload') ? [step('writeAutoload', writeAutoload(row), { path: AUTOLOAD_PATH })] : []),
    ...(has('module') ? [step('loadModule', ['load_toa'])] : []),
    step('checkAfter', checkAfter(inputs, target), { target, original: originalKernel(facts) }),
  ];
}

/** The kernel itself, with the default held as in an install. */
function kernelSteps({ facts, damage, packages, choices }: RepairInputs, target: string): readonly PlanStep[] {
  const held = facts.kernel.running === target ? defaultRelease(facts) : facts.kernel.running;
  const work = damage.includes('files')
    ? [
        step('stagePackages', packages.map(takePackage(facts)), { files: packages.map((p) => p.file).join(', ') }),
        step('holdDefault', [`hold_default ${quote(held)}`]),
        step('reinstallKernel', reinstall(facts, packages, choices, target), { target }),
      ]
    : [
        step('holdDefault', [`hold_default ${quote(held)}`]),
        ...(damage.includes('entry') ? [step('addEntry', [PACKAGE_UMASK, `add_entry ${quote(target)}`], { target })] : []),
        // The entry that was just made knows of no initramfs yet.
        step('finishKernel', [PACKAGE_UMASK, `finish_kernel ${quote(target)}`], { target }),
      ];
  return [
    ...work,
    step('keepDefault', [`[ "$(default_kernel)" = ${quote(`/boot/vmlinuz-${held}`)} ] || set_default ${quote(held)}`, 'default_kernel'], {
      original: held,
    }),
    step('releaseDefault', ['pay_owed']),
  ];
}

const defaultRelease = (facts: HostFacts): string => facts.kernel.defaultPath?.replace(/^.*\/vmlinuz-/, '') ?? facts.kernel.running;

/** rpm lets no older kernel in beside a newer one, nor the same one twice; this one is in already. */
export const needsOldpackage = (facts: HostFacts, target: string): boolean =>
  facts.kernel.installed.some((kernel) => compareVersions(kernel.release, target) > 0);

function reinstall(facts: HostFacts, packages: readonly LocalPackage[], choices: InstallChoices, target: string): readonly string[] {
  const { file, nevra } = kernelOf(packages);
  const flags = rpmFlags({ ...choices, oldpackage: choices.oldpackage || needsOldpackage(facts, target) });
  return [PACKAGE_UMASK, 'alone', `rpm -ivh --replacepkgs${flags} ./${file}`, `installed ${quote(nevra)}`];
}

function checkAfter({ facts, row, damage, packages }: RepairInputs, target: string): readonly string[] {
  const original = originalKernel(facts);
  const check = original === target ? [] : [`bootable ${quote(original)}`];
  if (damage.includes('partial') || !facts.kernel.installed.some((kernel) => kernel.release === target))
    return [...check, 'default_kernel'];
  return [
    `installed ${quote(`kernel-${target}`)}`,
    ...(damage.includes('record') || damage.includes('files') ? [`intact ${quote(`kernel-${target}`)}`] : []),
    `bootable ${quote(target)}`,
    ...check,
    `ls -l ${quote(moduleFile(row, target))}`,
    'default_kernel',
    ...(packages.length === 0 ? [] : [`rm -f ${packages.map((p) => `./${p.file}`).join(' ')}`]),
  ];
}
