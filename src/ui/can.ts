import { installOutlook } from '../core/install/planInstall';
import { isToaRelease } from '../core/vendor';
import type { HostFacts } from '../core/facts';
import type { HostView } from '../engine/hostStore';

/** What can be done with a host now. Menus, palette choices and the tests use the same answer. */
export type Ability =
  | 'signIn'
  | 'install'
  | 'reboot'
  | 'load'
  | 'keep'
  | 'return'
  | 'hold'
  | 'verify'
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
  if (view.host.logs.length > 0 || (view.facts?.logs.length ?? 0) > 0) can.add('log');
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
    case 'notInstalled':
      can.add('install').add('verify');
      break;
    case 'awaitingReboot':
      can.add('reboot').add('verify');
      break;
    case 'trial':
      can.add('keep').add('return').add('verify');
      if (state.returnsAt !== undefined) can.add('hold');
      if (!state.loaded) can.add('load');
      return can;
    case 'notLoaded':
      can.add('load').add('verify');
      break;
    case 'drifted':
      can.add('verify');
      if (state.drift.some(({ what }) => what === 'runningKernel')) can.add('reboot');
      // Also where the module never was loaded: a toa.modules that does not run at boot is the usual reason.
      if (facts !== undefined && isToaRelease(facts.kernel.running) && !facts.module.loaded) can.add('load');
      break;
    case 'loaded':
    case 'receiving':
    case 'delivering':
    case 'proven':
      can.add('verify');
      break;
  }
  if (['awaitingReboot', 'notLoaded', 'drifted'].includes(state.kind) && facts !== undefined && lacksRest(facts)) can.add('install');
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
