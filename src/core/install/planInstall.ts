import { AUTOLOAD_PATH, TOA_RELEASE, autoloadContent, isToaRelease } from '../vendor';
import { installScript } from './script';
import { damageOf, type Damage } from './damage';
import { repairSteps } from './repairSteps';
import { installSteps } from './steps';
import { originalKernel } from './original';
import { installWarnings } from './warnings';
import { refuseInstall } from './refusals';
import { lackOfRoom } from './room';
import { support } from '../support';
import type { Host } from '../host';
import type { HostFacts } from '../facts';
import type { LogSample } from '../log/sample';
import type { Goal, InstallChoices, LocalPackage, NoOp, Plan, PlannedFile, PlanStep, VendorRow } from '../plan';
import type { Problem } from '../problem';

/** The vendor's plain procedure: nothing chosen beyond it. */
export const PLAIN: InstallChoices = {
  tool: 'yum',
  repositories: false,
  nodeps: false,
  oldpackage: false,
  force: false,
  disableExcludes: false,
  nogpgcheck: false,
};

export interface PlanInputs {
  readonly host: Host;
  readonly facts: HostFacts;
  /** The row's packages, read and hashed; empty until it is known that a plan is possible (see `installOutlook`). */
  readonly packages: readonly LocalPackage[];
  readonly choices: InstallChoices;
  /** What a tool said when it refused; shown with the choice that it made necessary. */
  readonly refusal?: string;
  readonly cidrs: readonly string[];
  readonly sample?: LogSample;
  readonly now: number;
  /** SHA-256 of a text, in hex. */
  readonly hash: (text: string) => string;
}

/** What stands before a plan: nothing to do, a refusal, or a plan, with or without packages to be fetched. */
export type Outlook = NoOp | { readonly problem: Problem } | { readonly row: VendorRow; readonly needsPackages: boolean };

/** Decides from facts alone, before anything is downloaded. What an installed kernel lacks, or a run that was cut off has left, is put right. */
export function installOutlook(facts: HostFacts): Outlook {
  const supported = rowOf(facts);
  if ('problem' in supported) return supported;
  const { row } = supported;
  const release = TOA_RELEASE[row];
  if (!isInstalled(facts, release)) {
    const problem = refuseInstall(facts);
    return problem === undefined ? { row, needsPackages: true } : { problem };
  }
  const outlook = damageOutlook(facts, row, installDamage(facts, row));
  if (outlook !== undefined) return outlook;
  // What works but is not the vendor's own is replaced by an install that a person asks for.
  return autoloadIsRight(facts, row) ? { noop: 'alreadyInstalled', release } : { row, needsPackages: false };
}

/** What stands before a repair, as `installOutlook` before an install. */
export function repairOutlook(facts: HostFacts): Outlook {
  const supported = rowOf(facts);
  if ('problem' in supported) return supported;
  const { row } = supported;
  if (!facts.kernel.packagesRead && facts.record.interrupted === undefined)
    return { problem: { code: 'probeUnreadable', output: 'rpm -q' } };
  return damageOutlook(facts, row, damageOf(facts, row)) ?? { noop: 'nothingToRepair', release: TOA_RELEASE[row] };
}

function damageOutlook(facts: HostFacts, row: VendorRow, damage: readonly Damage[]): Outlook | undefined {
  if (damage.length === 0) return undefined;
  const needsPackages = damage.includes('files');
  if (needsPackages || damage.includes('entry') || damage.includes('initramfs')) {
    if (facts.boot.bootInFstab && !facts.boot.bootMounted) return { problem: { code: 'bootNotMounted' } };
    const low = lackOfRoom(facts, 'initramfs');
    if (low !== undefined) return { problem: low };
  }
  return { row, needsPackages };
}

/** What an install finishes; it leaves alone what a host has been set to, or has not loaded, since. */
const installDamage = (facts: HostFacts, row: VendorRow): readonly Damage[] =>
  damageOf(facts, row).filter((one) => one !== 'default' && one !== 'module');

export function rowOf(facts: HostFacts): { readonly row: VendorRow } | { readonly problem: Problem } {
  // While somebody has to decide about a kernel on trial nothing else is changed: the guard would meet it half done.
  const { trial } = facts;
  if (trial !== undefined && trial.state !== 'returned' && facts.kernel.running === trial.release)
    return { problem: { code: 'hostBusy', run: trial.run } };
  const supported = support(facts);
  if ('reason' in supported) return { problem: { code: 'unsupported', reason: supported.reason, system: supported.system } };
  // Another TOA build has no original kernel beside it that is known to be one.
  if (isToaRelease(facts.kernel.running) && facts.kernel.running !== TOA_RELEASE[supported.row]) {
    return { problem: { code: 'unsupported', reason: 'kernelFlavour', system: facts.kernel.running } };
  }
  return { row: supported.row };
}

const isInstalled = (facts: HostFacts, release: string): boolean => facts.kernel.installed.some((kernel) => kernel.release === release);

const autoloadIsRight = ({ autoload }: HostFacts, row: VendorRow): boolean =>
  autoload.exists && autoload.mode === '0755' && autoload.content === autoloadContent(row);

/** The plan of an install: pure, so that what is shown is what runs. Throws RangeError without a kernel package or on an unsupported system. */
export function planInstall(inputs: PlanInputs): Plan {
  const { facts, packages, choices } = inputs;
  const { row, target } = targetOf(facts);
  if (!isInstalled(facts, target)) return planOf(inputs, 'install', installSteps({ facts, row, target, packages, choices }), true);
  const damage = installDamage(facts, row);
  const all: readonly Damage[] = damage.includes('autoload') || autoloadIsRight(facts, row) ? damage : [...damage, 'autoload'];
  return planOf(inputs, 'install', repairSteps({ facts, row, damage: all, packages, choices }), true);
}

/** The plan of a repair, made and run as an install's is. Throws RangeError as planInstall does. */
export function planRepair(inputs: PlanInputs): Plan {
  const { facts, packages, choices } = inputs;
  const { row } = targetOf(facts);
  const damage = damageOf(facts, row);
  return planOf(inputs, 'repair', repairSteps({ facts, row, damage, packages, choices }), damage.includes('autoload'));
}

function targetOf(facts: HostFacts): { readonly row: VendorRow; readonly target: string } {
  const supported = support(facts);
  if ('reason' in supported) throw new RangeError(`unsupported: ${supported.reason}`);
  return { row: supported.row, target: TOA_RELEASE[supported.row] };
}

export function planOf(inputs: PlanInputs, goal: Goal, steps: readonly PlanStep[], autoload: boolean): Plan {
  const { host, facts, packages, choices, now } = inputs;
  const { row, target } = targetOf(facts);
  const script = installScript(`${TITLE[goal]} ${host.name}, planned ${new Date(now).toISOString()}`, steps);
  return {
    id: inputs.hash(script).slice(0, 8),
    goal,
    host: { id: host.id, name: host.name, ...(host.group === undefined ? {} : { group: host.group }) },
    madeAt: now,
    facts,
    row,
    choices,
    target,
    original: originalKernel(facts),
    steps,
    warnings: installWarnings({
      facts,
      row,
      goal,
      rhel: facts.system.id === 'rhel',
      target,
      packages,
      choices,
      refusal: inputs.refusal ?? '',
      cidrs: inputs.cidrs,
      ...(inputs.sample === undefined ? {} : { sample: inputs.sample }),
    }),
    packages,
    files: autoload ? [plannedAutoload(facts, row)] : [],
    ...(inputs.sample === undefined ? {} : { logNow: inputs.sample }),
    script,
  };
}

/** First line of the script. */
const TITLE: Readonly<Record<Goal, string>> = { install: 'Install TOA on', repair: 'Repair TOA on', undo: 'Undo TOA on' };

function plannedAutoload(facts: HostFacts, row: VendorRow): PlannedFile {
  const change = !facts.autoload.exists ? 'create' : autoloadIsRight(facts, row) ? 'same' : 'replace';
  return { path: AUTOLOAD_PATH, mode: '0755', content: autoloadContent(row), change };
}
