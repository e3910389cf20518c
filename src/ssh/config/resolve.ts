import { join } from 'node:path';
import { HostError } from '../../core/problem';
import type { SshOptions } from '../options';
import { askSsh } from './askSsh';
import { readFallback } from './fallback';
import { configFingerprint } from './files';
import { toHop } from './toHop';
import { homeDirectory, type Destination, type Resolver, type Settings } from './types';

/**
 * Asks the ssh client itself (`ssh -G`) where there is one, so that `Match`, canonical names and all defaults are ssh's own;
 * else reads the configuration in a small way that refuses what it does not understand. Answers are kept until a file changes.
 */
export function createResolver(options: SshOptions): Resolver {
  const answers = new Map<string, { readonly fingerprint: string; readonly settings: Settings }>();
  let hasSsh: boolean | undefined;

  return async (asked, host, signal) => {
    const { configFile } = options.settings();
    const destination = usable(asked, host);
    const main = configFile ?? join(homeDirectory(), '.ssh', 'config');
    const files = configFile === undefined ? [main, SYSTEM_CONFIG] : [main];
    const key = JSON.stringify([destination, configFile]);
    const fingerprint = await configFingerprint(files, homeDirectory());
    let settings = answers.get(key)?.fingerprint === fingerprint ? answers.get(key)?.settings : undefined;
    if (!settings) {
      const answer = hasSsh === false ? undefined : await askSsh(destination, { host, signal, configFile, options });
      hasSsh = answer !== undefined;
      settings = answer ?? (await readFallback(destination, files, host));
      answers.set(key, { fingerprint, settings });
    }
    const hop = await toHop(destination, settings, { host, env: options.env, home: homeDirectory() });
    // People know it by the name they gave it, whatever ssh was asked for.
    return { ...hop, name: asked.name };
  };
}

const SYSTEM_CONFIG = '/etc/ssh/ssh_config';

/**
 * What may stand as an argument of ssh: nothing that could be an option, and no character that ssh or a shell in a
 * `ProxyCommand` or `Match exec` gives a meaning. A host of the settings with a name for people goes by its address.
 */
function usable(destination: Destination, host: string): Destination {
  const { name, address, user } = destination;
  const chosen = SAFE.test(name) ? name : address;
  for (const value of [chosen, address, user]) {
    if (value !== undefined && !SAFE.test(value)) throw new HostError({ code: 'configInvalid', what: value }, host);
  }
  if (chosen === undefined) throw new HostError({ code: 'configInvalid', what: name }, host);
  return { ...destination, name: chosen };
}

const SAFE = /^[A-Za-z0-9._@:%+][A-Za-z0-9._@:%+-]*$/;
