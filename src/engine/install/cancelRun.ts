import cancelSource from '../../remote/cancel.sh';
import home from '../../remote/home.sh';
import { quote } from '../../core/shell';
import { runScript, type RunAs } from '../runScript';
import type { Clock, Session } from '../ports';

/** Asks a run to stop before its next step; asked again where the connection was in the way. A package transaction is never cut. */
export async function cancelRun(
  runId: string,
  { connect, as, clock }: { readonly connect: () => Promise<Session>; readonly as: RunAs; readonly clock: Clock },
): Promise<void> {
  const script = [`toa_run=${quote(runId)}`, home, cancelSource].join('\n');
  for (let attempt = 0; attempt < 5; attempt++) {
    const signal = AbortSignal.timeout(60_000);
    const asked = connect().then((session) => runScript(session, script, { as, signal, deadlineSeconds: 30, what: 'cancel' }));
    if ((await asked.catch(() => undefined))?.code === 0) return;
    await clock.sleep(3000);
  }
}
