import { expect, it } from 'vitest';
import { namedLogFault, parseLogs } from '../../../../src/core/probe/logs';

const sections = (entries: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(entries).map(([name, lines]) => [name, lines.join('\n')]));

const CADDY = 'open caddy yes - journal:caddy.service';

it('what a unit writes into the journal is a log, for root where the user may not read it', () => {
  const path = 'journal:caddy.service';
  const own = parseLogs(sections({ logs: [CADDY] }));
  expect(own).toEqual([{ path, server: 'caddy', readable: 'yes', found: 'open' }]);
  const root = parseLogs(sections({ logs: [], 'root.logs': [CADDY], 'root.end': [] }));
  expect(root).toEqual([{ path, server: 'caddy', readable: 'root', found: 'open' }]);
  const named = { logs: ['configured other hidden - journal:shop.service'] };
  expect(parseLogs(sections(named))).toMatchObject([{ path: 'journal:shop.service', readable: 'unknown', found: 'configured' }]);
});

it('a unit that is named and has written nothing is missing, unless it may only be hidden', () => {
  expect(namedLogFault(sections({ logs: ['configured other missing - journal:shop.service'] }))).toBe('missing');
  expect(namedLogFault(sections({ logs: ['configured other hidden - journal:shop.service'] }))).toBeUndefined();
});

it.each(['journal:', 'journal:a b', 'journal:../../etc', 'journal:a\u001b[31m', 'journals:caddy.service', 'caddy.service'])(
  'a host cannot name %j as a log',
  (path) => expect(parseLogs(sections({ logs: [`open nginx yes - ${path}`] }))).toEqual([]),
);
