import { commands, l10n, window } from 'vscode';
import type { Verification } from '../../core/verification';
import type { HostView } from '../../engine/hostStore';
import type { VerifyPhase } from '../../engine/verifyHost';
import { verifyHost } from '../../engine/verifyHost';
import { probeHost } from '../../engine/probeHost';
import type { Ui } from '../context';
import type { Report } from '../plan/reportDocument';
import { reportDocument } from '../plan/reportDocument';
import { settings } from '../settings';
import { clockTime } from '../text/time';
import { verdictText } from '../text/verdict';
import { asRoot, connect } from './connected';
import type { Work } from './onHost';
import { onHost } from './onHost';

/** Verifies hosts one after the other. The report of a single one is opened; of several they are kept for *Show Report*. */
export async function verifyFlow(ui: Ui, hostIds: readonly string[]): Promise<void> {
  for (const hostId of hostIds) await verifyOne(ui, hostId, hostIds.length === 1);
}

/** Verifies one host; `open`: its report is shown, otherwise only kept. */
export async function verifyOne(ui: Ui, hostId: string, open: boolean): Promise<void> {
  const view = ui.store.view(hostId);
  if (view === undefined) return;
  const { host } = view;
  const cidrs = settings.cidrs();
  const verification = await onHost(ui, view, { goal: 'verify', title: l10n.t('Verifying {0}', host.name), cancellable: true }, (work) =>
    read(ui, view, cidrs, work),
  );
  if (verification === undefined) return;
  ui.store.record(hostId, verification.after, { likely: verification.likely.holds });
  const report: Report = { host, verification, cidrs, ...driftedNow(ui, hostId) };
  if (open) await ui.reports.show(hostId, host.name, report, reportDocument(report));
  else {
    ui.reports.put(hostId, host.name, report, reportDocument(report));
    say(host.name, verification);
  }
  if (verification.canLoad) void offerLoad(host.name, hostId);
}

/** For a report: what the verification's own probe has shown to have moved away. */
export function driftedNow(ui: Ui, hostId: string): Pick<Report, 'drifted'> {
  const state = ui.store.view(hostId)?.state;
  return state?.kind === 'drifted' ? { drifted: state } : {};
}

async function read(ui: Ui, view: HostView, cidrs: readonly string[], work: Work): Promise<Verification> {
  work.step(l10n.t('Connecting'));
  const session = await connect(ui, view, work.signal);
  // Counters and logs may be readable by root only; a user without sudo still gets what he can read.
  const { sudo } = await probeHost(session, { as: 'user', clock: ui.clock, signal: work.signal });
  return verifyHost(session, {
    as: sudo === 'absent' ? 'user' : asRoot(ui, { sudo }),
    cidrs,
    ...(view.host.logs.length === 0 ? {} : { logs: view.host.logs }),
    memory: view.memory,
    clock: ui.clock,
    signal: work.signal,
    onProgress: (phase) => work.step(phaseText(phase)),
  });
}

function phaseText(phase: VerifyPhase): string {
  switch (phase) {
    case 'before':
      return l10n.t('First reading');
    case 'watching':
      return l10n.t('Watching the counters and peers');
    case 'log':
      return l10n.t('Reading the access log');
    case 'after':
      return l10n.t('Second reading');
  }
}

/** The tree shows the state, the report is a command away: a message that stays would outlive what it says. */
function say(name: string, { verdict, after }: Verification): void {
  void window.setStatusBarMessage(`${name}: ${verdictText(verdict)} (${clockTime(after.takenAt)})`, 20_000);
}

async function offerLoad(name: string, hostId: string): Promise<void> {
  const load = l10n.t('Load Module');
  const chosen = await window.showWarningMessage(l10n.t('The TOA kernel runs on {0}, but its module is not loaded.', name), load);
  if (chosen === load) await commands.executeCommand('toa.loadModule', { kind: 'host', hostId });
}
