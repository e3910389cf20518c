import { l10n, window } from 'vscode';
import { randomBytes } from 'node:crypto';
import { originalKernel } from '../../core/install/original';
import { PATIENCE } from '../../core/trial';
import { isToaRelease } from '../../core/vendor';
import type { HostFacts } from '../../core/facts';
import type { HostView } from '../../engine/hostStore';
import type { RebootOutcome, RebootPhase } from '../../engine/reboot/rebootHost';
import { rebootHost } from '../../engine/reboot/rebootHost';
import type { RebootWay } from '../../engine/reboot/startReboot';
import type { Ui } from '../context';
import { kernelName } from '../text/amount';
import { consentText } from '../text/consent';
import { inGroup } from '../text/host';
import { plain } from '../text/hostile';
import { asRoot, readAsRoot } from './connected';
import { onHost } from './onHost';
import { askAboutTrial } from './trial';
import { verifyOne } from './verify';

/** Reboots a host into its TOA kernel on consent, waits until a probe has seen it there, then verifies. */
export async function rebootFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  const facts = view && (await fresh(ui, view));
  if (view === undefined || facts === undefined) return;
  const release = facts.kernel.installed.map((kernel) => kernel.release).findLast(isToaRelease);
  if (release === undefined) {
    void window.showInformationMessage(
      l10n.t('No TOA kernel is installed on {0}, so there is nothing to reboot into. Install TOA first.', view.host.name),
    );
    return;
  }
  const way = wayOf(facts);
  if (!(await consent(view, facts, release, way))) return;
  const outcome = await reboot(ui, view, facts, { release, package: `kernel-${release}`, way });
  if (outcome === undefined) {
    // Also where it came back by itself: what it is now is for a probe to say.
    await ui.store.refresh([hostId], { signal: AbortSignal.timeout(60_000) });
    return;
  }
  ui.store.record(hostId, outcome.facts);
  // A guard that does not count returns nothing: there the losses alone are told.
  if (outcome.trial === 'open' && outcome.facts.trial?.returnsAtUptime !== undefined) {
    await askAboutTrial(ui, view, outcome.facts, lossesText(outcome).join('; '));
    return;
  }
  sayLosses(view, outcome);
  await verifyOne(ui, hostId, false);
}

/** Makes the original kernel the default again and reboots into it, on consent. */
export async function bootOriginalFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  const facts = view && (await fresh(ui, view));
  if (view === undefined || facts === undefined) return;
  const release = originalKernel(facts);
  if (isToaRelease(release)) {
    void window.showErrorMessage(
      l10n.t('No kernel but the TOA one is installed on {0}. Install the distribution’s kernel first.', view.host.name),
    );
    return;
  }
  const button = l10n.t('Boot Original Kernel');
  const chosen = await window.showWarningMessage(
    l10n.t('Boot the original kernel on {0}?', inGroup(view.host)),
    {
      modal: true,
      detail: l10n.t('{old} becomes the default and {host} reboots into it. TOA stops: the log shows back-to-origin addresses again.', {
        old: kernelName(plain(release)),
        host: plain(view.host.name),
      }),
    },
    button,
  );
  if (chosen !== button) return;
  const outcome = await reboot(ui, view, facts, { release, way: { kind: 'lasting' } });
  if (outcome === undefined) return;
  ui.store.record(hostId, outcome.facts);
  // The person asked for it, so it is no drift.
  ui.store.accept(hostId);
  sayLosses(view, outcome);
}

const fresh = (ui: Ui, view: HostView): Promise<HostFacts | undefined> =>
  onHost(
    ui,
    view,
    { goal: 'probe', title: l10n.t('Reading {0}', view.host.name), cancellable: true },
    async (work) => (await readAsRoot(ui, view, work)).facts,
  );

/** As a trial wherever the boot loader can boot once; otherwise the plain way, which the consent calls so. */
const wayOf = (facts: HostFacts): RebootWay =>
  facts.boot.once === 'possible'
    ? { kind: 'once', run: `trial-${randomBytes(4).toString('hex')}`, original: facts.kernel.running, patience: PATIENCE }
    : { kind: 'lasting' };

async function consent(view: HostView, facts: HostFacts, release: string, way: RebootWay): Promise<boolean> {
  const button = way.kind === 'once' ? l10n.t('Reboot') : l10n.t('Reboot Without Return');
  const question =
    way.kind === 'once'
      ? l10n.t('Reboot {0} now?', inGroup(view.host))
      : l10n.t('Reboot {0} without automatic return?', inGroup(view.host));
  const chosen = await window.showWarningMessage(
    question,
    { modal: true, detail: consentText(view.host.name, facts, release, way) },
    button,
  );
  return chosen === button;
}

const reboot = (
  ui: Ui,
  view: HostView,
  facts: HostFacts,
  kernel: { release: string; package?: string; way: RebootWay },
): Promise<RebootOutcome | undefined> =>
  onHost(
    ui,
    view,
    { goal: isToaRelease(kernel.release) ? 'reboot' : 'bootOriginal', title: l10n.t('Rebooting {0}', view.host.name), cancellable: false },
    (work) =>
      rebootHost({
        transport: ui.transport,
        host: view.host,
        facts,
        ...kernel,
        as: asRoot(ui, facts),
        prompts: ui.prompts,
        clock: ui.clock,
        signal: work.signal,
        onPhase: (phase) => {
          const { text, n } = phaseText(phase);
          ui.transcript.line(view.host.name, `reboot: ${text}`);
          work.step(text, n, kernel.way.kind === 'once' ? 6 : 5);
        },
      }),
  );

function phaseText(phase: RebootPhase): { readonly text: string; readonly n: number } {
  switch (phase) {
    case 'prepare':
      return { n: 1, text: l10n.t('Checking the kernel and the way back') };
    case 'shutDown':
      return { n: 2, text: l10n.t('Shutting down') };
    case 'boot':
      return { n: 3, text: l10n.t('Waiting for it to boot') };
    case 'probe':
      return { n: 4, text: l10n.t('Reading the host') };
    case 'services':
      return { n: 5, text: l10n.t('Waiting for its services') };
    case 'confirm':
      return { n: 6, text: l10n.t('Confirming the TOA kernel') };
  }
}

/** What listened or ran before the reboot and does not now. */
const lossesText = ({ portsMissing, unitsFailed }: RebootOutcome): readonly string[] => [
  ...(portsMissing.length === 0 ? [] : [l10n.t('nothing listens on port {0} any more', portsMissing.join(', '))]),
  ...(unitsFailed.length === 0 ? [] : [l10n.t('failed units: {0}', plain(unitsFailed.join(', ')))]),
];

function sayLosses({ host }: HostView, outcome: RebootOutcome): void {
  const losses = lossesText(outcome);
  if (losses.length > 0)
    void window.showWarningMessage(l10n.t('{0} is back, but not all of it: {1}. Look at its services.', host.name, losses.join('; ')));
}
