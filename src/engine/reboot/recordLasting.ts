import { quote } from '../../core/shell';
import defaults from '../../remote/default.sh';
import home from '../../remote/home.sh';
import source from '../../remote/lasting.sh';
import words from '../../remote/words.sh';
import { nonce } from '../nonce';
import { runScript, type RunAs } from '../runScript';
import type { Session } from '../ports';

/**
 * Leaves on the host that its TOA kernel is lasting, so that every editor counts drift from there, if it runs, is the default and has its
 * module loaded; a trial leaves that by its confirmation. Rejects with sudo and connection problems.
 */
export async function recordLasting(
  session: Session,
  release: string,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<void> {
  const script = [`toa_mark=${quote(nonce())} toa_release=${quote(release)}`, home, words, defaults, source].join('\n');
  await runScript(session, script, { ...options, deadlineSeconds: 60, what: 'record' });
}
