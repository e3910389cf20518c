import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { host, never, person, problem, run, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';
import type { SshSettings } from '../../../src/ssh/options';

const PATIENT = { timeout: 30_000 };
const work = workDirectory();
const clients: TestTransport[] = [];
const started: Sshd[] = [];
let hostKeys: string[];
let rsaHostKey: string;
let key: string;

beforeAll(async () => {
  hostKeys = await Promise.all([1, 2, 3].map((n) => makeKey(work.path, `host${n}`)));
  rsaHostKey = await makeKey(work.path, 'hostrsa', ['-t', 'rsa', '-b', '2048']);
  key = await makeKey(work.path, 'key', ['-t', 'rsa', '-b', '2048']);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});
afterAll(async () => {
  for (const sshd of started) await sshd.stop();
  work.remove();
});

async function server(keyFiles: readonly string[], settings: readonly string[] = []): Promise<Sshd> {
  const sshd = await startSshd({ directory: work.path, hostKeys: keyFiles, authorized: [publicKey(key)], settings });
  started.push(sshd);
  return sshd;
}

function client(
  config: string,
  known: readonly string[],
  legacyHosts: readonly string[] = [],
  choices: SshSettings['clients'] = {},
): TestTransport {
  const knownFile = work.file('known', known.map((line) => `${line}\n`).join(''));
  const common = `Host *\n HostName 127.0.0.1\n User ${me}\n IdentityFile ${key}\n UserKnownHostsFile ${knownFile}\n`;
  const made = transport(work.file('config', config + common), { legacyHosts, clients: choices });
  clients.push(made);
  return made;
}

const known = (sshd: Sshd, hostKey: string): string => `[127.0.0.1]:${sshd.port} ${publicKey(hostKey)}`;

describe('through jump hosts', () => {
  let bastion: Sshd;
  let inner: Sshd;
  let web: Sshd;
  let config: string;
  beforeAll(async () => {
    [bastion, inner, web] = await Promise.all([server([hostKeys[0]!]), server([hostKeys[1]!]), server([hostKeys[2]!])]);
    config = [
      `Host bastion\n Port ${bastion.port}`,
      `Host inner\n Port ${inner.port}\n ProxyJump bastion`,
      `Host web shop\n Port ${web.port}\n ProxyJump inner`,
      `Host listed\n Port ${web.port}\n ProxyJump ${me}@bastion,ssh://inner`,
      `Host loop\n ProxyJump loop`,
      '',
    ].join('\n');
  });
  const all = (): string[] => [known(bastion, hostKeys[0]!), known(inner, hostKeys[1]!), known(web, hostKeys[2]!)];

  test('two hops, each with its own key; hosts behind them share the hops', async () => {
    const made = client(config, all());
    const before = bastion.log().split('Accepted publickey').length;
    const sessions = await Promise.all(['web', 'shop', 'listed'].map((name) => made.connect(host(name), { signal: never })));
    for (const session of sessions) expect((await run(session, 'echo $SSH_CONNECTION')).out).toContain(` ${web.port}\n`);
    expect(bastion.log().split('Accepted publickey').length).toBe(before + 1);
  });

  test('an error names the hop', async () => {
    const asked = person(false);
    const made = client(config, [known(bastion, hostKeys[0]!), known(web, hostKeys[2]!)]);
    const failed = made.connect(host('web'), { signal: never, prompts: asked });
    await expect(failed).rejects.toMatchObject({ host: 'web', options: { hop: 'inner' }, problem: { code: 'hostKeyUnknown' } });
    expect(asked.keys).toMatchObject([{ host: 'web', hop: 'inner', address: `127.0.0.1:${inner.port}` }]);
  });

  test('a hop that cannot reach the next says so', async () => {
    const made = client(`Host gone\n Port 1\n ProxyJump bastion\n${config}`, all());
    await expect(made.connect(host('gone'), { signal: never })).rejects.toMatchObject({
      options: { hop: 'gone' },
      problem: { code: 'connectFailed', phase: 'tcp', address: '127.0.0.1:1' },
    });
  });

  test('a jump host that refuses is not tried again for every host behind it', async () => {
    const wary = await server([hostKeys[0]!], ['AllowUsers nobody-at-all']);
    const tries = (): number => wary.log().split('Connection from').length - 1;
    const behind = `Host wary\n Port ${wary.port}\nHost first second\n Port ${web.port}\n ProxyJump wary\n`;
    const made = client(behind, [known(wary, hostKeys[0]!), known(web, hostKeys[2]!)]);
    await expect(made.connect(host('first'), { signal: never })).rejects.toMatchObject({
      options: { hop: 'wary' },
      problem: { code: 'authFailed' },
    });
    await expect(made.connect(host('second'), { signal: never })).rejects.toMatchObject({
      host: 'second',
      options: { hop: 'wary' },
      problem: { code: 'needsSignIn', why: 'earlierFailure' },
    });
    expect(tries()).toBe(1);
    // A person may still try.
    const asked = made.connect(host('second'), { signal: never, prompts: person(false) });
    await expect(asked).rejects.toMatchObject({ options: { hop: 'wary' }, problem: { code: 'authFailed' } });
    expect(tries()).toBe(2);
  });

  test('a loop is refused', async () => {
    expect(await problem(client(config, all()).connect(host('loop'), { signal: never }))).toMatchObject({ code: 'configInvalid' });
  });

  test('the end of a hop ends what goes through it', async () => {
    const session = await client(config, all()).connect(host('web'), { signal: never });
    const channel = await session.open('exec cat', { signal: never });
    await bastion.stop();
    expect(await problem(channel.exit)).toMatchObject({ code: 'connectionLost' });
    expect(session.ended).toBe(true);
  });
});

describe('what ssh_config says about the way and the algorithms', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await server([hostKeys[0]!, rsaHostKey]);
  });
  const made = (extra: string, choices: SshSettings['clients'] = {}): TestTransport =>
    client(`Host web\n Port ${sshd.port}\n${extra}\n`, [known(sshd, hostKeys[0]!), known(sshd, rsaHostKey)], [], choices);
  const seen = async (transports: TestTransport): Promise<string> =>
    (await run(await transports.connect(host('web'), { signal: never }), 'echo $SSH_CONNECTION')).out;

  test('ProxyCommand is the way, with its tokens', async () => {
    // bash is its own netcat.
    const bash = made(` ProxyCommand bash -c 'echo to %h %p as %r, %n >&2; exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3'`);
    expect(await seen(bash)).toContain(` ${sshd.port}\n`);
    expect(bash.lines).toContain(`ProxyCommand: to 127.0.0.1 ${sshd.port} as ${me}, web`);
  });

  test('a ProxyCommand that fails says so in its own words', async () => {
    const failed = made(` ProxyCommand sh -c 'echo no way to %h >&2; exit 3'`).connect(host('web'), { signal: never });
    await expect(failed).rejects.toMatchObject({ problem: { code: 'connectFailed', reason: 'ProxyCommand: no way to 127.0.0.1' } });
    const silent = made(' ProxyCommand false').connect(host('web'), { signal: never });
    await expect(silent).rejects.toMatchObject({ problem: { code: 'connectFailed', reason: 'ProxyCommand: exit 1' } });
  });

  test('a ProxyCommand ends with the connection, and with an attempt that is given up', async () => {
    const mark = `toa-${sshd.port}`;
    const script = (rest: string): string => ` ProxyCommand bash -c 'exec -a ${mark} bash -c "${rest}"'`;
    const running = async (): Promise<boolean> => (await promisify(execFile)('ps', ['-eo', 'args'])).stdout.includes(mark);
    const stop = new AbortController();
    const stuck = made(script('read x; read y')).connect(host('web'), { signal: stop.signal });
    await expect.poll(running, PATIENT).toBe(true);
    stop.abort();
    expect(await problem(stuck)).toEqual({ code: 'cancelled' });
    await expect.poll(running, PATIENT).toBe(false);
  });

  test('BindAddress is where we come from', async () => {
    expect(await seen(made(' BindAddress 127.0.0.9'))).toMatch(/^127\.0\.0\.9 /);
  });

  test('AddressFamily decides between the addresses of a name', async () => {
    const failed = made(' HostName 127.0.0.1\n AddressFamily inet6').connect(host('web'), { signal: never });
    await expect(failed).rejects.toMatchObject({ problem: { code: 'connectFailed', phase: 'tcp' } });
    expect(await seen(made(' AddressFamily inet'))).toContain('127.0.0.1');
  });

  test.each([
    ['Ciphers aes192-ctr', 'aes192-ctr'],
    ['KexAlgorithms ecdh-sha2-nistp384', 'ecdh-sha2-nistp384'],
    ['HostKeyAlgorithms rsa-sha2-256', 'rsa-sha2-256'],
    ['Ciphers ^aes256-ctr', 'aes256-ctr'],
  ])('%s', async (setting, agreed) => {
    const one = made(` ${setting}`);
    await seen(one);
    expect(one.lines.join('\n')).toContain(agreed);
  });

  test('MACs', async () => {
    const refused = await server([hostKeys[0]!], ['Ciphers aes128-ctr', 'MACs hmac-sha2-256']);
    const one = client(`Host web\n Port ${refused.port}\n MACs hmac-sha2-512\n`, [known(refused, hostKeys[0]!)]);
    expect(await problem(one.connect(host('web'), { signal: never }))).toMatchObject({ code: 'noCommonAlgorithm', kind: 'mac' });
  });

  test.each([
    ['KnownHostsCommand', 'KnownHostsCommand /bin/true'],
    ['RevokedHostKeys', 'RevokedHostKeys /dev/null'],
    ['CheckHostIP', 'CheckHostIP yes'],
  ])('%s is not passed over: OpenSSH’s own client goes there, and ssh2 alone is refused', async (option, setting) => {
    const one = made(` ${setting}`);
    await seen(one);
    expect(one.lines.join('\n')).toContain(`ssh_config says ${option}`);
    const alone = made(` ${setting}`, { '*': 'ssh2' });
    expect(await problem(alone.connect(host('web'), { signal: never }))).toEqual({ code: 'configInvalid', what: option });
  });
});

// The lists of OpenSSH 5.3 (EL6) and 7.4 (EL7), from their myproposal.h; what today's sshd no longer has is left out.
const EL6 = [
  'HostKeyAlgorithms ssh-rsa',
  'KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
  'Ciphers aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc',
  'MACs hmac-md5,hmac-sha1,umac-64@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1-96,hmac-md5-96',
  'PubkeyAcceptedAlgorithms ssh-rsa,rsa-sha2-256,rsa-sha2-512',
];
const EL7 = [
  'HostKeyAlgorithms ssh-rsa,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519',
  'KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
  'Ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc',
  'PubkeyAcceptedAlgorithms +ssh-rsa',
];

describe('algorithms', () => {
  const connect = async (
    settings: readonly string[],
    hostKey: string,
    legacy: readonly string[] = [],
    choices: SshSettings['clients'] = {},
  ) => {
    const sshd = await server([hostKey], settings);
    const made = client(`Host old\n Port ${sshd.port}\n`, [known(sshd, hostKey)], legacy, choices);
    return { made, connected: made.connect(host('old'), { signal: never }) };
  };

  test('EL6 connects without any setting, by group14 and not by the slow group exchange', async () => {
    const { made, connected } = await connect(EL6, rsaHostKey);
    expect((await run(await connected, 'echo in')).out).toBe('in\n');
    expect(made.lines).toContain('old: diffie-hellman-group14-sha1, ssh-rsa, aes256-ctr');
  });

  test('EL7 connects by curve25519 and GCM', async () => {
    const { made, connected } = await connect(EL7, hostKeys[0]!);
    await connected;
    expect(made.lines).toContain('old: curve25519-sha256, ssh-ed25519, aes128-gcm@openssh.com');
  });

  test.each([
    ['kex', 'KexAlgorithms diffie-hellman-group1-sha1', 'diffie-hellman-group1-sha1'],
    ['cipher', 'Ciphers aes128-cbc,3des-cbc', 'aes128-cbc'],
  ])('nothing in common (%s) says what the server offers, and the opt-in helps', async (kind, setting, offered) => {
    const refused = await problem((await connect([setting], hostKeys[0]!)).connected);
    expect(refused).toMatchObject({ code: 'noCommonAlgorithm', kind, older: true });
    expect(refused.code === 'noCommonAlgorithm' && refused.offered).toContain(offered);
    await (
      await connect([setting], hostKeys[0]!, ['old'])
    ).connected;
  });

  test('nothing in common in the MAC too, and OpenSSH’s own client goes there', async () => {
    const settings = ['Ciphers aes128-ctr', 'MACs umac-64@openssh.com'];
    const { made, connected } = await connect(settings, hostKeys[0]!);
    await connected;
    expect(made.lines.join('\n')).toContain('the server wants umac-64@openssh.com');
    expect(await problem((await connect(settings, hostKeys[0]!, [], { '*': 'ssh2' })).connected)).toEqual({
      code: 'noCommonAlgorithm',
      kind: 'mac',
      offered: ['umac-64@openssh.com'],
      older: false,
    });
  });
});
