import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { HostError, problemOf, type Problem } from '../../../../src/core/problem';
import { systemClock } from '../../../../src/engine/clock';
import { askSsh } from '../../../../src/ssh/config/askSsh';
import { readFallback } from '../../../../src/ssh/config/fallback';
import { createResolver } from '../../../../src/ssh/config/resolve';
import { homeDirectory, type Destination, type Resolver, type Settings } from '../../../../src/ssh/config/types';
import { toHop } from '../../../../src/ssh/config/toHop';
import type { Hop } from '../../../../src/ssh/hop';
import type { SshOptions } from '../../../../src/ssh/options';

const root = mkdtempSync(join(tmpdir(), 'toa-config-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** Writes files below a fresh directory; `@/` in them stands for it. The path of `config`. */
export function files(contents: Record<string, string>): string {
  const directory = join(root, String(count++));
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text.replaceAll('@/', `${directory}/`));
  }
  return join(directory, 'config');
}

const ENV = { SSH_AUTH_SOCK: '/run/agent', TOA_TEST: 'set', HOME: process.env['HOME'], SHELL: '/bin/sh' };

export const optionsFor = (config: string | undefined, path: string | undefined): SshOptions => ({
  clock: systemClock,
  transcript: { line: () => undefined },
  settings: () => ({ ...(config === undefined ? {} : { configFile: config }), connectTimeoutSeconds: 10, legacyHosts: [] }),
  env: { ...ENV, PATH: path },
});

export const resolverFor = (config: string, path: string | undefined): Resolver => createResolver(optionsFor(config, path));

/** Paths of keys that need not exist, which `Hop` leaves out. */
const RAW = ['identityfile', 'certificatefile'];

type Resolved = { readonly hop: Hop; readonly raw: readonly (readonly string[] | undefined)[] } | { readonly refused: Problem };

async function resolved(ask: Destination, by: () => Promise<Settings | undefined>): Promise<Resolved> {
  try {
    const settings = (await by()) ?? new Map<string, string[]>();
    const hop = await toHop(ask, settings, { host: ask.name, env: ENV, home: homeDirectory() });
    return { hop, raw: RAW.map((keyword) => settings.get(keyword)) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { refused: problemOf(error) };
  }
}

/**
 * The same question to the fallback and to `ssh -G`: where the fallback answers, ssh answers the same, field by field.
 * Tells whether it answered.
 */
export async function askBothWays(config: string, ask: Destination, label = ''): Promise<'equal' | 'refused'> {
  const options = optionsFor(config, process.env['PATH']);
  const signal = new AbortController().signal;
  const byHand = await resolved(ask, () => readFallback(ask, [config], ask.name));
  if ('refused' in byHand) {
    expect(byHand.refused.code).toBe('configInvalid');
    return 'refused';
  }
  const bySsh = await resolved(ask, () => askSsh(ask, { host: ask.name, signal, configFile: config, options }));
  const lists = new Set(['kex', 'hostKey', 'cipher', 'mac', 'publicKey'] as const);
  if ('hop' in bySsh) {
    // ssh prints its defaults; lists that the configuration sets must be the same.
    const set = Object.fromEntries(
      [...lists].filter((kind) => byHand.hop.algorithms[kind]).map((kind) => [kind, bySsh.hop.algorithms[kind]]),
    );
    // Only the client itself uses these, and here there is none.
    const clients = { gssapi: undefined, controlPath: undefined };
    const same = (hop: object): object => ({ ...hop, ...clients });
    expect({ ...bySsh, hop: same({ ...bySsh.hop, algorithms: set }) }, label).toEqual({ ...byHand, hop: same(byHand.hop) });
  } else {
    expect(bySsh, label).toEqual(byHand);
  }
  return 'equal';
}
