import { readFileSync } from 'node:fs';

/** What one old tool accepts (see test/lab/era/*.json and the lab's README). */
export interface EraTool {
  /** getopt string: `c:` takes a value, `I::` an attached one. */
  readonly short?: string;
  /** `name`, `name=` (takes a value), `name=?` (optional value). */
  readonly long?: readonly string[];
  /** `name=value` words of dd; the values that are known, or any if there are none. */
  readonly operands?: Readonly<Record<string, readonly string[]>>;
  /** find's words after a `-`. */
  readonly predicates?: readonly string[];
  /** Text that no argument may contain (a format directive). */
  readonly refuse?: readonly string[];
  /** `head -5`. */
  readonly number?: boolean;
  /** Options end at the first word that is none: a command follows. */
  readonly stops?: boolean;
  /** Says so and does as without arguments. */
  readonly ignoresOperands?: boolean;
  /** Exit code of a refusal; 1 where missing. */
  readonly exit?: number;
}

export interface EraTable {
  readonly about: string;
  readonly absent: readonly string[];
  readonly tools: Readonly<Record<string, EraTool>>;
}

export type Era = 'el6' | 'el7';

/** The table of an era: what its tools accept, and which tools it does not have. */
export function eraTable(era: Era): EraTable {
  return JSON.parse(readFileSync(new URL(`era/${era}.json`, import.meta.url), 'utf8')) as EraTable;
}

/** The lines that the gate (era/gate.c) reads for one tool. */
export function gateRules(tool: EraTool): string {
  return [
    ...(tool.short === undefined ? [] : [`short ${tool.short}`]),
    ...(tool.long ?? []).map((option) => {
      const [name, value] = option.split('=');
      return `long ${name} ${value === undefined ? '' : value === '?' ? 'optional' : 'required'}`.trimEnd();
    }),
    ...Object.entries(tool.operands ?? {}).map(([name, values]) => `operand ${name} ${values.join(',')}`.trimEnd()),
    ...(tool.predicates ?? []).map((name) => `predicate ${name}`),
    ...(tool.refuse ?? []).map((text) => `refuse ${text}`),
    ...(tool.number ? ['number'] : []),
    ...(tool.stops ? ['stops'] : []),
    ...(tool.ignoresOperands ? ['ignores-operands'] : []),
    ...(tool.exit === undefined ? [] : [`exit ${tool.exit}`]),
    '',
  ].join('\n');
}
