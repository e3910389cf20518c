import { parseOwnFormats } from '../core/log/ownFormats';
import { quote } from '../core/shell';
import formats from '../remote/formats.sh';
import type { OwnFormat } from '../shared/logEntry';
import type { Session } from './ports';
import { runScript, type RunAs } from './runScript';

/**
 * In which formats the host's web servers write the log at `path`, by their own configuration; empty where it says nothing or
 * could not be read: lines are then read as they look. Rejects only when the signal fires.
 */
export async function readFormats(
  session: Session,
  path: string,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<readonly OwnFormat[]> {
  try {
    const script = `toa_log=${quote(path)}\n${formats}`;
    const result = await runScript(session, script, { ...options, deadlineSeconds: 30, what: 'formats' });
    return parseOwnFormats(result.stdout, path);
  } catch {
    options.signal.throwIfAborted();
    return [];
  }
}
