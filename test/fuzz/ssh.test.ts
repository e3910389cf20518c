import { expect, test } from 'vitest';
import { fuzzConfig } from '../unit/ssh/config/fuzzConfig';
import { fuzzKnownHosts } from '../unit/ssh/fuzzKnownHosts';

const SEED = 20_260;

test('2,000 known_hosts files: never a weaker decision than ssh-keygen -F', async () => {
  await fuzzKnownHosts(2000, SEED);
});

test('2,000 ssh_config files: what ssh -G says, or refused', async () => {
  const { equal, refused } = await fuzzConfig(2000, SEED);
  expect(Math.min(equal, refused)).toBeGreaterThan(100);
});
