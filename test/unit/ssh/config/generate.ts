import fc from 'fast-check';
import type { Destination } from '../../../../src/ssh/config/types';

/** Made so that blocks often fit, values often meet, and the ways to write a line all come up. */
const name = fc.constantFrom('web', 'web1', 'db', 'bastion', 'web.example', '192.0.2.7');
const pattern = fc.oneof(
  { weight: 3, arbitrary: name },
  { weight: 3, arbitrary: fc.constantFrom('*', 'w*', 'w?b', '*b*', '*.example', '192.0.2.*', '?', 'web?') },
);
const patterns = fc.array(
  fc.tuple(fc.boolean(), fc.boolean(), pattern).map(([a, b, text]) => (a && b ? `!${text}` : text)),
  { minLength: 1, maxLength: 4 },
);
const path = fc.constantFrom('/k/one', '/k/two', '~/three', '"/k/a b"', '/k/%h', '/k/%n-%p-%r', '/k/%%x', '/k/%k', 'none');
const flag = fc.constantFrom('yes', 'no', 'true', 'false', 'Yes', 'NO');
const option = fc.oneof(
  ...Object.entries({
    HostName: fc.constantFrom('real.example', '192.0.2.9', '%h.example', 'UPPER.example', '2001:db8::2'),
    User: fc.constantFrom('one', 'two', 'three', '"one two"'),
    Port: fc.integer({ min: 1, max: 65_535 }).map(String),
    IdentityFile: path,
    CertificateFile: path,
    IdentitiesOnly: flag,
    IdentityAgent: fc.constantFrom('none', 'SSH_AUTH_SOCK', '/run/a-%r', '~/a', '"/run/b c"'),
    ProxyJump: fc.constantFrom('none', 'a', 'a,b', 'u@a:22', 'a,u@[2001:db8::1]:2222', 'ssh://v@c'),
    ProxyCommand: fc.constantFrom('none', 'nc %h %p', 'ssh -W "%h:%p" x # y', 'nc %n %r %%'),
    UserKnownHostsFile: fc.constantFrom('/k/known', '~/k1 /k/k2', '"/k/a b" /k/c', 'none', '/k/%h'),
    GlobalKnownHostsFile: fc.constantFrom('/k/known', '/k/1 /k/2', 'none'),
    HostKeyAlias: fc.constantFrom('fleet', 'FLEET'),
    HashKnownHosts: flag,
    StrictHostKeyChecking: fc.constantFrom('yes', 'no', 'ask', 'accept-new', 'off'),
    ConnectTimeout: fc.constantFrom('5', '1m', 'none', '2h30'),
    ServerAliveInterval: fc.constantFrom('5', '15s', '0'),
    ServerAliveCountMax: fc.constantFrom('1', '9'),
    PasswordAuthentication: flag,
    PubkeyAuthentication: flag,
    KbdInteractiveAuthentication: flag,
    PreferredAuthentications: fc.constantFrom('publickey', 'password,publickey', 'keyboard-interactive,hostbased'),
    AddressFamily: fc.constantFrom('any', 'inet', 'inet6'),
    BindAddress: fc.constantFrom('127.0.0.1', 'localhost'),
    Ciphers: fc.constantFrom('aes128-ctr', 'aes256-ctr,aes128-gcm@openssh.com'),
    HostKeyAlgorithms: fc.constantFrom('ssh-ed25519', 'rsa-sha2-512,ssh-rsa'),
    ForwardAgent: flag,
    ControlMaster: fc.constantFrom('auto', 'no'),
    SendEnv: fc.constantFrom('LANG LC_*', 'A'),
    // Rarely: what is refused.
    CanonicalizeHostname: fc.constantFrom('no', 'no', 'no', 'yes'),
  }).map(([keyword, value]) => fc.tuple(fc.constant(keyword), value)),
);

const spelt = (keyword: string): fc.Arbitrary<string> => fc.constantFrom(keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase());
const line = (keyword: string, value: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', ' ', '    ', '\t'),
      spelt(keyword),
      fc.constantFrom(' ', ' ', '=', ' = ', '\t', '  '),
      // A comment would become part of a jump or a command.
      keyword.startsWith('Proxy') ? fc.constant('') : fc.constantFrom('', '', '', ' ', ' # comment', '\t'),
    )
    .map(([indent, word, separator, end]) => `${indent}${word}${separator}${value}${end}`);

const setting = option.chain(([keyword, value]) => line(keyword, value));
const head = fc.oneof(
  { weight: 6, arbitrary: patterns.chain((list) => line('Host', list.join(' '))) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('', '!'), fc.constantFrom('host', 'originalhost', 'user', 'localuser', 'Host'), patterns)
      .map(([not, what, list]) => `Match ${not}${what} ${list.join(',')}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('Match all', 'Match user one host *', 'Match user one,two !host db') },
);
const include = fc.constantFrom('Include @/part', 'Include @/p* @/missing', 'include "@/part"', 'Include @/part @/part2');
const block = fc
  .tuple(
    head,
    fc.array(fc.oneof({ weight: 8, arbitrary: setting }, { weight: 1, arbitrary: include }, { weight: 1, arbitrary: fc.constant('# x') })),
  )
  .map(([first, rest]) => [first, ...rest]);
const body = fc
  .tuple(fc.array(setting, { maxLength: 2 }), fc.array(block, { maxLength: 5 }), fc.constantFrom('\n', '\n', '\r\n'))
  .map(([before, blocks, end]) => [...before, ...blocks.flat(), ''].join(end));
const part = fc
  .tuple(fc.array(setting, { maxLength: 2 }), fc.array(fc.tuple(head, fc.array(setting, { maxLength: 3 })), { maxLength: 2 }))
  .map(([before, blocks]) => [...before, ...blocks.flatMap(([first, rest]) => [first, ...rest]), ''].join('\n'));

/** A configuration with two files it may include, and whom it is asked about. */
export const configurations: fc.Arbitrary<{ readonly contents: Record<string, string>; readonly ask: Destination }> = fc
  .record({
    config: body,
    part,
    part2: part,
    ask: fc.record(
      { name, user: fc.constantFrom('one', 'bob'), port: fc.constant(2022), address: fc.constantFrom('real.example', '192.0.2.9') },
      { requiredKeys: ['name'] },
    ),
  })
  .map(({ ask, ...contents }) => ({ contents, ask }));
