import { expect, test } from 'vitest';
import { sourceNames } from '../../../../src/ui/logPanel/head';
import { hostClass } from '../../../../webview/row';

const source = (host: string, log: string) => ({ hostName: () => host, logName: () => log });

test('a host is told by its name, and by its log where it has several', () => {
  const sources = [source('web-1', 'access.log'), source('web-2', 'access.log'), source('web-1', 'ssl_access.log')];
  expect(sourceNames(sources)).toEqual(['web-1 · access.log', 'web-2', 'web-1 · ssl_access.log']);
  expect(sourceNames([source('web-1', 'access.log')])).toEqual(['web-1']);
});

test('more hosts than colours are told apart by the shape of their bars', () => {
  expect(new Set(Array.from({ length: 18 }, (_, n) => hostClass(n))).size).toBe(18);
});
