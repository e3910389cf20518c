import { l10n } from 'vscode';
import type { RunRecord } from '../../core/facts';
import { isToaRelease } from '../../core/vendor';
import type { HostView } from '../../engine/hostStore';
import { kernelName } from './amount';
import { plain } from './hostile';
import { runStepText } from './runStep';
import { dateTime } from './time';

/** Who is at it, since when, how far; by the editor's clock. */
export function runningMeaning(run: RunRecord, view: HostView): string {
  const words = { by: whoText(run), since: sinceText(run, view), step: runStepText(run.step) };
  const n = run.step === undefined ? 0 : run.steps.indexOf(run.step) + 1;
  const where =
    n === 0
      ? l10n.t('{by} changes this host since {since}: {step}.', words)
      : l10n.t('{by} changes this host since {since}, step {n} of {of}: {step}.', { ...words, n, of: run.steps.length });
  return `${where} ${l10n.t('It goes on if the editor is closed.')}`;
}

/** What was under way when it was cut off, and what rpm says now. */
export function interruptedMeaning(run: RunRecord, view: HostView): string {
  const words = { by: whoText(run), since: sinceText(run, view), step: runStepText(run.step) };
  const said = [l10n.t('A change that {by} began at {since} was cut off: {step}.', words)];
  const { facts } = view;
  if (facts !== undefined) {
    const release = facts.kernel.installed.findLast((one) => isToaRelease(one.release))?.release;
    if (!facts.kernel.packagesRead) said.push(l10n.t('rpm does not answer now.'));
    else if (release === undefined) said.push(l10n.t('rpm knows no TOA kernel now.'));
    else said.push(l10n.t('rpm says now that {0} is installed.', kernelName(plain(release))));
  }
  return [...said, l10n.t('“Repair…” finishes it, “Undo Install…” takes it back.')].join(' ');
}

/** What is left of an install that was taken back. */
export const undoneMeaning = (running: string, release: string): string =>
  isToaRelease(running)
    ? l10n.t(
        'The install was taken back: the original kernel is the default, and toa.modules is gone. {0} runs until the next boot.',
        kernelName(plain(running)),
      )
    : l10n.t(
        'The install was taken back: the original kernel is the default, and toa.modules is gone. {0} stays installed beside it.',
        kernelName(plain(release)),
      );

const whoText = ({ by }: RunRecord): string => (by === undefined || by === '' ? l10n.t('Somebody') : plain(by, 60));

const sinceText = ({ since }: RunRecord, { facts }: HostView): string =>
  dateTime(since + (facts === undefined ? 0 : facts.takenAt - facts.hostTime));
