import { l10n, ProgressLocation, window } from 'vscode';
import type { Ui } from '../context';
import type { HostView } from '../../engine/hostStore';
import { showProblem } from '../showProblem';

/** What a flow gets while it works on a host. */
export interface Work {
  readonly signal: AbortSignal;
  /** The editor goes away; fires before `signal`. */
  readonly closing: AbortSignal;
  /** Shows a phase in the progress and in the tree. `n` of `of`: a step of a run. */
  step(text: string, n?: number, of?: number): void;
  /** As `step`, for what changes many times a second: shown five times a second at most. */
  progress(text: string, n?: number, of?: number): void;
}

export interface OnHost {
  readonly goal: string;
  /** Title of the progress, naming the host. */
  readonly title: string;
  readonly cancellable: boolean;
  /** What *Retry* does; undefined: the same again. */
  readonly retry?: () => unknown;
  /** Takes a failure that has an answer of its own; false: it is shown as a problem. */
  readonly onError?: (error: unknown) => Promise<boolean>;
}

/**
 * Runs one piece of work on a host: one at a time there, with progress and the tree's busy look, failures shown with
 * their remedies, and a probe at the end where something may have changed. Resolves undefined if it did not come through.
 */
export async function onHost<T>(ui: Ui, view: HostView, options: OnHost, work: (work: Work) => Promise<T>): Promise<T | undefined> {
  const { id, name } = view.host;
  const run = ui.runs.begin(id, { cancellable: options.cancellable });
  if (run === undefined) {
    void window.showInformationMessage(l10n.t('Something is running on {0} already. Wait for it to end, or cancel it.', name));
    return undefined;
  }
  const { signal } = run.controller;
  ui.store.setBusy(id, { goal: options.goal });
  try {
    return await window.withProgress(
      { location: ProgressLocation.Notification, title: options.title, cancellable: options.cancellable },
      async (progress, token) => {
        token.onCancellationRequested(() => run.controller.abort());
        let shownAt = 0;
        const step: Work['step'] = (text, n, of) => {
          progress.report({ message: n === undefined || of === undefined ? text : `${n}/${of} ${text}` });
          ui.store.setBusy(id, { goal: options.goal, step: text, ...(n === undefined || of === undefined ? {} : { n, of }) });
        };
        const often: Work['progress'] = (text, n, of) => {
          if (ui.clock.now() - shownAt < 200) return;
          shownAt = ui.clock.now();
          step(text, n, of);
        };
        return work({ signal, closing: run.closing, step, progress: often });
      },
    );
  } catch (error) {
    if (!(await options.onError?.(error))) {
      const retry = options.retry ?? (() => onHost(ui, view, options, work));
      showProblem(ui, error, { hostId: id, host: name, retry });
    }
    return undefined;
  } finally {
    run.done();
    ui.store.setBusy(id, undefined);
  }
}
