import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { HostError } from '../../core/problem';
import type { SshOptions } from '../options';
import { askDefaults, askSsh, type Answer } from './askSsh';
import { readFallback } from './fallback';
import { configFingerprint } from './files';
import { nameIsSafe } from './name';
import { toHop } from './toHop';
import { homeDirectory, SYSTEM_CONFIG, type Destination, type Resolver, type Settings } from './types';
import { ALGORITHM_OPTIONS } from './values';

/**
 * Asks the ssh client itself (`ssh -G`) where there is one, so that `Match`, canonical names and all defaults are ssh's own;
 * else reads the configuration in a small way that refuses what it does not understand. Answers are kept until a file changes,
 * and shared by all who ask meanwhile.
 */
export function createResolver(options: SshOptions): Resolver {
  const answers = new Map<string, { readonly fingerprint: string; readonly settings: Promise<Settings> }>();
  let defaults: Promise<Answer> | undefined;

  const ask = async (destination: Destination, host: string, files: readonly string[], configFile?: string): Promise<Settings> => {
    // Whoever gives up leaves the answer to the others; the question has a deadline of its own.
    const answer = await askSsh(destination, { host, signal: new AbortController().signal, configFile, options });
    if (!answer) return await readFallback(destination, files, host);
    defaults ??= askDefaults(options);
    return beside(await defaults, answer);
  };

  return async (asked, host, signal) => {
    const { configFile } = options.settings();
    const destination = usable(asked, host);
    const main = configFile ?? join(homeDirectory(), '.ssh', 'config');
    const files = configFile === undefined ? [main, SYSTEM_CONFIG] : [main];
    const key = JSON.stringify([destination, configFile]);
    const fingerprint = await configFingerprint(files, homeDirectory());
    let answer = answers.get(key);
    if (answer?.fingerprint !== fingerprint) {
      answer = { fingerprint, settings: ask(destination, host, files, configFile) };
      const kept = answer;
      answers.set(key, kept);
      // A failure is not kept: what made it fail may be outside of the files.
      kept.settings.catch(() => {
        if (answers.get(key) === kept) answers.delete(key);
      });
    }
    const settings = await unlessAborted(answer.settings, host, signal);
    const hop = await toHop(destination, settings, { host, env: options.env, home: homeDirectory() });
    // People know it by the name they gave it, whatever ssh was asked for.
    return { ...hop, name: asked.name };
  };
}

/**
 * What ssh may be asked for. A host of the settings with a name for people goes by its address; in `user@host` the user gives way
 * to one that is set.
 */
function usable(destination: Destination, host: string): Destination {
  const { name, address, user } = destination;
  const chosen = nameIsSafe(name) ? name : address;
  for (const value of [chosen, address, user]) {
    if (value !== undefined && !nameIsSafe(value)) throw new HostError({ code: 'configInvalid', what: value }, host);
  }
  if (chosen === undefined) throw new HostError({ code: 'configInvalid', what: name }, host);
  const at = chosen.lastIndexOf('@');
  if (at < 0) return { ...destination, name: chosen };
  const [inName, bare] = [chosen.slice(0, at), chosen.slice(at + 1)];
  if (inName === '' || !nameIsSafe(bare)) throw new HostError({ code: 'configInvalid', what: chosen }, host);
  return { ...destination, name: bare, user: user ?? inName };
}

/** An answer, kept as what it has besides the client's defaults: there may be one for each of hundreds of hosts. */
function beside(defaults: Answer, answer: Answer): Settings {
  const set = [...answer].filter(([keyword, values]) => !isDeepStrictEqual(values, defaults.get(keyword)));
  const unset = [...defaults.keys()].filter((keyword) => !answer.has(keyword)).map((keyword): [string, string[]] => [keyword, []]);
  // A copy, because pieces of a text keep the whole of it in memory.
  return onTop(structuredClone(new Map([...set, ...unset])), defaults);
}

/** Lists of algorithms that are the client's own are no choice of the person's, and left out. */
const onTop = (own: Answer, defaults: Answer): Settings => ({
  get: (keyword) => own.get(keyword) ?? (LISTS.has(keyword) ? undefined : defaults.get(keyword)),
});

const LISTS: ReadonlySet<string> = new Set(Object.values(ALGORITHM_OPTIONS));

/** The answer, or HostError cancelled as soon as the signal fires. */
async function unlessAborted<T>(answer: Promise<T>, host: string, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new HostError({ code: 'cancelled' }, host));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
