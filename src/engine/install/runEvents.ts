import type { JournalEvent } from '../../core/install/journal';
import type { RunEvent, StepId } from '../../core/plan';

/** What a run's end is explained from. */
export interface Ended {
  readonly step: StepId;
  /** The last step that was done. */
  readonly finished?: StepId | undefined;
  readonly marks: readonly string[];
  readonly output: string;
}

/** Turns the journal into events for people, and keeps what a failure is explained from. `steps`: the run's, in order. */
export function runEvents(
  steps: readonly string[],
  onEvent: (event: RunEvent) => void,
): { readonly take: (event: JournalEvent) => void; readonly ended: () => Ended } {
  let step: StepId = 'checkFacts';
  let finished: StepId | undefined;
  let marks: string[] = [];
  let output = '';
  let done = false;
  const take = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'start':
        step = event.step;
        done = false;
        marks = [];
        output = '';
        onEvent({ kind: 'step', step, n: steps.indexOf(step) + 1, of: steps.length });
        return;
      case 'end':
        done = true;
        if (event.exit === 0) finished = event.step;
        onEvent({ kind: 'stepDone', step: event.step, exit: event.exit });
        return;
      case 'mark':
        marks.push(event.text);
        return;
      case 'output':
        // What is tidied up after a failed step explains nothing.
        if (!done) output = `${output}${event.text}\n`.slice(-16_384);
        onEvent({ kind: 'output', text: event.text });
        return;
      case 'adopt':
      case 'refused':
      case 'noRoom':
      case 'absent':
      case 'lost':
      case 'result':
        return;
    }
  };
  return { take, ended: () => ({ step, finished, marks, output }) };
}
