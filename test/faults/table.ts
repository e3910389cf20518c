import { mkdirSync, writeFileSync } from 'node:fs';
import type { Stopwatch } from '../vm/bench';

/** A row of what was broken and what became of it. */
export interface Row {
  readonly fault: string;
  /** When or how it was injected. */
  readonly injected: string;
  /** What the host ended on, and what a probe says of it. */
  readonly recovered: string;
  /** Until it answered ssh on the kernel that it stayed on; absent where it never went down, or never came back. */
  readonly seconds?: number;
}

/** Collects the rows of a file's tests; each one is on disk at once, in artefacts/faults-NAME.md. */
export function table(name: string): (row: Row) => void {
  const lines = ['| Fault | Injected | Recovered | Seconds |', '| --- | --- | --- | --- |'];
  return ({ fault, injected, recovered, seconds }) => {
    const line = `| ${fault} | ${injected} | ${recovered} | ${seconds ?? '–'} |`;
    lines.push(line);
    mkdirSync('artefacts', { recursive: true });
    writeFileSync(`artefacts/faults-${name}.md`, `${lines.join('\n')}\n`);
    console.log(line);
  };
}

/** Whole seconds from the way down to the answer. */
export const secondsOf = ({ down, answered }: Stopwatch): { readonly seconds?: number } =>
  down === undefined || answered === undefined ? {} : { seconds: Math.round((answered - down) / 1000) };
