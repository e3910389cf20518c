import type { EraTool } from '../../lab/era';

/** What an old tool would refuse of these arguments, or undefined. Values that only the running script knows are not judged. */
export function refusal(tool: EraTool, args: readonly string[]): string | undefined {
  const bad = args.find((arg) => (tool.refuse ?? []).some((text) => arg.includes(text)));
  if (bad !== undefined) return bad;
  if (tool.operands !== undefined) return args.find((arg) => !operandFits(tool.operands ?? {}, arg));
  if (tool.predicates !== undefined) return args.find((arg) => /^-[a-z]/.test(arg) && !tool.predicates?.includes(arg.slice(1)));
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') return undefined;
    if (!arg.startsWith('-') || arg === '-') {
      if (tool.stops === true) return undefined;
      continue;
    }
    const takesNext = arg.startsWith('--') ? longOption(tool, arg.slice(2)) : shortOptions(tool, arg.slice(1));
    if (takesNext === undefined) return arg;
    if (takesNext) i++;
  }
  return undefined;
}

/** True: the next word is its value; undefined: there is no such option. */
function longOption(tool: EraTool, word: string): boolean | undefined {
  const [name, value] = word.split('=');
  const option = tool.long?.find((one) => one.split('=')[0] === name);
  return option === undefined ? undefined : option.endsWith('=') && value === undefined;
}

function shortOptions(tool: EraTool, letters: string): boolean | undefined {
  if (tool.number === true && /^\d+$/.test(letters)) return false;
  for (let i = 0; i < letters.length; i++) {
    const at = (tool.short ?? '').indexOf(letters[i] ?? '');
    if (at < 0 || letters[i] === ':') return undefined;
    const takes = /^:*/.exec((tool.short ?? '').slice(at + 1))?.[0] ?? '';
    if (takes === '::') return false;
    if (takes === ':') return i === letters.length - 1;
  }
  return false;
}

function operandFits(operands: Readonly<Record<string, readonly string[]>>, arg: string): boolean {
  const [name = '', value = ''] = arg.split('=');
  const known = operands[name];
  return known !== undefined && (known.length === 0 || value.split(',').every((one) => one.includes('\0') || known.includes(one)));
}
