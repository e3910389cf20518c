import type { RunRecord } from '../facts';
import { clean, given, linesOf, numberOf, type Sections } from './sections';

/** The run that goes on, and the one that was cut off, as `supervise.sh` has written them down. */
export function parseRuns(sections: Sections, bootId: string): { readonly runInProgress?: RunRecord; readonly interrupted?: RunRecord } {
  const lines = linesOf(sections, 'running', 200);
  const current = recordOf(lines);
  const earlier = recordOf(linesOf(sections, 'interrupted', 200));
  if (current === undefined) return given({ interrupted: earlier });
  return goesOn(lines, bootId) ? given({ runInProgress: current, interrupted: earlier }) : { interrupted: current };
}

/**
 * A run goes on only if the boot is the same and one of its processes is, by pid and start time: anything else was cut off.
 * Where /proc hides the processes of others, the boot must do until root looks.
 */
function goesOn(lines: readonly string[], bootId: string): boolean {
  const [, pid, start, boot] = lines[0]?.split(' ') ?? [];
  if (boot !== bootId) return false;
  if (lines.includes('hidden')) return true;
  const processes = [`${pid} ${start}`, ...valuesOf(lines, 'script')].filter((process) => /^\d+ \d+$/.test(process));
  return processes.some((process) => lines.includes(`now ${process}`));
}

/** First line `run pid start boot since`, then `by`, `goal`, `steps`, and a line `step NAME TIME` for each that was begun. */
function recordOf(lines: readonly string[]): RunRecord | undefined {
  const [id = '', , , , since] = lines[0]?.split(' ') ?? [];
  if (!NAME.test(id)) return undefined;
  const [goal = '', by, steps = ''] = ['goal', 'by', 'steps'].map((name) => valuesOf(lines, name)[0]);
  const step = valuesOf(lines, 'step').at(-1)?.split(' ')[0];
  return {
    id,
    goal: NAME.test(goal) ? goal : '',
    since: (numberOf(since) ?? 0) * 1000,
    steps: steps.split(' ').filter((name) => NAME.test(name)),
    ...given({ by: by === undefined ? undefined : clean(by, 64), step: step !== undefined && NAME.test(step) ? step : undefined }),
  };
}

const NAME = /^[\w.-]{1,64}$/;

const valuesOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
