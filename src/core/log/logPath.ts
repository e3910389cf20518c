import { unitOf } from './journal';
import { isPattern } from './rotation';

/** True of a log that is one file, which can be read from both ends: no pattern, and not in the journal. */
export const isOneFile = (path: string): boolean => !isPattern(path) && unitOf(path) === undefined;

/** The longest path of a log that a person can name, in bytes; hosts print no longer ones. */
const LONGEST_PATH = 900;

/** A unit's name as systemd.unit(5) has it, without patterns. */
const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}$/;

/** Why a text cannot be the path or pattern of a log file, or the name of a unit's log in the journal; undefined: it can. */
export function logPathFault(path: string): 'relative' | 'folder' | 'control' | 'long' | 'unit' | undefined {
  const unit = unitOf(path);
  if (unit !== undefined) return UNIT.test(unit) ? undefined : 'unit';
  if (!path.startsWith('/')) return 'relative';
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return 'control';
  if (path.endsWith('/')) return 'folder';
  return new TextEncoder().encode(path).length > LONGEST_PATH ? 'long' : undefined;
}
