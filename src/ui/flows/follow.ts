import { l10n, window } from 'vscode';
import type { RunRecord } from '../../core/facts';
import type { HostView } from '../../engine/hostStore';
import { cancelRun } from '../../engine/install/cancelRun';
import { takeUpRun } from '../../engine/install/takeUpRun';
import type { RunAs } from '../../engine/runScript';
import type { Ui } from '../context';
import { plain } from '../text/hostile';
import { runStepText } from '../text/runStep';
import { connect, readAsRoot } from './connected';
import type { Work } from './onHost';
import { onHost } from './onHost';
import { showRunEvent } from './runEvent';

/** Takes up a run that goes on at a host, of this editor before it was restarted or of somebody else's, until its end. */
export async function followFlow(ui: Ui, hostId: string): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const { name } = view.host;
  const options = { goal: 'follow', title: l10n.t('Following the run on {0}', name), cancellable: true };
  const ended = await onHost(ui, view, options, (work) => follow(ui, view, work));
  if (ended === 'none') void window.showInformationMessage(l10n.t('No run goes on at {0} any more.', name));
  else if (ended === 'done') void window.setStatusBarMessage(l10n.t('The run on {0} is done', name), 15_000);
  else await ui.store.refresh([hostId], { signal: AbortSignal.timeout(60_000) });
}

async function follow(ui: Ui, view: HostView, work: Work): Promise<'none' | 'done'> {
  const { name, id } = view.host;
  const { facts, as } = await readAsRoot(ui, view, work);
  const run = facts.record.runInProgress;
  if (run === undefined) return 'none';
  ui.transcript.line(name, `following run ${run.id}`);
  const after = await takeUpRun(run, facts, {
    connect: () => connect(ui, view, AbortSignal.timeout(120_000)),
    as,
    clock: ui.clock,
    signal: untilLeft(ui, view, run, as, work),
    onEvent: (event) => showRunEvent(ui, name, (step) => ({ text: runStepText(step) }), event, work),
  });
  ui.store.record(id, after);
  return 'done';
}

/** Cancelling asks what is meant: the run, which then ends before its next step, or only the following. Fires for the latter. */
function untilLeft(ui: Ui, view: HostView, run: RunRecord, as: RunAs, work: Work): AbortSignal {
  const left = new AbortController();
  const ask = async (): Promise<void> => {
    const stop = l10n.t('Stop the Run');
    const leave = l10n.t('Only Stop Following');
    const chosen = await window.showWarningMessage(
      l10n.t('Stop the run on {0}?', plain(view.host.name)),
      {
        modal: true,
        detail: l10n.t(
          '{0} started it. It would stop before its next step, never inside a package transaction, and give back what it borrowed.',
          run.by === undefined ? l10n.t('Somebody') : plain(run.by, 60),
        ),
      },
      stop,
      leave,
    );
    if (chosen === stop) await cancelRun(run.id, { connect: () => connect(ui, view, AbortSignal.timeout(120_000)), as, clock: ui.clock });
    else left.abort();
  };
  work.signal.addEventListener('abort', () => void (work.closing.aborted || ask()), { once: true });
  return AbortSignal.any([left.signal, work.closing]);
}
