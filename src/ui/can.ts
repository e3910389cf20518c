import { installOutlook, repairOutlook } from '../core/install/planInstall';
import { undoOutlook } from '../core/install/planUndo';
import { isToaRelease } from '../core/vendor';
import type { HostFacts } from '../core/facts';
import type { HostStateKind } from '../core/state';
import type { HostView } from '../engine/hostStore';

/** What can be done with a host now. Menus, palette choices and the tests use the same answer. */
export type Ability =
  | 'signIn'
  | 'follow'
  | 'repair'
  | 'undo'
  | 'install'
  | 'reboot'
  | 'load'
  | 'keep'
  | 'return'
  | 'hold'
  | 'verify'
  | 'ownAddress'
  | 'log'
  | 'original'
  | 'cancel'
  | 'plan'
  | 'report'
  | 'busy';

/** What the editor holds for a host beside its probe. */
export interface Held {
  readonly cancellable: boolean;
  readonly plan: boolean;
  readonly report: boolean;
}

/**
 * The abilities of a host. A stale state still offers what was true when it was seen: every flow probes again before
 * it changes anything.
 */
export function abilities(view: HostView, held: Held): ReadonlySet<Ability> {
  const can = new Set<Ability>();
  if (held.plan) can.add('plan');
  if (held.report) can.add('report');
  // Even where none is known: a path can be named then.
  can.add('log');
  if (view.busy !== undefined) {
    can.add('busy');
    if (held.cancellable) can.add('cancel');
    return can;
  }
  const { state, facts } = view;
  switch (state.kind) {
    case 'unknown':
    case 'unsupported':
      break;
    case 'needsSignIn':
    case 'unreachable':
      if (state.kind === 'needsSignIn' || state.problem.code === 'authFailed') can.add('signIn');
      break;
    case 'running':
      // The host itself takes no second change meanwhile.
      return can.add('follow').add('verify');
    case 'interrupted':
      can.add('verify');
      if (facts !== undefined && facts.kernel.packagesRead) can.add('install');
      if (facts !== undefined && 'row' in repairOutlook(facts)) can.add('repair');
      break;
    case 'undone':
    case 'notInstalled':
      can.add('install').add('verify');
      break;
    case 'awaitingReboot':
      can.add('reboot').add('verify');
      break;
    case 'trial':
      can.add('keep').add('return').add('verify');
      if (state.returnsAt !== undefined) can.add('hold');
      can.add(state.loaded ? 'ownAddress' : 'load');
      return can;
    case 'notLoaded':
      can.add('load').add('verify');
      break;
    case 'drifted':
      can.add('verify');
      if (state.drift.some(({ what }) => what === 'runningKernel')) can.add(hasToaKernel(facts) ? 'reboot' : 'install');
      if (facts !== undefined && hasToaKernel(facts) && 'row' in repairOutlook(facts)) can.add('repair');
      // Also where the module never was loaded: a toa.modules that does not run at boot is the usual reason.
      if (facts !== undefined && isToaRelease(facts.kernel.running) && !facts.module.loaded) can.add('load');
      break;
    case 'loaded':
    case 'receiving':
    case 'delivering':
    case 'proven':
      can.add('verify').add('ownAddress');
      break;
  }
  if (facts !== undefined) {
    if (['awaitingReboot', 'notLoaded'].includes(state.kind) && lacksRest(facts)) can.add('install');
    if (UNDOABLE.includes(state.kind) && 'row' in undoOutlook(facts)) can.add('undo');
  }
  if (
    facts !== undefined &&
    isToaRelease(facts.kernel.running) &&
    facts.kernel.installed.some((kernel) => !isToaRelease(kernel.release) && kernel.vmlinuz)
  ) {
    can.add('original');
  }
  return can;
}

/** The kernel is installed and the rest of an install is not, or is not any more: a plan without packages puts it right. */
function lacksRest(facts: HostFacts): boolean {
  const outlook = installOutlook(facts);
  return 'needsPackages' in outlook && !outlook.needsPackages;
}

/** What is there to be taken back, seen by a probe; not while a run goes on. */
const UNDOABLE: readonly HostStateKind[] = [
  'interrupted',
  'undone',
  'awaitingReboot',
  'notLoaded',
  'loaded',
  'receiving',
  'delivering',
  'proven',
  'drifted',
];

const hasToaKernel = (facts: HostFacts | undefined): boolean =>
  facts?.kernel.packagesRead !== true || facts.kernel.installed.some((kernel) => isToaRelease(kernel.release));
