import fc from 'fast-check';
import { expect } from 'vitest';
import { listConfigHosts } from '../../../../src/ssh/config/listHosts';
import { askBothWays, files } from './bothWays';
import { configurations } from './generate';

/** Clients at work at a time. */
const TOGETHER = 8;
/** No file of a few hundred bytes may take longer, even on a machine that has other work. */
const LONGEST_MS = 10_000;

const scraps = fc.constantFrom(
  ...[
    '"',
    "'",
    '\\',
    '#',
    '=',
    ' ',
    '\t',
    '\r',
    '\f',
    '\0',
    '\uFEFF',
    ',',
    '!',
    '*',
    '%',
    '%h',
    '%z',
    '${',
    '${HOME}',
    '~',
    '\n',
    '\n\n',
    '\xff',
    '日本',
  ],
  ...[
    'Host',
    ' Host *\n',
    '\nMatch all\n',
    '\nMatch exec "true"\n',
    '\nMatch final\n',
    '\nInclude @/config\n',
    '\nInclude @/[\n',
    ' none',
    ' -oProxyCommand=x',
  ],
  ...[
    '\nProxyCommand none\n',
    '\nIgnoreUnknown *\n',
    '\nFrobnicate 1\n',
    '\nPort\n',
    '\nPort 22 23\n',
    '\nUser "\n',
    '\nProxyJump none\n',
    '0',
  ],
);
const mutation = fc.record({
  at: fc.nat(),
  cut: fc.constantFrom(0, 0, 1, 2, 7, 40),
  put: fc.oneof(scraps, scraps, fc.string({ maxLength: 3 })),
});
const broken = fc.tuple(configurations, fc.array(mutation, { minLength: 1, maxLength: 2 })).map(([{ contents, ask }, mutations]) => {
  let config = contents['config'] ?? '';
  for (const { at, cut, put } of mutations) {
    const place = at % (config.length + 1);
    config = config.slice(0, place) + put + config.slice(place + cut);
  }
  return { contents: { ...contents, config }, ask };
});

/**
 * Generated configurations that somebody has sat on: whatever the fallback answers, `ssh -G` answers too; it never answers where ssh
 * refuses, and never hangs. The hosts to choose from can always be listed.
 */
export async function fuzzConfig(count: number, seed: number): Promise<{ readonly equal: number; readonly refused: number }> {
  const answers = { equal: 0, refused: 0 };
  const cases = fc.sample(broken, { numRuns: count, seed });
  for (let at = 0; at < cases.length; at += TOGETHER) {
    const said = await Promise.all(
      cases.slice(at, at + TOGETHER).map(async ({ contents, ask }) => {
        const label = JSON.stringify({ contents, ask });
        const path = files(contents);
        const started = performance.now();
        const hosts = await listConfigHosts(path);
        expect(performance.now() - started, label).toBeLessThan(LONGEST_MS);
        for (const { name } of hosts) expect(name, label).toMatch(/^[^*?!]+$/);
        return await askBothWays(path, ask, label);
      }),
    );
    for (const answer of said) answers[answer]++;
  }
  return answers;
}
