import type { FactName, InstallRemedy, Problem, RunLeft } from '../problem';
import type { LocalPackage, Plan, StepId } from '../plan';

/** What a failed run left for deciding: where it stopped, with which exit code, our own marks, and the tools' words. */
export interface RunFailure {
  readonly step: StepId;
  readonly exit: number;
  /** The last step that was done. */
  readonly finished?: StepId | undefined;
  /** Our own marks of the failing step: `changed boot ID`, `hash FILE SUM`, `package FILE NAME`, `default PATH`, `missing initramfs`, `packages PID COMMAND`. */
  readonly marks: readonly string[];
  /** What the tools printed in that step. */
  readonly output: string;
  /** Whether the probe after the run differs from the one before. */
  readonly left: RunLeft;
  /** The filesystem that had no room for what the run had to write (`fullPlace`). */
  readonly full?: string | undefined;
}

/** Exit codes of src/remote/words.sh that are ours; the tools' own stay below 64 or at 200 (yum's lock). */
const EXIT = {
  stale: 65,
  wrongHash: 66,
  wrongPackage: 67,
  notInstalled: 68,
  defaultMoved: 69,
  notBootable: 70,
  cancelled: 71,
  deadline: 72,
  unpaid: 73,
  packagesBusy: 75,
  noRoom: 76,
} as const;

/** What ended a run by somebody's will or another's work, and no lack of room. */
const BEFORE_ANYTHING: readonly number[] = [EXIT.stale, EXIT.cancelled, EXIT.packagesBusy];

/**
 * Words of rpm and yum, and what the vendor's procedure or yum allows then. Only the remedy depends on them: that the
 * install failed is decided by exit code and `rpm -q`. Texts from rpm 4.4 to 4.18 and yum 3.2/3.4.
 */
const WORDS: readonly (readonly [RegExp, InstallRemedy])[] = [
  [/\(which is newer than .*\) is already installed/, 'oldpackage'],
  [/needs \d+\s*[KMG]?B? (more space )?on the .* filesystem|Disk Requirements:|No space left on device/, 'space'],
  [/conflicts with file from package|file .* conflicts between/, 'conflict'],
  [/is not signed|Public key for .* is not installed|GPG key retrieval failed/, 'nogpgcheck'],
  [/Failed dependencies:|is needed by |Requires: |nothing provides /, 'nodeps'],
  [/Cannot find a valid baseurl|Cannot retrieve repository metadata|Failed to download metadata/, 'repositories'],
  [/Nothing to do/, 'disableExcludes'],
  [/Traceback \(most recent call last\)|No module named yum|yum: command not found|yum: not found/, 'rpm'],
];

/** What of the plan explains its failure. */
export type RanPlan = Pick<Plan, 'row' | 'choices' | 'packages' | 'original' | 'target'>;

/** The problem that a failed run is. `plan` is the one that ran: no remedy is offered twice. */
export function runProblem(failure: RunFailure, plan: RanPlan): Problem {
  const { exit, step, left } = failure;
  // Whatever else a full disk has made of it, that is the cause.
  if (failure.full !== undefined && !BEFORE_ANYTHING.includes(exit)) return { code: 'diskFull', where: failure.full, left };
  const mark = (name: string): string | undefined => failure.marks.find((text) => text.startsWith(`${name} `))?.slice(name.length + 1);
  switch (exit) {
    case EXIT.stale:
      return { code: 'planStale', changed: [(mark('changed') ?? 'bootId') as FactName] };
    case EXIT.wrongHash: {
      const [file = '', actual = ''] = (mark('hash') ?? '').split(' ');
      return { code: 'uploadCorrupt', file, expected: packageOf(plan, file)?.sha256 ?? '', actual };
    }
    case EXIT.wrongPackage: {
      const [file = '', ...actual] = (mark('package') ?? '').split(' ');
      if (actual.length === 0) return { code: 'notAnRpm', file, looksLike: 'other', setting: settingOf(plan, file) };
      return {
        code: 'packageUnexpected',
        file,
        expected: file.replace(/\.rpm$/, ''),
        actual: actual.join(' '),
        setting: settingOf(plan, file),
      };
    }
    case EXIT.defaultMoved:
      return { code: 'defaultMoved', expected: `/boot/vmlinuz-${plan.original}`, actual: mark('default') ?? '' };
    case EXIT.notBootable:
      return { code: 'kernelNotBootable', release: plan.target, missing: asMissing(mark('missing')) };
    case EXIT.unpaid:
      return { code: 'stepFailed', step: 'payOwed', exit, message: lastWords(failure.output), left };
    case EXIT.packagesBusy: {
      const [pid = '', ...command] = (mark('packages') ?? '').split(' ');
      return { code: 'yumLocked', pid: Number(pid), command: command.join(' ').trim() };
    }
    case EXIT.cancelled:
      return { code: 'cancelled', left, ...(failure.finished === undefined ? {} : { after: failure.finished }) };
    case EXIT.deadline:
      return { code: 'deadline', what: 'yum', seconds: 300 };
    default: {
      const lock = /another copy is running as pid (\d+)/.exec(failure.output);
      if (lock !== null) return { code: 'yumLocked', pid: Number(lock[1]), command: 'yum' };
      if (step !== 'installKernel' && step !== 'reinstallKernel' && step !== 'installFirmware')
        return { code: 'stepFailed', step, exit, message: lastWords(failure.output), left };
      return { code: 'rpmRefused', remedy: remedyFor(failure.output, plan), message: lastWords(failure.output), left };
    }
  }
}

/** What is to be offered, by the tools' words; `none` where it was chosen already or nothing is recognised. */
export function remedyFor(output: string, { row, choices }: Pick<Plan, 'row' | 'choices'>): InstallRemedy {
  const remedy = WORDS.find(([words]) => words.test(output))?.[1] ?? 'none';
  const chosen: Partial<Record<InstallRemedy, boolean>> = { ...choices, conflict: choices.force, rpm: choices.tool === 'rpm' };
  if (chosen[remedy] === true) return remedy === 'repositories' ? 'nodeps' : 'none';
  // With repositories switched off, a missing dependency may simply be there to be had.
  const yumAlone = row === 'el7' && choices.tool === 'yum' && !choices.repositories;
  return remedy === 'nodeps' && yumAlone ? 'repositories' : remedy;
}

const packageOf = (plan: RanPlan, file: string): LocalPackage | undefined => plan.packages.find((p) => p.file === file);

const settingOf = (plan: RanPlan, file: string): string => `toa.packages.${packageOf(plan, file)?.key ?? plan.row}.url`;

const asMissing = (word: string | undefined): 'vmlinuz' | 'initramfs' | 'entry' =>
  word === 'vmlinuz' || word === 'initramfs' ? word : 'entry';

/** The last lines that say something, without progress bars and our own marks. */
function lastWords(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('==') && !/#{5,}/.test(line));
  return lines.slice(-6).join('\n').slice(-600);
}
