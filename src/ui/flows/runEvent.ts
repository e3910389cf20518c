import { l10n } from 'vscode';
import type { RunEvent, StepId } from '../../core/plan';
import type { Ui } from '../context';
import { size } from '../text/amount';
import { span } from '../text/time';
import type { Work } from './onHost';

/** What is shown of a step: its words, and its commands where the plan is at hand. */
export interface ShownStep {
  readonly text: string;
  readonly commands?: string;
}

/** Shows what a run reports, in the progress, the tree and the transcript. `uploads`: the upload counts as the first of so many steps. */
export function showRunEvent(
  ui: Pick<Ui, 'transcript'>,
  host: string,
  shown: (step: StepId) => ShownStep,
  event: RunEvent,
  work: Pick<Work, 'step' | 'progress'>,
  uploads?: { readonly of: number },
): void {
  const before = uploads === undefined ? 0 : 1;
  switch (event.kind) {
    case 'step': {
      const { text, commands } = shown(event.step);
      work.step(text, event.n + before, event.of + before);
      ui.transcript.line(host, `step ${event.n + before} of ${event.of + before}: ${text}`);
      for (const line of commands?.split('\n') ?? []) ui.transcript.line(host, `+ ${line}`);
      return;
    }
    case 'stepDone':
      ui.transcript.line(host, `exit ${event.exit}`);
      return;
    case 'output':
      ui.transcript.line(host, event.text);
      return;
    case 'upload':
      work.progress(uploading(event), 1, uploads?.of ?? 1);
      return;
  }
}

function uploading({ file, done, total, rate }: Extract<RunEvent, { kind: 'upload' }>): string {
  const far = l10n.t('Uploading {0}, {1} of {2}', file, size(done), size(total));
  if (rate === undefined) return far;
  const left = (total - done) / rate;
  return Number.isFinite(left) ? l10n.t('{0}, {1}/s, {2} left', far, size(rate), span(left)) : l10n.t('{0}, waiting for the network', far);
}
