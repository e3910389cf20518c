import { parseCidrs, type Ranges } from '../shared/address';

/** What a host's own firewall rules say about who may open a connection to a port. */
export interface Exposure {
  readonly port: number;
  /**
   * `open`: an address outside of every range that the rules name is let in. `limited`: only `sources` are. `unknown`: the
   * rules hold what cannot be judged for certain.
   */
  readonly admits: 'open' | 'limited' | 'unknown';
  /** Sources that are let in beside, as the rules name them; of the back-to-origin ranges or not. */
  readonly sources: readonly string[];
  /** Those of them that are not inside the back-to-origin ranges and not private. */
  readonly foreign: readonly string[];
}

/** A rule of iptables-save: its words, quotes taken off. */
interface Rule {
  readonly words: readonly string[];
}

interface Table {
  readonly policy: string;
  readonly chains: ReadonlyMap<string, readonly Rule[]>;
}

type Fate = 'accept' | 'drop' | 'fall' | 'unknown';
/** `source`: only from there; `except`: from everywhere but there. */
type Matches = 'yes' | 'no' | 'unknown' | { readonly source: string } | { readonly except: string };

/** Chains may call one another many times over: beyond this many looks nothing is known. */
const MOST_LOOKS = 20_000;

/**
 * Judges ports by the output of `firewall.sh`; undefined: it came from no root, or did not come to its end. Rules that
 * are not understood make the answer `unknown`, never `limited`. What a cloud's security group admits is not seen here.
 */
export function exposureOf(output: string, ports: readonly number[], ranges: Ranges): readonly Exposure[] | undefined {
  const lines = output.split('\n');
  if (!lines.includes('end') || !lines.includes('root')) return undefined;
  // Rules of nftables' own beside those of iptables could refuse what these let in.
  const foreignRules = lines.includes('nft input');
  const table = filterTable(lines);
  return [...new Set(ports)].map((port) => {
    if (foreignRules || lines.includes('iptables unread')) return { port, admits: 'unknown', sources: [], foreign: [] };
    const sources = new Set<string>();
    const fate = table === undefined ? 'accept' : fateOf(table, 'INPUT', port, sources, { left: MOST_LOOKS }, 0);
    const whole = fate === 'fall' ? (table?.policy === 'ACCEPT' ? 'accept' : 'drop') : fate;
    const named = [...sources].slice(0, 100);
    return {
      port,
      admits: whole === 'accept' ? 'open' : whole === 'drop' ? 'limited' : 'unknown',
      sources: named,
      foreign: named.filter((source) => !isInside(source, ranges)),
    };
  });
}

/** The filter table of iptables-save; undefined: there is none, so that everybody is let in. */
function filterTable(lines: readonly string[]): Table | undefined {
  const start = lines.indexOf('*filter');
  if (start < 0) return undefined;
  const body = lines.slice(start + 1, lines.indexOf('COMMIT', start));
  const chains = new Map<string, Rule[]>();
  let policy = 'ACCEPT';
  for (const line of body) {
    const [, chain = '', words = ''] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== '') chains.set(chain, []);
    if (chain === 'INPUT') policy = words;
    const [, to = '', rest = ''] = /^-A (\S+)(.*)$/.exec(line) ?? [];
    chains.get(to)?.push({ words: (rest.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, '')) });
  }
  return { policy, chains };
}

/** What becomes of a new TCP connection to `port` from an address that no rule names. */
function fateOf(table: Table, chain: string, port: number, sources: Set<string>, budget: { left: number }, depth: number): Fate {
  /** It may have left this chain by a rule that cannot be judged. */
  let left = false;
  for (const { words } of table.chains.get(chain) ?? []) {
    if (budget.left-- <= 0 || depth > 16) return 'unknown';
    const matches = matchOf(words, port);
    if (matches === 'no') continue;
    const named = typeof matches === 'object' && 'source' in matches;
    const then = targetFate(table, words, port, named ? new Set() : sources, budget, depth);
    if (named) {
      // Only this source goes on from here; whoever is not named meets the next rule.
      if (then.fate === 'accept' || then.fate === 'unknown') sources.add(matches.source);
      continue;
    }
    if (typeof matches === 'object' && then.fate === 'drop') sources.add(matches.except);
    if (then.fate === 'fall') {
      if (then.leaves && matches !== 'unknown') return 'fall';
      left ||= then.leaves;
      continue;
    }
    if (left) return 'unknown';
    // A match that cannot be judged decides nothing only if the rest of the chain comes to the same.
    return matches === 'unknown' ? agree(then.fate, rest(table, chain, words, port, sources, budget, depth)) : then.fate;
  }
  return 'fall';
}

const agree = (one: Fate, other: Fate): Fate => (one === other ? one : 'unknown');

/** The fate in what follows a rule in its chain. */
function rest(
  table: Table,
  chain: string,
  words: readonly string[],
  port: number,
  sources: Set<string>,
  budget: { left: number },
  depth: number,
): Fate {
  const rules = table.chains.get(chain) ?? [];
  const after = rules.slice(rules.findIndex((rule) => rule.words === words) + 1);
  return fateOf({ ...table, chains: new Map([...table.chains, ['\0rest', after]]) }, '\0rest', port, sources, budget, depth + 1);
}

/** `leaves`: the packet leaves this chain with it (RETURN, or goto of a chain that ended). */
function targetFate(
  table: Table,
  words: readonly string[],
  port: number,
  sources: Set<string>,
  budget: { left: number },
  depth: number,
): { readonly fate: Fate; readonly leaves: boolean } {
  const at = words.findIndex((word) => word === '-j' || word === '-g');
  const target = at < 0 ? '' : (words[at + 1] ?? '');
  switch (target) {
    case 'ACCEPT':
      return { fate: 'accept', leaves: false };
    case 'DROP':
    case 'REJECT':
    case 'TARPIT':
      return { fate: 'drop', leaves: false };
    case 'RETURN':
      return { fate: 'fall', leaves: true };
    case '':
    case 'LOG':
    case 'NFLOG':
    case 'ULOG':
    case 'MARK':
    case 'CONNMARK':
    case 'AUDIT':
      return { fate: 'fall', leaves: false };
    default:
      if (!table.chains.has(target)) return { fate: 'unknown', leaves: false };
      return { fate: fateOf(table, target, port, sources, budget, depth + 1), leaves: words[at] === '-g' };
  }
}

/** Whether a rule matches a new connection over the network from an address that it does not name. */
function matchOf(words: readonly string[], port: number): Matches {
  let source: string | undefined;
  let except: string | undefined;
  let unsure = false;
  for (let i = 0; i < words.length; i++) {
    const not = words[i] === '!';
    if (not) i++;
    const [word = '', value = ''] = [words[i], words[i + 1]];
    switch (word) {
      case '-j':
      case '-g':
        i = words.length;
        continue;
      case '-m':
        if (!KNOWN_MATCHES.has(value)) unsure = true;
        break;
      case '--comment':
        break;
      case '-p':
        if (not || !['tcp', 'all', '6'].includes(value)) return not ? 'unknown' : 'no';
        break;
      case '-s':
        if (not) except = value;
        else if (value !== '0.0.0.0/0') source = value;
        break;
      case '-i':
        if (value === 'lo' && !not) return 'no';
        if (value !== 'lo') unsure = true;
        break;
      case '--dport':
      case '--dports':
        if (hasPort(value, port) === not) return 'no';
        break;
      case '--state':
      case '--ctstate':
        if (value.split(',').includes('NEW') === not) return 'no';
        break;
      case '--tcp-flags':
        if (not || words[i + 2] !== 'SYN') unsure = true;
        i++;
        break;
      default:
        unsure = true;
        continue;
    }
    i++;
  }
  if (source !== undefined) return { source };
  if (unsure) return 'unknown';
  return except === undefined ? 'yes' : { except };
}

const KNOWN_MATCHES = new Set(['tcp', 'state', 'conntrack', 'comment', 'multiport']);

const hasPort = (list: string, port: number): boolean =>
  list.split(',').some((item) => {
    const [from = '', to = from] = item.split(':');
    return port >= Number(from) && port <= Number(to);
  });

/** Private networks reach an origin from inside; anything else should be a back-to-origin range. */
function isInside(source: string, ranges: Ranges): boolean {
  const [first, last] = parseCidrs([source]).ranges.v4[0] ?? [];
  if (first === undefined || last === undefined) return false;
  const within = ([from, to]: readonly [number, number]): boolean => first >= from && last <= to;
  return ranges.v4.some(within) || PRIVATE.some(within);
}

const PRIVATE = parseCidrs(['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']).ranges.v4;
