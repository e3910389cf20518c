import { readdirSync, readFileSync } from 'node:fs';
import { extensionHost } from '../../editor/extensionHost';

/** A process and the share of one processor that it took, in per cent. */
export interface Busy {
  readonly name: string;
  readonly percent: number;
}

export const extensionHostOf = extensionHost;

/** Memory of a process that is its own or its share of what it holds with others, in MB (`Pss` of smaps_rollup). */
export const memoryOf = (pid: number): number => Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup'))?.[1]) / 1000;

/** Chromium's renderers of this browser: the workbench and its webviews. */
export const renderers = (): readonly number[] => all().filter((pid) => /--type=renderer/.test(read(pid, 'cmdline')));

/** Looks at the processors' use from now on. The function that it gives tells it, the five busiest processes first. */
export function busiest(): () => readonly Busy[] {
  const before = new Map(all().map((pid) => [pid, ticks(pid)]));
  const start = performance.now();
  return () => {
    // A tick is 10 ms.
    const seconds = (performance.now() - start) / 1000;
    return all()
      .map((pid) => ({ name: nameOf(pid), percent: Math.round((ticks(pid) - (before.get(pid) ?? 0)) / seconds) }))
      .sort((a, b) => b.percent - a.percent)
      .slice(0, 5);
  };
}

/** utime and stime. */
function ticks(pid: number): number {
  const words = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return Number(words[11] ?? 0) + Number(words[12] ?? 0);
}

function nameOf(pid: number): string {
  const words = read(pid, 'cmdline').split('\0');
  const type = words.find((word) => word.startsWith('--type='))?.slice(7);
  return [words[0]?.split('/').at(-1)?.split(' ')[0], type].filter((word) => word !== undefined).join(' ');
}

const all = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
