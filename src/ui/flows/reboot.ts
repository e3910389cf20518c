import { l10n, window } from 'vscode';
import { originalKernel } from '../../core/install/original';
import { isToaRelease } from '../../core/vendor';
import type { HostFacts } from '../../core/facts';
import type { HostView } from '../../engine/hostStore';
import type { RebootOutcome, RebootPhase } from '../../engine/reboot/rebootHost';
import { rebootHost } from '../../engine/reboot/rebootHost';
import type { Ui } from '../context';
import { kernelName } from '../text/amount';
import { inGroup } from '../text/host';
import { plain } from '../text/hostile';
import { asRoot, readAsRoot } from './connected';
import { onHost } from './onHost';
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
  const button = l10n.t('Reboot Without Return');
  const chosen = await window.showWarningMessage(
    l10n.t('Reboot {0} without automatic return?', inGroup(view.host)),
    { modal: true, detail: consentText(view, facts, release) },
    button,
  );
  if (chosen !== button) return;
  const outcome = await reboot(ui, view, facts, { release, package: `kernel-${release}` });
  if (outcome === undefined) return;
  ui.store.record(hostId, outcome.facts);
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
  const outcome = await reboot(ui, view, facts, { release });
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

/** The plain way: what happens, that nothing comes back by itself, and the question about the console. */
function consentText({ host }: HostView, facts: HostFacts, release: string): string {
  const words = { host: plain(host.name), new: kernelName(plain(release)), old: kernelName(plain(facts.kernel.running)) };
  return [
    l10n.t(
      '{new} becomes the default kernel and {host} reboots into it. Its vmlinuz, initramfs and boot entry are checked first; {old} stays installed and in the boot menu.',
      words,
    ),
    l10n.t('Nothing returns by itself: if {new} does not come up, you need the console. Is the console of {host} reachable?', words),
    [
      l10n.t('Open connections to {host} end.', words),
      ...(facts.sessions === 0
        ? []
        : [facts.sessions === 1 ? l10n.t('1 user is logged in.') : l10n.t('{0} users are logged in.', facts.sessions)]),
      ...(facts.pendingShutdown ? [l10n.t('A shutdown is pending there already.')] : []),
    ].join(' '),
  ].join('\n\n');
}

const reboot = (
  ui: Ui,
  view: HostView,
  facts: HostFacts,
  kernel: { release: string; package?: string },
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
          work.step(text, n, 5);
        },
      }),
  );

function phaseText(phase: RebootPhase): { readonly text: string; readonly n: number } {
  switch (phase) {
    case 'prepare':
      return { n: 1, text: l10n.t('Setting and reading back the default kernel') };
    case 'shutDown':
      return { n: 2, text: l10n.t('Shutting down') };
    case 'boot':
      return { n: 3, text: l10n.t('Waiting for it to boot') };
    case 'probe':
      return { n: 4, text: l10n.t('Reading the host') };
    case 'services':
      return { n: 5, text: l10n.t('Waiting for its services') };
  }
}

/** What listened or ran before the reboot and does not now. */
function sayLosses({ host }: HostView, { portsMissing, unitsFailed }: RebootOutcome): void {
  const losses = [
    ...(portsMissing.length === 0 ? [] : [l10n.t('nothing listens on port {0} any more', portsMissing.join(', '))]),
    ...(unitsFailed.length === 0 ? [] : [l10n.t('failed units: {0}', plain(unitsFailed.join(', ')))]),
  ];
  if (losses.length > 0)
    void window.showWarningMessage(l10n.t('{0} is back, but not all of it: {1}. Look at its services.', host.name, losses.join('; ')));
}
