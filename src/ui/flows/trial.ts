import { l10n, window } from 'vscode';
import { HostError } from '../../core/problem';
import type { HostFacts } from '../../core/facts';
import type { TrialFacts } from '../../core/trial';
import type { HostView } from '../../engine/hostStore';
import { actOnTrial, type TrialAct } from '../../engine/reboot/actOnTrial';
import { waitForBoot } from '../../engine/reboot/waitForBoot';
import type { Ui } from '../context';
import { kernelName } from '../text/amount';
import { inGroup } from '../text/host';
import { plain } from '../text/hostile';
import { inTime } from '../text/time';
import type { Read } from './connected';
import { readAsRoot } from './connected';
import type { Work } from './onHost';
import { onHost } from './onHost';

/** Keeps the TOA kernel: the host stays up, and where the module is loaded the kernel becomes the default. */
export async function keepFlow(ui: Ui, hostId: string): Promise<void> {
  await decide(ui, hostId, l10n.t('Keeping the TOA kernel'), async (act, facts) => {
    await act('keep');
    if (facts.module.loaded) await act('confirm');
    else throw new HostError({ code: 'notLoadedYet', release: facts.kernel.running }, ui.store.view(hostId)?.host.name ?? hostId);
  });
}

/** Half an hour more before the guard returns. */
export async function holdFlow(ui: Ui, hostId: string): Promise<void> {
  await decide(ui, hostId, l10n.t('Holding the trial'), (act) => act('hold'));
}

/** Ends the trial now, on consent: the host reboots into its original kernel. */
export async function returnFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const button = l10n.t('Return Now');
  const original = view.facts?.trial?.original ?? '';
  const chosen = await window.showWarningMessage(
    l10n.t('Return {0} to its original kernel now?', inGroup(view.host)),
    {
      modal: true,
      detail: l10n.t('{host} reboots into {old}, which is still its default. Open connections end.', {
        host: plain(view.host.name),
        old: kernelName(plain(original)),
      }),
    },
    button,
  );
  if (chosen !== button) return;
  const facts = await onHost(
    ui,
    view,
    { goal: 'return', title: l10n.t('Returning {0} to its original kernel', view.host.name), cancellable: false },
    async (work) => {
      const read = await readAsRoot(ui, view, work);
      await actOnTrial(read.session, trialOf(read.facts, view), 'return', { as: read.as, signal: work.signal });
      work.step(l10n.t('Waiting for it to boot'));
      await waitForBoot({
        host: view.host,
        transport: ui.transport,
        connecting: { prompts: ui.prompts, signal: work.signal },
        clock: ui.clock,
        signal: work.signal,
        oldBootId: read.facts.bootId,
        shutdownSeconds: 300,
        bootSeconds: 900,
        onDown: () => undefined,
      });
      return (await readAsRoot(ui, view, work)).facts;
    },
  );
  if (facts === undefined) return;
  ui.store.record(hostId, facts);
  // The person asked for it, so it is no drift.
  ui.store.accept(hostId);
}

/** After a reboot in which something that listened before does not now: the person decides while the guard counts. */
export async function askAboutTrial(ui: Ui, view: HostView, facts: HostFacts, missing: string): Promise<void> {
  const { trial } = facts;
  if (trial?.returnsAtUptime === undefined) return;
  const [keep, back, hold] = [l10n.t('Keep'), l10n.t('Return Now'), l10n.t('Hold 30 Minutes')];
  const at = facts.takenAt + (trial.returnsAtUptime - facts.uptimeSeconds) * 1000;
  const chosen = await window.showWarningMessage(
    l10n.t('{host} runs {new}, but {missing}. It returns to {old} by itself {when}, unless you keep it.', {
      host: plain(view.host.name),
      new: kernelName(plain(trial.release)),
      old: kernelName(plain(trial.original)),
      missing,
      when: inTime(at, ui.clock.now()),
    }),
    keep,
    back,
    hold,
  );
  if (chosen === keep) await keepFlow(ui, view.host.id);
  else if (chosen === back) await returnFlow(ui, view.host.id);
  else if (chosen === hold) await holdFlow(ui, view.host.id);
}

type Act = (act: TrialAct) => Promise<void>;

async function decide(ui: Ui, hostId: string, title: string, work: (act: Act, facts: HostFacts) => Promise<void>): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  await onHost(ui, view, { goal: 'trial', title: `${title}: ${view.host.name}`, cancellable: false }, async (progress: Work) => {
    const read: Read = await readAsRoot(ui, view, progress);
    const trial = trialOf(read.facts, view);
    try {
      await work((act) => {
        ui.transcript.line(view.host.name, `trial ${trial.run}: ${act}`);
        return actOnTrial(read.session, trial, act, { as: read.as, signal: progress.signal });
      }, read.facts);
    } finally {
      await readAsRoot(ui, view, progress).catch(() => undefined);
    }
  });
}

function trialOf(facts: HostFacts, view: HostView): TrialFacts {
  if (facts.trial === undefined) throw new HostError({ code: 'trialOver', state: '' }, view.host.name);
  return facts.trial;
}
