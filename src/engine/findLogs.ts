import type { LogCandidate, SudoState } from '../core/facts';
import { namedLogFault, parseLogs } from '../core/probe/logs';
import { splitSections, type Sections } from '../core/probe/sections';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import probeLogs from '../remote/probe-logs.sh';
import { nonce } from './nonce';
import type { Session } from './ports';
import { runScript, type RunAs } from './runScript';

/**
 * Looks for a log that a person named, by its absolute path, by a pattern of the shell's or as a unit's in the journal, as the connection's user, and where
 * sudo asks for nothing as root too. Resolves to what it is, and after a pattern to the logs that it matches, newest first.
 * Rejects with HostError: `logUnreadable` where it is not there, is no file, or only root could tell and sudo is absent.
 */
export async function findLogs(
  session: Session,
  path: string,
  { sudo, signal }: { readonly sudo: SudoState | undefined; readonly signal: AbortSignal },
): Promise<readonly LogCandidate[]> {
  const user = await look(session, path, 'logs', 'user', signal);
  const root = sudo === 'nopasswd' ? await look(session, path, 'root.logs', { sudo }, signal) : undefined;
  const sections = root === undefined ? user : new Map([...user, ...root, ['root.end', '']]);
  const logs = parseLogs(sections);
  const reason =
    namedLogFault(sections) ?? (sudo === 'absent' && logs.every(({ readable }) => readable !== 'yes') ? 'permission' : undefined);
  if (reason !== undefined) throw new HostError({ code: 'logUnreadable', path, reason }, session.host.name);
  return logs;
}

async function look(session: Session, path: string, section: string, as: RunAs, signal: AbortSignal): Promise<Sections> {
  const word = nonce();
  const script = `NONCE=${quote(word)}\nEXTRA_LOGS=${quote(path)}\n${probeLogs}\nsection ${section}\nconfigured_logs | head -c 65536\nsection end`;
  const { stdout } = await runScript(session, script, { as, signal, deadlineSeconds: 30, what: 'findLogs' });
  const sections = splitSections(stdout, word);
  if (sections === undefined) throw new HostError({ code: 'connectionLost', reason: 'answer cut' }, session.host.name);
  return sections;
}
