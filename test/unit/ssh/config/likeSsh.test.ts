import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Destination } from '../../../../src/ssh/config/types';
import { askBothWays, files } from './bothWays';
import { fuzzConfig } from './fuzzConfig';
import { configurations } from './generate';

const BLOCK = ' User one\n Port 2201\n';
const LONG = 'x'.repeat(3000);

/** Written to go wrong: each is either read as ssh reads it, or refused. `web` is asked for unless another name is given. */
/** Clients at work at a time. */
const TOGETHER = 8;

type Nasty = readonly [label: string, answer: 'equal' | 'refused', text: string, ask?: Destination | string];
const NASTY: readonly Nasty[] = [
  ['empty', 'equal', ''],
  ['comments and blank lines', 'equal', '# a\n\n   \n\t# b\nHost web # c\n User one # d\n'],
  ['no newline at the end', 'equal', 'Host web\n User one'],
  ['CRLF', 'equal', 'Host web\r\n User one\r\n Port 2201\r\n'],
  ['a BOM', 'refused', '\uFEFFHost web\n User one\n'],
  ['tabs', 'equal', '\tHost\tweb\n\t\tUser\tone\n'],
  ['form feed at the end of a line', 'equal', 'Host web\f\n User one\f\n'],
  ['form feed within a line', 'refused', 'Host web\f\n User\fone\n'],
  ['keyword in any case', 'equal', 'hOsT web\n uSeR one\n PORT 2201\n'],
  ['names compare with case', 'equal', `Host WEB\n${BLOCK}`],
  ['names compare with case, the other way', 'equal', `Host web\n${BLOCK}`, 'WEB'],
  ['equals sign', 'equal', 'Host=web\n User=one\n Port = 2201\n HostName =192.0.2.1\n'],
  ['two equals signs', 'refused', 'Host web\n Port == 2201\n'],
  ['an equals sign in a value', 'equal', 'Host web\n User = a=b\n'],
  ['double quotes', 'equal', 'Host "web"\n User "one two"\n IdentityFile "/a b/c"\n'],
  ['single quotes', 'equal', "Host 'web'\n User 'one two'\n"],
  ['quotes within a word', 'equal', 'Host w"e"b\n User o"n"e\n'],
  ['an open quote', 'refused', 'Host "web\n User one\n'],
  ['an open quote in a block that does not count', 'refused', 'Host other\n User "one\n'],
  ['an empty quote', 'refused', 'Host ""\n User one\n'],
  ['backslashes', 'equal', 'Host web\n User a\\"b\n IdentityFile /a\\ b\\\\c\\d\n'],
  ['a hash within a word', 'equal', 'Host web#x web\n User one#two\n'],
  ['a hash within quotes', 'equal', 'Host web\n User "#one"\n'],
  ['no argument', 'refused', 'Host web\n User\n'],
  ['no argument but a comment', 'refused', 'Host web\n User # one\n'],
  ['more arguments than one', 'refused', 'Host web\n User one two\n'],
  ['several names', 'equal', `Host a web b\n${BLOCK}`],
  ['a name twice, the first value wins', 'equal', `Host web\n${BLOCK}Host web\n User two\n Compression yes\n`],
  ['settings before any Host', 'equal', `User zero\n\nHost web\n${BLOCK}`],
  ['wildcards', 'equal', `Host w?b* *e*\n${BLOCK}`],
  ['brackets are no pattern', 'equal', `Host [w]eb\n${BLOCK}`],
  ['negation alone', 'equal', `Host !other\n${BLOCK}`],
  ['negation after a match', 'equal', `Host * !web\n${BLOCK}Host *\n User two\n`],
  ['negation before a match', 'equal', `Host !web *\n${BLOCK}Host *\n User two\n`],
  ['negation of another', 'equal', `Host * !w?bx\n${BLOCK}`],
  ['a negated star', 'equal', `Host web !*\n${BLOCK}`],
  ['two exclamation marks', 'equal', `Host !!web *\n${BLOCK}`],
  ['commas are no list in Host', 'equal', `Host web,other\n${BLOCK}`],
  ['Host *', 'equal', `Host *\n${BLOCK}Host web\n User two\n`],
  ['an Include', 'equal', 'Include @/more\nHost web\n User two\n'],
  ['an Include with a glob', 'equal', 'Include @/conf.d/*.conf\n'],
  ['an Include with a class', 'equal', 'Include @/conf.d/[ab].conf\n'],
  ['an Include with a negated class', 'equal', 'Include @/conf.d/[!a].conf\n'],
  ['an Include with a range', 'equal', 'Include @/conf.d/[a-b].con?\n'],
  ['an Include of a directory by glob', 'equal', 'Include @/*/a.conf\n'],
  ['several Includes in a line', 'equal', 'Include @/conf.d/b.conf @/missing @/conf.d/a.conf\n'],
  ['an Include that is missing', 'equal', 'Include @/missing @/miss*\nHost web\n User one\n'],
  ['an Include of a directory', 'equal', 'Include @/conf.d\n'],
  ['an Include in quotes', 'equal', 'Include "@/a b"\n'],
  ['an Include in a block that counts', 'equal', 'Host web\n Include @/more\n User after\n'],
  ['an Include in a block that does not', 'equal', `Host other\n Include @/more\nHost web\n${BLOCK}`],
  ['an Include ends with its own Host', 'equal', 'Host web\n Include @/ends\n User after\n'],
  ['an Include within an Include', 'equal', 'Include @/nested\n'],
  ['an error in an Include that does not count', 'refused', 'Host other\n Include @/broken\n'],
  ['an Include of itself', 'refused', 'Include @/config\n'],
  ['an Include of another home', 'refused', 'Include ~nobody/config\n'],
  ['an Include with a variable', 'refused', 'Include ${HOME}/x\n'],
  ['an Include with a backslash', 'refused', 'Include @/conf\\.d/*\n'],
  ['an Include that others may write', 'refused', 'Include @/loose\n'],
  ['HostName', 'equal', 'Host web\n HostName web.example\n'],
  ['HostName in capitals', 'equal', 'Host web\n HostName WEB.Example\n'],
  ['HostName with a token', 'equal', 'Host web\n HostName %h.example\n'],
  ['HostName with a percent sign', 'refused', 'Host web\n HostName %h.ex%%ample.example\n'],
  ['HostName with an unknown token', 'refused', 'Host web\n HostName %p.example\n'],
  ['HostName ends in a percent sign', 'refused', 'Host web\n HostName web%\n'],
  ['HostName is an address', 'equal', 'Host web\n HostName 192.0.2.7\n'],
  ['HostName is an address in a shape of its own', 'refused', 'Host web\n HostName 127.1\n'],
  ['HostName is a number', 'refused', 'Host web\n HostName 0x7f000001\n'],
  ['HostName is IPv6', 'equal', 'Host web\n HostName 2001:DB8:0:0::1\n'],
  ['HostName is IPv6 with a scope', 'refused', 'Host web\n HostName fe80::1%lo\n'],
  ['HostName is IPv4 in IPv6', 'refused', 'Host web\n HostName ::ffff:192.0.2.1\n'],
  ['an address is asked for', 'equal', `Host 192.0.2.7\n${BLOCK}`, '192.0.2.7'],
  ['IPv6 is asked for', 'equal', `Host 2001:db8::*\n${BLOCK}`, '2001:db8::1'],
  ['Port as a name', 'refused', 'Host web\n Port ssh\n'],
  ['Port too high', 'refused', 'Host web\n Port 65536\n'],
  ['Port zero', 'refused', 'Host web\n Port 0\n'],
  ['Port with zeros in front', 'equal', 'Host web\n Port 0022\n'],
  ['Port is wrong where it does not count', 'refused', 'Host other\n Port many\n'],
  [
    'identity files add up',
    'equal',
    'Host web\n IdentityFile /k/one\n IdentityFile ~/two\nHost *\n IdentityFile /k/%h-%p-%r\n IdentityFile /k/one\n',
  ],
  ['identity file none', 'equal', 'Host web\n IdentityFile none\nHost *\n IdentityFile /k/one\n'],
  ['identity files with every token', 'equal', 'Host web\n IdentityFile /k/%d/%h/%i/%L/%l/%n/%p/%r/%u/%k/%C/%%\n'],
  ['identity file with a variable', 'equal', 'Host web\n IdentityFile /k/${TOA_TEST}\n'],
  ['identity file with a variable that is not set', 'refused', 'Host web\n IdentityFile /k/${TOA_NOT_SET}\n'],
  ['certificates', 'equal', 'Host web\n CertificateFile /k/one-cert.pub\n CertificateFile /k/two-cert.pub\n'],
  ['known hosts', 'equal', 'Host web\n UserKnownHostsFile /k/1 /k/2\n GlobalKnownHostsFile /k/3\n'],
  ['known hosts with blanks', 'equal', 'Host web\n UserKnownHostsFile "/k/a b" "/k/c d"\n'],
  ['known hosts with tokens', 'equal', 'Host web\n UserKnownHostsFile ~/k-%h-%k /k/${TOA_TEST}\n HostKeyAlias Fleet\n'],
  ['known hosts none', 'equal', 'Host web\n UserKnownHostsFile none\n GlobalKnownHostsFile NONE\n'],
  ['known hosts none among others', 'refused', 'Host web\n UserKnownHostsFile /k/1 none\n'],
  ['tokens mean nothing in the system’s known hosts', 'equal', 'Host web\n GlobalKnownHostsFile /k/%h ~/known\n'],
  ...['yes', 'no', 'ask', 'accept-new', 'off', 'true', 'false', 'YES', 'Accept-New'].map((word): Nasty => [
    `StrictHostKeyChecking ${word}`,
    'equal',
    `Host web\n StrictHostKeyChecking ${word}\n`,
  ]),
  ['StrictHostKeyChecking in another word', 'refused', 'Host web\n StrictHostKeyChecking maybe\n'],
  ['a flag in another word', 'refused', 'Host web\n HashKnownHosts on\n'],
  ['HostKeyAlias', 'equal', 'Host web\n HostKeyAlias FLEET\n'],
  ['agents', 'equal', 'Host web\n IdentityAgent ~/agent-%r\n'],
  ['no agent', 'equal', 'Host web\n IdentityAgent none\n'],
  ['the usual agent', 'equal', 'Host web\n IdentityAgent SSH_AUTH_SOCK\n'],
  ['an agent by variable', 'equal', 'Host web\n IdentityAgent ${TOA_TEST}/x\n'],
  ['no time, then one', 'equal', 'Host web\n ConnectTimeout none\n ConnectTimeout 5\n'],
  ['times', 'equal', 'Host web\n ConnectTimeout 1m30\n ServerAliveInterval 2h\n ServerAliveCountMax 7\n'],
  ['no time', 'equal', 'Host web\n ConnectTimeout none\n ServerAliveInterval 0\n'],
  ['a time that is none', 'refused', 'Host web\n ConnectTimeout soon\n'],
  ['methods', 'equal', 'Host web\n PasswordAuthentication no\n ChallengeResponseAuthentication no\n PubkeyAuthentication unbound\n'],
  ['methods in an order', 'equal', 'Host web\n PreferredAuthentications password,gssapi-with-mic,publickey\n'],
  ['family and address', 'equal', 'Host web\n AddressFamily inet6\n BindAddress 192.0.2.9\n'],
  [
    'algorithms',
    'equal',
    'Host web\n Ciphers aes256-ctr,aes128-ctr\n MACs hmac-sha2-256\n KexAlgorithms curve25519-sha256\n HostKeyAlgorithms ssh-ed25519,rsa-sha2-256\n PubkeyAcceptedAlgorithms ssh-ed25519\n',
  ],
  ['algorithms that add', 'refused', 'Host web\n HostKeyAlgorithms +ssh-rsa\n'],
  ['algorithms that take away', 'refused', 'Host web\n Ciphers -aes*\n'],
  ['algorithms by the name of nothing', 'refused', 'Host web\n Ciphers rot13\n'],
  ['a jump', 'equal', 'Host web\n ProxyJump bastion\n'],
  ['jumps in a chain', 'equal', 'Host web\n ProxyJump a,u@b:2222,ssh://v@c:2223\n'],
  ['a jump by address', 'equal', 'Host web\n ProxyJump u@192.0.2.1:22\n'],
  ['a jump by IPv6', 'equal', 'Host web\n ProxyJump u@[2001:db8::1]:22\n'],
  ['no jump', 'equal', 'Host web\n ProxyJump none\nHost *\n ProxyJump other\n'],
  ['no jump, then a command', 'refused', 'Host web\n ProxyJump none\n ProxyCommand nc %h %p\n'],
  ['a jump before a command', 'equal', 'Host web\n ProxyJump a\n ProxyCommand nc %h %p\n'],
  ['a command before a jump', 'equal', 'Host web\n ProxyCommand nc %h %p\n ProxyJump a\n'],
  ['no command before a jump', 'equal', 'Host web\n ProxyCommand none\n ProxyJump a\n'],
  ['a jump with a comment', 'refused', 'Host web\n ProxyJump a # b\n'],
  ['a jump in quotes', 'refused', 'Host web\n ProxyJump "a"\n'],
  ['a jump to a port that is none', 'refused', 'Host web\n ProxyJump a:99999\n'],
  ['a jump to nobody', 'refused', 'Host web\n ProxyJump a,,b\n'],
  ['a command with quotes and tokens', 'equal', 'Host web\n ProxyCommand = sh -c "nc %h %p" # %r\n'],
  ['a command with an unknown token', 'refused', 'Host web\n ProxyCommand nc %z\n'],
  ['a command with an open quote', 'refused', 'Host web\n ProxyCommand sh -c "nc\n'],
  ['Match all', 'equal', `Host other\n User other\nMatch all\n${BLOCK}`],
  ['Match host', 'equal', `Match host w?b,other\n${BLOCK}`],
  ['Match host looks at HostName', 'equal', `Host web\n HostName Real.example\nMatch host real.EXAMPLE\n${BLOCK}`],
  ['Match originalhost', 'equal', `Host web\n HostName real.example\nMatch originalhost WEB\n${BLOCK}`],
  ['Match user', 'equal', 'Match user bob\n Port 1\nHost web\n User bob\nMatch user bob\n IdentityFile /k/bob\n'],
  ['Match localuser', 'equal', 'Match localuser root,nobody\n User local\n'],
  ['Match of several', 'equal', `Match host web user !bob\n${BLOCK}`],
  ['Match negated', 'equal', `Match !host other\n${BLOCK}`],
  ['Match with a list that negates', 'equal', `Match host *,!web\n${BLOCK}`],
  ['Match with negation alone', 'equal', `Match host !other\n${BLOCK}`],
  ['Match exec', 'refused', `Match exec "false"\n${BLOCK}`],
  ['Match final', 'refused', `Match final\n${BLOCK}`],
  ['Match canonical', 'refused', `Match canonical\n${BLOCK}`],
  ['Match with quotes', 'refused', `Match host "web"\n${BLOCK}`],
  ['Match with an equals sign', 'refused', `Match host=web\n${BLOCK}`],
  ['Match with a comment', 'refused', `Match host web # c\n${BLOCK}`],
  ['Match without a value', 'refused', `Match host\n${BLOCK}`],
  ['Match all and more', 'refused', `Match all host web\n${BLOCK}`],
  ['Match in an Include that does not count', 'equal', 'Host other\n Include @/match\nHost web\n Port 3\n'],
  ['an option that nobody knows', 'refused', 'Host web\n Frobnicate yes\n'],
  ['… where it does not count', 'refused', 'Host other\n Frobnicate yes\n'],
  ['IgnoreUnknown', 'equal', 'IgnoreUnknown Frob*,UseKeychain\nHost web\n Frobnicate yes now\n UseKeychain yes\n User one\n'],
  ['IgnoreUnknown comes too late', 'refused', 'Host web\n UseKeychain yes\n IgnoreUnknown UseKeychain\n'],
  ['IgnoreUnknown where it does not count', 'refused', 'Host other\n IgnoreUnknown UseKeychain\nHost web\n UseKeychain yes\n'],
  ['IgnoreUnknown does not excuse a bad value', 'refused', 'IgnoreUnknown *\nHost web\n Compression maybe\n'],
  ['CanonicalizeHostname', 'refused', 'CanonicalizeHostname yes\nCanonicalDomains example.com\n'],
  ['CanonicalizeHostname off', 'equal', 'CanonicalizeHostname no\nCanonicalDomains example.com\n'],
  ['KnownHostsCommand', 'refused', 'Host web\n KnownHostsCommand /bin/known\n'],
  ['RevokedHostKeys', 'refused', 'Host web\n RevokedHostKeys /k/revoked\n'],
  ['CheckHostIP', 'refused', 'Host web\n CheckHostIP yes\n'],
  ['BindInterface', 'refused', 'Host web\n BindInterface lo\n'],
  [
    'what has no part in it',
    'equal',
    'Host web\n ForwardAgent yes\n ControlMaster auto\n ControlPath ~/%C\n ControlPersist 10m\n Compression yes\n LogLevel DEBUG3\n RequestTTY force\n SendEnv LANG LC_*\n SetEnv A=1 B=2\n LocalForward 8080 localhost:80\n DynamicForward 1080\n RekeyLimit 1G 1h\n VisualHostKey yes\n GSSAPIAuthentication yes\n TCPKeepAlive yes\n RemoteCommand tmux new # x\n User one\n',
  ],
  ['… with a wrong value', 'refused', 'Host web\n LocalForward 8080\n'],
  ['very long lines', 'equal', `Host ${LONG} web ${LONG}\n User ${LONG}\n# ${LONG.repeat(20)}\n`],
  ['very many names', 'equal', `Host ${Array.from({ length: 5000 }, (_, n) => `h${n}`).join(' ')} web\n${BLOCK}`],
  ['a NUL', 'refused', 'Host web\n User o\0ne\n'],
  ['no keyword', 'refused', '}{ nonsense\n'],
  ['a keyword in quotes', 'refused', '"Host" web\n User one\n'],
  ['not ASCII', 'equal', 'Host web\n User jörg\n IdentityFile /k/schlüssel\n'],
  [
    'asked with everything',
    'equal',
    'Host web\n HostName 192.0.2.1\n Port 1\n User x\n',
    { name: 'web', address: '192.0.2.2', port: 22, user: 'y' },
  ],
  ['asked with an address to match', 'equal', 'Match host real\n User x\n', { name: 'web', address: 'real' }],
  ['asked with a user to match', 'equal', 'Match user bob\n Port 7\n', { name: 'web', user: 'bob' }],
];

const AROUND = {
  more: 'Port 99\nHost web\n User more\n',
  ends: 'IdentityFile /k/ends\nHost other\n User other\n',
  nested: 'Include @/nested2\nHost web\n Include @/more\n',
  nested2: 'IdentityFile /k/nested\nHost web\n IdentityFile /k/nested2\n',
  broken: 'User one\nFrobnicate yes\n',
  match: 'Match all\n User matched\n',
  'a b': 'User blank\n',
  'conf.d/a.conf': 'Host web\n User a\n',
  'conf.d/b.conf': 'Host web\n User b\n IdentityFile /k/b\n',
  'conf.d/.hidden.conf': 'User hidden\nPort 9\n',
  'conf.d/c.txt': 'Port 8\n',
};

describe('without an ssh client a configuration is read as ssh reads it, or refused', () => {
  test.each(NASTY.map((nasty) => ({ label: nasty[0], nasty })))('$label', async ({ nasty: [, answer, text, ask = 'web'] }) => {
    const destination = typeof ask === 'string' ? { name: ask } : ask;
    const config = files({ ...AROUND, config: text, ...(text.includes('@/loose') ? { loose: 'User loose\n' } : {}) });
    if (text.includes('@/loose')) chmodSync(join(dirname(config), 'loose'), 0o666);
    expect(await askBothWays(config, destination)).toBe(answer);
  });

  test('150 that somebody has sat on', async () => {
    const { equal, refused } = await fuzzConfig(150, 11);
    expect(Math.min(equal, refused)).toBeGreaterThan(10);
  }, 300_000);

  test('400 generated configurations', async () => {
    const answers = { equal: 0, refused: 0 };
    const cases = fc.sample(configurations, { numRuns: 400, seed: 20_251 });
    for (let at = 0; at < cases.length; at += TOGETHER) {
      const some = cases.slice(at, at + TOGETHER);
      const said = await Promise.all(some.map(({ contents, ask }) => askBothWays(files(contents), ask, JSON.stringify({ contents, ask }))));
      for (const answer of said) answers[answer]++;
    }
    // Refusing everything would be easy.
    expect(answers.equal).toBeGreaterThan(300);
    expect(answers.refused).toBeGreaterThan(10);
  }, 300_000);
});
