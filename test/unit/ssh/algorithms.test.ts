import { expect, test } from 'vitest';
import { offer } from '../../../src/ssh/algorithms';

test('group exchange comes last, also where ssh_config has it before others', () => {
  const kex = ['diffie-hellman-group-exchange-sha256', 'curve25519-sha256', 'diffie-hellman-group14-sha1'];
  expect(offer([], { kex }, false).kex).toEqual([
    'curve25519-sha256',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha256',
  ]);
});
