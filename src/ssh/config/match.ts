import { userInfo } from 'node:os';
import { matchesList, matchesPatterns } from '../patterns';
import type { ConfigLine } from './text';

/** What conditions look at, as far as the configuration has been read. */
export interface Subject {
  /** As ssh was asked for it. */
  readonly name: string;
  /** What HostName has made of it so far. */
  readonly hostName: string;
  readonly user: string;
}

/** `Host`: patterns, any of which fits, and none that is negated. ssh compares them as they stand. */
export const hostMatches = ({ args }: ConfigLine, { name }: Subject): boolean => matchesPatterns(args, name);

/**
 * `Match` with what can be told from the configuration alone: all, host, originalhost, user, localuser. Undefined: a condition
 * that needs the client itself (exec, final, canonical, …), or a spelling that this reader does not follow.
 */
export function matchMatches({ rest }: ConfigLine, { name, hostName, user }: Subject): boolean | undefined {
  // ssh parts these words in a way of their own (strdelim), where `=` and quotes count.
  if (/["'\\=#]/.test(rest)) return undefined;
  const words = rest.trim().split(/[ \t]+/);
  if (words.length === 1 && words[0]?.toLowerCase() === 'all') return true;
  if (words.length % 2 !== 0) return undefined;
  let result = true;
  for (let i = 0; i < words.length; i += 2) {
    const [word = '', patterns = ''] = words.slice(i, i + 2);
    const negated = word.startsWith('!');
    const value = { host: hostName.toLowerCase(), originalhost: name.toLowerCase(), user, localuser: userInfo().username }[
      word.toLowerCase().replace('!', '')
    ];
    if (value === undefined || patterns.split(',').includes('')) return undefined;
    const lower = /host$/i.test(word);
    if (matchesList(lower ? patterns.toLowerCase() : patterns, value) === negated) result = false;
  }
  return result;
}
