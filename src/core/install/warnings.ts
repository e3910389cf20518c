import { compareVersions } from './compareVersions';
import type { HostFacts } from '../facts';
import type { LogSample } from '../log/sample';
import { needsOldpackage } from './repairSteps';
import type { Goal, InstallChoices, LocalPackage, PlanWarning, VendorRow } from '../plan';

/** What the warnings of an install are made from. `refusal`: the tool's own words that made a choice necessary. */
export interface WarningInputs {
  readonly facts: HostFacts;
  readonly row: VendorRow;
  readonly goal: Goal;
  readonly rhel: boolean;
  readonly target: string;
  readonly packages: readonly LocalPackage[];
  readonly choices: InstallChoices;
  readonly refusal: string;
  readonly cidrs: readonly string[];
  readonly sample?: LogSample;
}

/** A share of lines from which on a log is said to show something already. */
const MOST = 0.5;

/** Everything a person should know before consenting, the gravest first. */
export function installWarnings(inputs: WarningInputs): readonly PlanWarning[] {
  // Another goal installs no kernel that was not there.
  if (inputs.goal !== 'install') return [...reinstallWarnings(inputs), ...choiceWarnings(inputs), ...hostWarnings(inputs)];
  return [
    ...logWarnings(inputs),
    ...choiceWarnings(inputs),
    ...kernelWarnings(inputs),
    ...packageWarnings(inputs),
    ...reinstallWarnings(inputs),
    ...hostWarnings(inputs),
  ];
}

/** What the log shows now decides whether TOA is the right tool at all. */
function logWarnings({ sample, cidrs }: WarningInputs): readonly PlanWarning[] {
  const warnings: PlanWarning[] = [];
  if (sample !== undefined && sample.lines > 0) {
    if (sample.classes.visitor > sample.lines * MOST) warnings.push({ code: 'visitorsAlready', sample });
    if (sample.forwardedFor > sample.lines * MOST) warnings.push({ code: 'forwardedFor', sample });
  }
  return cidrs.length === 0 ? [...warnings, { code: 'noRanges' }] : warnings;
}

function choiceWarnings({ choices, refusal, facts }: WarningInputs): readonly PlanWarning[] {
  return [
    ...(choices.nodeps ? [{ code: 'nodeps', message: refusal } as const] : []),
    ...(choices.force ? [{ code: 'force', message: refusal } as const] : []),
    ...(choices.oldpackage && !choices.force ? [{ code: 'oldpackage', message: refusal } as const] : []),
    ...(choices.disableExcludes ? [{ code: 'disableExcludes', exclude: facts.yum?.exclude ?? [] } as const] : []),
    ...(choices.nogpgcheck ? [{ code: 'nogpgcheck' } as const] : []),
  ];
}

function kernelWarnings({ facts, row, rhel, target }: WarningInputs): readonly PlanWarning[] {
  const running = facts.kernel.running;
  const saved = facts.kernel.defaultPath ?? '';
  return [
    ...(compareVersions(target, running) < 0 ? [{ code: 'olderKernel', target, running, row } as const] : []),
    ...(saved === `/boot/vmlinuz-${running}` ? [] : [{ code: 'defaultNotRunning', saved, running } as const]),
    ...(rhel ? [{ code: 'redHatSupport' } as const] : []),
    ...(rhel && row === 'el7' ? [{ code: 'rhel7NotNamed' } as const] : []),
  ];
}

function packageWarnings({ packages, facts, cidrs }: WarningInputs): readonly PlanWarning[] {
  if (packages.length === 0) return [];
  const firmware = packages.find((p) => p.name === 'kernel-firmware');
  return [
    ...(firmware === undefined
      ? []
      : [{ code: 'firmwareNotUndone', to: firmware.nevra, ...(facts.firmware === undefined ? {} : { from: facts.firmware }) } as const]),
    { code: 'notAuthenticated', files: packages.map((p) => p.file), plainHttp: packages.some((p) => p.from.startsWith('http:')) },
    { code: 'forgeable', cidrs },
  ];
}

/** The target is installed already and is put over itself. */
function reinstallWarnings({ facts, target, packages }: WarningInputs): readonly PlanWarning[] {
  const again = packages.length > 0 && facts.kernel.installed.some((kernel) => kernel.release === target);
  return again ? [{ code: 'reinstalled', oldpackage: needsOldpackage(facts, target) }] : [];
}

function hostWarnings({ facts }: WarningInputs): readonly PlanWarning[] {
  return [
    ...(facts.sessions > 0 ? [{ code: 'peopleLoggedIn', sessions: facts.sessions } as const] : []),
    ...(facts.pendingShutdown ? [{ code: 'pendingShutdown' } as const] : []),
  ];
}
