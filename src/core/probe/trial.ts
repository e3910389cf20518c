import { returnReason, trialState, type TrialFacts } from '../trial';
import { given, linesOf, numberOf, type Sections } from './sections';

/** The trial that stands on the host; undefined where there is none, or what stands there is not one of ours. */
export function parseTrial(sections: Sections, bootId: string): TrialFacts | undefined {
  const values = new Map(
    linesOf(sections, 'trial').map((line) => {
      const [name = '', ...words] = line.split(' ');
      return [name, words] as const;
    }),
  );
  const word = (name: string): string => values.get(name)?.[0] ?? '';
  const [stateWord, reasonWord] = values.get('state') ?? [];
  const state = trialState(stateWord);
  const [beatBoot, , deadline] = values.get('heartbeat') ?? [];
  if (state === undefined || ![word('run'), word('release'), word('original')].every((text) => /^[\w.+-]{1,100}$/.test(text)))
    return undefined;
  return {
    run: word('run'),
    release: word('release'),
    original: word('original'),
    state,
    ...given({
      reason: returnReason(reasonWord),
      returnsAtUptime: state === 'armed' && beatBoot === bootId ? numberOf(deadline) : undefined,
    }),
  };
}
