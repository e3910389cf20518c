import { expect, it } from 'vitest';
import { canonicalLog, unitOf } from '../../../../src/core/log/journal';
import { isOneFile, logPathFault } from '../../../../src/core/log/logPath';

it.each([
  ['/var/log/nginx/access.log', undefined],
  ['/var/log/*/access-[0-9]?.log', undefined],
  ["/var/log/it's a $(log)", undefined],
  ['', 'relative'],
  ['access.log', 'relative'],
  ['~/access.log', 'relative'],
  ['/var/log/', 'folder'],
  ['/var/log/a\nb', 'control'],
  ['/var/log/a\u001b[31m', 'control'],
  [`/${'日'.repeat(300)}`, 'long'],
  ['journal:caddy.service', undefined],
  ['journal:caddy', undefined],
  ['journal:shop@1.service', undefined],
  ['journal:', 'unit'],
  ['journal:-r', 'unit'],
  ['journal:a b', 'unit'],
  ['journal:../x', 'unit'],
  ['journal:*.service', 'unit'],
])('%j as the path of a log: %s', (path, fault) => expect(logPathFault(path)).toBe(fault));

it('a unit without a type is a service', () => {
  expect(unitOf('journal:caddy')).toBe('caddy.service');
  expect(unitOf('journal:caddy.socket')).toBe('caddy.socket');
  expect(unitOf('journal:shop@1.2')).toBe('shop@1.2.service');
  expect(unitOf('/var/log/journal:caddy')).toBeUndefined();
  expect(canonicalLog('journal:caddy')).toBe('journal:caddy.service');
  expect(canonicalLog('/var/log/a')).toBe('/var/log/a');
});

it.each([
  ['/var/log/nginx/access.log', true],
  ['/var/log/nginx/*.log', false],
  ['journal:caddy.service', false],
])('%s is one file: %s', (path, one) => expect(isOneFile(path)).toBe(one));
