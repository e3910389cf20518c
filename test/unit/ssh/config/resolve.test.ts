import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemOf } from '../../../../src/core/problem';
import { readConfig } from '../../../../src/ssh/config/files';
import { listConfigHosts } from '../../../../src/ssh/config/listHosts';
import type { Destination } from '../../../../src/ssh/config/types';
import type { Hop } from '../../../../src/ssh/hop';
import { parseJump } from '../../../../src/ssh/route';
import { createResolver } from '../../../../src/ssh/config/resolve';
import { files, optionsFor, resolverFor } from './bothWays';

describe('the hosts to choose from', () => {
  const names = async (contents: Record<string, string>): Promise<string[]> =>
    (await listConfigHosts(files(contents))).map(({ name, line }) => `${name}:${line}`);

  test('several names, quotes, patterns and negations, Match, comments, broken lines', async () => {
    const text = [
      '# Host commented',
      'Host one two "three four"',
      '  HostName 192.0.2.1',
      'host=five',
      'HOST\tsix # and a comment',
      'Host *.example !seven eight? *',
      'Match host nine exec "true"',
      '  User x',
      'Host',
      'Host "unterminated',
      '}{ nonsense',
      'Host ten one',
    ].join('\r\n');
    expect(await names({ config: text })).toEqual(['one:2', 'two:2', 'three four:2', 'five:4', 'six:5', 'ten:12']);
  });

  test('Include: relative, globs, nested, loops, missing', async () => {
    expect(
      await names({
        config: 'Include @/conf.d/*.conf @/missing\nHost main\n  Include @/inside\n',
        'conf.d/b.conf': 'Host b\n',
        'conf.d/a.conf': 'Host a\nInclude @/deeper/x?\n',
        'conf.d/.hidden.conf': 'Host hidden\n',
        'conf.d/c.txt': 'Host c\n',
        'deeper/x1': 'Host deep\nInclude @/config\n',
        inside: 'Host inside\n',
      }),
    ).toEqual(['a:1', 'deep:1', 'b:1', 'main:2', 'inside:1']);
  });

  test('a relative Include starts in ~/.ssh, wherever the file lies', async () => {
    const config = files({ config: 'Include extra\n', 'home/.ssh/extra': 'Host extra\n', extra: 'Host wrong\n' });
    const lines = await readConfig(config, join(dirname(config), 'home'));
    expect(lines.filter(({ keyword }) => keyword === 'host').flatMap(({ args }) => args)).toEqual(['extra']);
  });

  test('no file, no hosts', async () => {
    expect(await listConfigHosts(join(dirname(files({})), 'nowhere'))).toEqual([]);
  });
});

const resolve = (config: string, destination: Destination, path: string | undefined): Promise<Hop> =>
  resolverFor(config, path)(destination, destination.name, new AbortController().signal);

const CASES: Record<string, { files: Record<string, string>; ask: Destination }> = {
  'nothing configured': { files: { config: '' }, ask: { name: 'web' } },
  'first value wins': { files: { config: 'Host web\n Port 2201\nHost *\n Port 2202\n User all\n' }, ask: { name: 'web' } },
  'settings before any Host': { files: { config: 'User early\nHost web\n User late\n' }, ask: { name: 'web' } },
  patterns: { files: { config: 'Host w?b* !webx\n User yes\nHost *\n User no\n' }, ask: { name: 'web1' } },
  negation: { files: { config: 'Host w?b* !webx\n User yes\nHost *\n User no\n' }, ask: { name: 'webx' } },
  'equals signs and quotes': {
    files: { config: 'Host=web\n HostName = "192.0.2.9"\n IdentityFile="@/a key"\n', 'a key': '' },
    ask: { name: 'web' },
  },
  tokens: {
    files: {
      config: 'Host web\n HostName %h.example\n User bob\n IdentityFile @/%h-%p-%r\n IdentityFile @/%n\n',
      'web.example-22-bob': '',
      web: '',
    },
    ask: { name: 'web' },
  },
  'several identity files': {
    files: {
      config: 'Host web\n IdentityFile @/one\n IdentityFile @/gone\nHost *\n IdentityFile @/two\n IdentitiesOnly yes\n',
      one: '',
      two: '',
    },
    ask: { name: 'web' },
  },
  'known hosts and strictness': {
    files: {
      config:
        'Host web\n UserKnownHostsFile @/k1 @/k2\n GlobalKnownHostsFile none\n StrictHostKeyChecking accept-new\n HashKnownHosts yes\n HostKeyAlias fleet\n',
    },
    ask: { name: 'web' },
  },
  methods: { files: { config: 'Host web\n PasswordAuthentication no\n ChallengeResponseAuthentication no\n' }, ask: { name: 'web' } },
  agents: { files: { config: 'Host web\n IdentityAgent none\n' }, ask: { name: 'web' } },
  'an agent by path': { files: { config: 'Host web\n IdentityAgent @/agent\n' }, ask: { name: 'web' } },
  jumps: { files: { config: 'Host web\n ProxyJump a,b@c:2222\nHost *\n ProxyJump other\n' }, ask: { name: 'web' } },
  'no jump': { files: { config: 'Host web\n ProxyJump none\nHost *\n ProxyJump other\n' }, ask: { name: 'web' } },
  timeout: { files: { config: 'Host web\n ConnectTimeout 7\n' }, ask: { name: 'web' } },
  overrides: {
    files: { config: 'Host web\n HostName 192.0.2.1\n Port 1\n User x\n' },
    ask: { name: 'web', address: '192.0.2.2', port: 2222, user: 'y' },
  },
  'an Include inside a block counts only there': {
    files: { config: 'Host other\n Include @/more\nHost web\n User x\n', more: 'Port 99\nHost web\n Port 98\n' },
    ask: { name: 'web' },
  },
  'an Include in a block that counts': {
    files: { config: 'Host web\n Include @/more\n User x\n', more: 'Port 99\nHost elsewhere\n User y\n' },
    ask: { name: 'web' },
  },
};

describe('one host', () => {
  test.each(Object.entries(CASES))('%s: with and without an ssh client alike', async (_name, { files: contents, ask }) => {
    const config = files(contents);
    const byHand = await resolve(config, ask, '/nonexistent');
    expect(byHand).toEqual(await resolve(config, ask, process.env['PATH']));
  });

  test('a host of the settings with a name for people goes by its address, and keeps its name', async () => {
    const hop = await resolve(files({ config: 'Host 192.0.2.7\n User bob\n' }), { name: '网站 1', address: '192.0.2.7' }, '/nonexistent');
    expect(hop).toMatchObject({ name: '网站 1', address: '192.0.2.7', user: 'bob' });
  });

  test("a key in another user's home is a matter for OpenSSH's client; known hosts there are refused where it is missing", async () => {
    const config = files({ config: 'IdentityFile ~nobody/key\nIdentityFile @/own\n', own: '' });
    for (const path of ['/nonexistent', process.env['PATH']]) {
      const hop = await resolve(config, { name: 'web' }, path);
      expect(hop).toMatchObject({ beyond: ['IdentityFile ~nobody/key'], identityFiles: [join(dirname(config), 'own')] });
    }
    const known = files({ config: 'UserKnownHostsFile ~root/known\n' });
    const problem = await resolve(known, { name: 'web' }, '/nonexistent').catch(problemOf);
    expect(problem).toMatchObject({ code: 'configInvalid', what: 'UserKnownHostsFile ~root/known' });
  });

  test('%j is the host name of the last jump', async () => {
    const config = files({ config: 'IdentityFile @/key-%j\nProxyJump a,bob@c:2222\n', 'key-c': '' });
    const hop = await resolve(config, { name: 'web' }, process.env['PATH']);
    expect(hop.identityFiles).toEqual([join(dirname(config), 'key-c')]);
  });

  test("Windows' own directory of known hosts is found by its variable", async () => {
    const text = 'GlobalKnownHostsFile __PROGRAMDATA__/ssh/ssh_known_hosts __PROGRAMDATA__/ssh/ssh_known_hosts2\n';
    const options = { ...optionsFor(files({ config: text }), process.env['PATH']), env: { PATH: process.env['PATH'], ProgramData: '/pd' } };
    const hop = await createResolver(options)({ name: 'web' }, 'web', new AbortController().signal);
    expect(hop.globalKnownHosts).toEqual(['/pd/ssh/ssh_known_hosts', '/pd/ssh/ssh_known_hosts2']);
  });

  test.each([
    ['Match host web exec "true"', 'Host *\nMatch host web exec "true"\n User x\n', 2],
    ['Match final', 'Match final\n User x\n', 1],
    ['canonicalizehostname yes', 'Host web\n CanonicalizeHostname yes\n', 2],
    ['knownhostscommand /bin/known %H', 'Host web\n KnownHostsCommand /bin/known %H\n', 2],
    ['nosuchoption x', 'Host web\n\n NoSuchOption x\n', 3],
    ['kexalgorithms +diffie-hellman-group1-sha1', 'KexAlgorithms +diffie-hellman-group1-sha1\n', 1],
  ])('without an ssh client %s is refused by name', async (what, text, line) => {
    const config = files({ config: text });
    const problem = await resolve(config, { name: 'web' }, '/nonexistent').catch(problemOf);
    expect(problem).toEqual({ code: 'configInvalid', what, file: config, line, unread: true });
  });

  test('a change of the file is seen', async () => {
    const config = files({ config: 'Host web\n Port 1001\n' });
    const resolver = resolverFor(config, process.env['PATH']);
    const port = async (): Promise<number> => (await resolver({ name: 'web' }, 'web', new AbortController().signal)).port;
    expect(await port()).toBe(1001);
    writeFileSync(config, 'Host web\n Port 10022\n');
    expect(await port()).toBe(10_022);
  });
});

test.each([
  ['a', { name: 'a' }],
  ['u@a:22', { name: 'a', user: 'u', port: 22 }],
  ['ssh://u@a:22/', { name: 'a', user: 'u', port: 22 }],
  ['[2001:db8::1]:22', { name: '2001:db8::1', port: 22 }],
  ['a b', { name: 'a b' }],
  ['u@', undefined],
  ['', undefined],
])('the jump %s', (text, expected) => {
  expect(parseJump(text)).toEqual(expected);
});
