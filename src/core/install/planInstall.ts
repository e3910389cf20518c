import { AUTOLOAD_PATH, TOA_RELEASE, autoloadContent, isToaRelease } from '../vendor';
import { installScript } from './script';
import { installSteps, repairSteps } from './steps';
import { originalKernel } from './original';
import { installWarnings } from './warnings';
import { refuseInstall } from './refusals';
import { support } from '../support';
import type { Host } from '../host';
import type { HostFacts } from '../facts';
import type { LogSample } from '../log/sample';
import type { InstallChoices, LocalPackage, NoOp, Plan, PlannedFile, VendorRow } from '../plan';
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

/** Decides from facts alone, before anything is downloaded. An installed kernel whose autoload file is wrong is put right without packages. */
export function installOutlook(facts: HostFacts): Outlook {
  const supported = support(facts);
  if ('reason' in supported) return { problem: { code: 'unsupported', reason: supported.reason, system: supported.system } };
  const { row } = supported;
  const release = TOA_RELEASE[row];
  // Another TOA build has no original kernel beside it that is known to be one.
  if (isToaRelease(facts.kernel.running) && facts.kernel.running !== release) {
    return { problem: { code: 'unsupported', reason: 'kernelFlavour', system: facts.kernel.running } };
  }
  if (isInstalled(facts, release)) {
    const missing = missingPart(facts, release);
    if (missing !== undefined) return { problem: { code: 'kernelNotBootable', release, missing } };
    return autoloadIsRight(facts, row) && facts.record.owes !== true
      ? { noop: 'alreadyInstalled', release }
      : { row, needsPackages: false };
  }
  const problem = refuseInstall(facts);
  return problem === undefined ? { row, needsPackages: true } : { problem };
}

const isInstalled = (facts: HostFacts, release: string): boolean => facts.kernel.installed.some((kernel) => kernel.release === release);

/** What an interrupted install has left missing of an installed kernel. */
function missingPart(facts: HostFacts, release: string): 'vmlinuz' | 'initramfs' | 'entry' | undefined {
  const kernel = facts.kernel.installed.find((one) => one.release === release);
  if (kernel?.vmlinuz !== true) return 'vmlinuz';
  if ((kernel.initramfsBytes ?? 0) === 0) return 'initramfs';
  return kernel.bootEntry === false ? 'entry' : undefined;
}

const autoloadIsRight = ({ autoload }: HostFacts, row: VendorRow): boolean =>
  autoload.exists && autoload.mode === '0755' && autoload.content === autoloadContent(row);

/** The plan of an install: pure, so that what is shown is what runs. Throws RangeError without a kernel package or on an unsupported system. */
export function planInstall(inputs: PlanInputs): Plan {
  const { host, facts, packages, choices, now } = inputs;
  const supported = support(facts);
  if ('reason' in supported) throw new RangeError(`unsupported: ${supported.reason}`);
  const { row } = supported;
  const target = TOA_RELEASE[row];
  const steps = isInstalled(facts, target) ? repairSteps(facts, row) : installSteps({ facts, row, target, packages, choices });
  const script = installScript(`Install TOA on ${host.name}, planned ${new Date(now).toISOString()}`, steps);
  return {
    id: inputs.hash(script).slice(0, 8),
    goal: 'install',
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
      rhel: facts.system.id === 'rhel',
      target,
      packages,
      choices,
      refusal: inputs.refusal ?? '',
      cidrs: inputs.cidrs,
      ...(inputs.sample === undefined ? {} : { sample: inputs.sample }),
    }),
    packages,
    files: [plannedAutoload(facts, row)],
    ...(inputs.sample === undefined ? {} : { logNow: inputs.sample }),
    script,
  };
}

function plannedAutoload(facts: HostFacts, row: VendorRow): PlannedFile {
  const change = !facts.autoload.exists ? 'create' : autoloadIsRight(facts, row) ? 'same' : 'replace';
  return { path: AUTOLOAD_PATH, mode: '0755', content: autoloadContent(row), change };
}
