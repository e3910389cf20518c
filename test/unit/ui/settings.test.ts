import { expect, test } from 'vitest';
import { mergeHosts } from '../../../src/ui/hostList';
import { parseHosts } from '../../../src/ui/settings';

test('entries that cannot be used are told apart, the others stand', () => {
  const { hosts, bad } = parseHosts([
    { name: 'web-01', address: '198.51.100.10', port: 2222, user: 'deploy', group: 'Production', logs: ['/a.log', 'relative', 7] },
    { name: '-oProxyCommand=x' },
    { name: 'web-01' },
    { name: 'web-02', port: 70_000 },
    { name: 'web-03', user: 7 },
    'text',
    null,
    { name: 'web-04', address: '' },
  ]);
  expect(hosts).toEqual([
    {
      id: 'settings:web-01',
      name: 'web-01',
      source: 'settings',
      address: '198.51.100.10',
      port: 2222,
      user: 'deploy',
      group: 'Production',
      logs: ['/a.log'],
    },
    { id: 'settings:web-04', name: 'web-04', source: 'settings', logs: [] },
  ]);
  expect(bad.length).toBe(6);
  expect(parseHosts('no list')).toEqual({ hosts: [], bad: [] });
});

test('an entry stands for the SSH configuration host of its name', () => {
  const { hosts } = parseHosts([{ name: 'web-01', group: 'Test' }]);
  expect(mergeHosts(hosts, ['web-01', 'web-02', 'web-02']).map(({ id }) => id)).toEqual(['settings:web-01', 'ssh-config:web-02']);
});
