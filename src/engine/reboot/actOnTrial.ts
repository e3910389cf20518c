import defaults from '../../remote/default.sh';
import home from '../../remote/home.sh';
import once from '../../remote/once.sh';
import trial from '../../remote/trial.sh';
import actSource from '../../remote/trial-act.sh';
import words from '../../remote/words.sh';
import { HostError, type Problem } from '../../core/problem';
import { quote } from '../../core/shell';
import { HOLD_SECONDS, type TrialFacts } from '../../core/trial';
import { nonce } from '../nonce';
import { runScript, type RunAs } from '../runScript';
import type { Session } from '../ports';

/**
 * What can be decided about a trial. `keep`: the host is reachable, so it stays up. `confirm`: the TOA kernel becomes the lasting
 * default, which needs its module loaded. `return`: back to the original kernel now. `hold`: no return for half an hour.
 */
export type TrialAct = 'keep' | 'confirm' | 'return' | 'hold';

/**
 * Decides about the trial that a probe saw; each act may be repeated. Rejects with HostError `trialOver` (it ended meanwhile, or is
 * another one), `notLoadedYet`, `hostBusy`, `stepFailed`, sudo and connection problems.
 */
export async function actOnTrial(
  session: Session,
  { run, release }: Pick<TrialFacts, 'run' | 'release'>,
  act: TrialAct,
  options: { readonly as: RunAs; readonly signal: AbortSignal },
): Promise<void> {
  const mark = nonce();
  const variables = { toa_mark: mark, toa_who: session.user, toa_act: act, toa_trial: run, toa_seconds: String(HOLD_SECONDS) };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  const script = [...assignments, home, words, defaults, once, trial, actSource].join('\n');
  const result = await runScript(session, script, { ...options, deadlineSeconds: 120, whileHeard: true, what: act });
  if (result.code !== 0)
    throw new HostError(whyNot(`${result.stdout}\n${result.stderr}`, mark, result.code, act, release), session.host.name);
}

function whyNot(output: string, mark: string, exit: number, act: TrialAct, release: string): Problem {
  const said = output
    .split('\n')
    .find((line) => line.startsWith(`==${mark} `) && line !== `==${mark} working`)
    ?.slice(mark.length + 3)
    .trim();
  const [word, ...rest] = (said ?? '').split(' ');
  switch (word) {
    case 'busy':
      return { code: 'hostBusy', run: rest.join(' ') };
    case 'gone':
      return { code: 'trialOver', state: '' };
    case 'state':
      return { code: 'trialOver', state: rest.join(' ') };
    case 'notLoaded':
      return { code: 'notLoadedYet', release };
    default:
      return { code: 'stepFailed', step: act, exit, message: output.trim().slice(-600), left: 'unchanged' };
  }
}
