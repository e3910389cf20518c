import { AUTOLOAD_PATH, TOA_RELEASE, isToaRelease } from '../vendor';
import { quote } from '../shell';
import { originalKernel } from './original';
import { PLAIN, planOf, rowOf, type PlanInputs } from './planInstall';
import { checkFacts, step } from './steps';
import type { HostFacts } from '../facts';
import type { NoOp, Plan, PlanStep, VendorRow } from '../plan';
import type { Problem } from '../problem';

export interface UndoInputs extends Pick<PlanInputs, 'host' | 'facts' | 'now' | 'hash'> {
  /** Also remove the TOA kernel's package; only where `canRemove` said so. */
  readonly removeKernel: boolean;
}

/** What stands before an undo. `canRemove`: the TOA kernel is installed and does not run. */
export function undoOutlook(
  facts: HostFacts,
): NoOp | { readonly problem: Problem } | { readonly row: VendorRow; readonly canRemove: boolean } {
  const supported = rowOf(facts);
  if ('problem' in supported) return supported;
  if (!facts.kernel.packagesRead) return { problem: { code: 'probeUnreadable', output: 'rpm -q' } };
  const { row } = supported;
  const release = TOA_RELEASE[row];
  const original = originalKernel(facts);
  if (isToaRelease(original)) return { problem: { code: 'noWayBack', running: original, missing: 'package' } };
  const installed = facts.kernel.installed.some((kernel) => kernel.release === release);
  const { interrupted, owes } = facts.record;
  if (!installed && !facts.autoload.exists && interrupted === undefined && owes !== true) return { noop: 'nothingToUndo', release };
  return { row, canRemove: installed && facts.kernel.running !== release };
}

/** The plan of an undo: the original kernel is the default, nothing of TOA is loaded at boot, packages stay unless asked otherwise. */
export function planUndo(inputs: UndoInputs): Plan {
  const outlook = undoOutlook(inputs.facts);
  if (!('row' in outlook)) throw new RangeError('nothing to undo');
  const removes = inputs.removeKernel && outlook.canRemove;
  const rest = { packages: [], choices: PLAIN, cidrs: [] };
  const plan = planOf({ ...inputs, ...rest }, 'undo', undoSteps(inputs.facts, outlook.row, removes), false);
  return removes ? { ...plan, removesKernel: true } : plan;
}

function undoSteps(facts: HostFacts, row: VendorRow, removes: boolean): readonly PlanStep[] {
  const target = TOA_RELEASE[row];
  const original = originalKernel(facts);
  return [
    step('checkFacts', [...checkFacts(facts), 'alone']),
    ...(facts.record.interrupted === undefined ? [] : [step('clearPartial', [`clear_partial ${quote(target)}`], { target })]),
    step('setOriginalDefault', [`bootable ${quote(original)}`, `set_default ${quote(original)}`], { original }),
    step('removeAutoload', removeAutoload(), { path: AUTOLOAD_PATH }),
    ...(facts.yum?.yumdb === true ? [step('releaseKernels', ['release_kernels'])] : []),
    ...(removes ? [step('removeKernel', ['umask 022', 'alone', `remove_kernel ${quote(target)} ${quote(original)}`], { target })] : []),
    step(
      'checkAfter',
      [`bootable ${quote(original)}`, `[ "$(default_kernel)" = ${quote(`/boot/vmlinuz-${original}`)} ]`, `[ ! -e ${AUTOLOAD_PATH} ]`],
      {
        target,
        original,
      },
    ),
  ];
}

/** A copy stays in the run's directory; the mark tells every editor that it is gone on purpose. */
const removeAutoload = (): readonly string[] => [
  `[ ! -e ${AUTOLOAD_PATH} ] || cp -p ${AUTOLOAD_PATH} ./toa.modules.before`,
  `rm -f ${AUTOLOAD_PATH}`,
  `rm -f "$home/confirmed"`,
  `date +%s >./undone`,
  `put_file ./undone "$home/undone" 0644`,
];
