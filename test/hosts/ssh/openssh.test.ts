import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SshSettings } from '../../../src/ssh/options';
import { host, never, person, problem, run, text, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startAgent, startSshd, workDirectory, type Sshd } from './sshd';

const execute = promisify(execFile);
const work = workDirectory();
const clients: TestTransport[] = [];
const started: Sshd[] = [];
let hostKey: string;
let key: string;
let locked: string;
let certified: string;
let onKey: string;
let provider: string;
/** Takes all of the keys. */
let sshd: Sshd;

const SECRET = 'correct horse';
const OPENSSH = { clients: { '*': 'openssh' } } as const;

beforeAll(async () => {
  provider = `${work.path}/sk.so`;
  await execute('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', provider, 'test/lab/sk/sk.c', '-lcrypto']);
  hostKey = await makeKey(work.path, 'hostkey');
  key = await makeKey(work.path, 'key');
  locked = await makeKey(work.path, 'locked', ['-t', 'ed25519', '-N', SECRET]);
  onKey = await makeKey(work.path, 'onKey', ['-t', 'ed25519-sk', '-w', provider]);
  certified = await makeKey(work.path, 'certified');
  const authority = await makeKey(work.path, 'authority');
  await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'someone', '-n', me, `${certified}.pub`]);
  sshd = await server({
    authorized: [key, locked, onKey],
    settings: [`TrustedUserCAKeys ${authority}.pub`, 'PubkeyAcceptedAlgorithms +sk-ssh-ed25519@openssh.com', 'MaxSessions 3'],
  });
}, 120_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});
afterAll(async () => {
  for (const one of started) await one.stop();
  work.remove();
});

async function server(options: { authorized?: string[]; settings?: string[]; hostKeys?: string[]; env?: Record<string, string> }) {
  const { authorized = [key], settings = [], hostKeys = [hostKey], env = {} } = options;
  const made = await startSshd({ directory: work.path, hostKeys, authorized: authorized.map(publicKey), settings, env });
  started.push(made);
  return made;
}

type Settings = Partial<SshSettings> & { readonly env?: Record<string, string>; readonly connectionSharing?: boolean };

function client(port: number, lines: readonly string[], settings: Settings = {}, known?: string[]): TestTransport {
  return configured(oneServer(port, lines, known), settings);
}

function oneServer(port: number, lines: readonly string[], known = [`[127.0.0.1]:${port} ${publicKey(hostKey)}`]): string {
  const file = work.file('known', known.map((line) => `${line}\n`).join(''));
  const all = [...lines, 'HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `UserKnownHostsFile ${file}`, 'GlobalKnownHostsFile none'];
  return `Host *\n ${all.join('\n ')}\n`;
}

/** A transport that lives as long as one test, unless it has a name. */
function configured(config: string, settings: Settings = {}, lasting?: string): TestTransport {
  const made = transport(work.file(lasting ?? 'config', config), settings);
  if (lasting === undefined) clients.push(made);
  return made;
}

const silently = (made: TestTransport, name = 'a') => made.connect(host(name), { signal: never });

describe.each([
  ['over one shared connection', true],
  ['with a connection for each command, as on Windows', false],
])('%s', (_how, connectionSharing) => {
  let made: TestTransport | undefined;
  const connect = () =>
    silently((made ??= configured(oneServer(sshd.port, [`IdentityFile ${key}`]), { ...OPENSSH, connectionSharing }, 'lasting')));
  afterAll(() => made?.dispose());

  test('a command has stdin, both outputs and an exit code', async () => {
    const result = await run(await connect(), 'exec /bin/sh -s', 'echo out; echo err >&2; exit 3\n');
    expect(result).toEqual({ out: 'out\n', err: 'err\n', exit: { code: 3 } });
  });

  test("255 is ssh's own code for a failure, and a command's result all the same", async () => {
    expect((await run(await connect(), 'exit 255')).exit).toEqual({ code: 255 });
  });

  test('a command that dies by a signal, and so has no code, has no result', async () => {
    expect(await problem(run(await connect(), 'kill -KILL $$'))).toMatchObject({ code: 'connectionLost' });
  });

  test('more than a window goes there and back whole', async () => {
    const channel = await (await connect()).open('exec cat', { signal: never });
    const block = Buffer.alloc(1024 * 1024, 'x');
    const sent = (async () => {
      for (let i = 0; i < 8; i++) await channel.write(block);
      channel.end();
    })();
    let bytes = 0;
    for await (const chunk of channel.stdout) bytes += chunk.length;
    await sent;
    expect([bytes, await channel.exit]).toEqual([8 * block.length, { code: 0 }]);
  });

  test('a terminal neither echoes nor edits', async () => {
    const channel = await (await connect()).open('exec /bin/sh -c "echo ready; read -r a; echo got"', { signal: never, pty: true });
    const output = channel.stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
    let said = '';
    while (!said.includes('ready\n')) said += Buffer.from((await output.next()).value ?? []).toString();
    await channel.write('secret\n');
    for (let next = await output.next(); !next.done; next = await output.next()) said += Buffer.from(next.value).toString();
    expect(said).toBe('ready\ngot\n');
    expect(await channel.exit).toEqual({ code: 0 });
  });

  test('cut by its signal, and the far end sees its stdin end', async () => {
    const stop = new AbortController();
    rmSync(`${work.path}/ended`, { force: true });
    const command = `exec /bin/sh -c "echo begun; cat >/dev/null; echo ended >${work.path}/ended"`;
    const channel = await (await connect()).open(command, { signal: stop.signal });
    const output = channel.stdout[Symbol.asyncIterator]();
    expect(Buffer.from((await output.next()).value as Uint8Array).toString()).toBe('begun\n');
    stop.abort();
    expect(await problem(channel.exit)).toEqual({ code: 'cancelled' });
    await expect.poll(() => existsSync(`${work.path}/ended`), { timeout: 10_000 }).toBe(true);
  });
});

describe('by itself, and it says why', () => {
  const why = (made: TestTransport) => made.lines.find((line) => line.includes("by the system's ssh client"));

  test('for a certificate', async () => {
    const made = client(sshd.port, [`IdentityFile ${certified}`]);
    const session = await silently(made);
    expect((await run(session, 'echo in')).out).toBe('in\n');
    expect(why(made)).toContain('certificate');
    expect(session.byOpenSsh).toEqual([{ hop: 'a', need: { kind: 'certificate' } }]);
  });

  test('for a certificate that the agent holds', async () => {
    const agent = await startAgent([certified]);
    try {
      const made = client(sshd.port, ['IdentityFile none'], { env: { SSH_AUTH_SOCK: agent.socket } });
      expect((await run(await silently(made), 'echo in')).out).toBe('in\n');
      expect(why(made)).toContain('certificate');
    } finally {
      agent.stop();
    }
  });

  test('for a server that takes post-quantum key exchange only; the second time at once', async () => {
    const modern = await server({ settings: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    const made = client(modern.port, [`IdentityFile ${key}`]);
    expect((await run(await silently(made), 'echo in')).out).toBe('in\n');
    expect(why(made)).toContain('sntrup761x25519-sha512@openssh.com');
    const tries = modern.log().split('Connection from').length;
    made.drop('ssh-config:a');
    await silently(made);
    await expect.poll(() => modern.log().split('Connection from').length).toBe(tries + 1);
  });

  test('for a server that has one cipher which ssh2 has not', async () => {
    const modern = await server({ settings: ['Ciphers chacha20-poly1305@openssh.com'] });
    expect((await run(await silently(client(modern.port, [`IdentityFile ${key}`])), 'echo in')).out).toBe('in\n');
  });

  test('for a security key: with a person to touch it, never without', async () => {
    const [log, wait] = [`${work.path}/touches`, work.file('finger', '')];
    const made = client(sshd.port, [`IdentityFile ${onKey}`, `SecurityKeyProvider ${provider}`], { env: { SK_LOG: log, SK_WAIT: wait } });
    expect(await problem(silently(made))).toEqual({ code: 'needsSignIn', why: 'touch' });
    expect(existsSync(log)).toBe(false);
    const asked = person(false);
    const connecting = made.connect(host('a'), { signal: never, prompts: asked });
    await expect.poll(() => asked.touches.length, { timeout: 20_000 }).toBe(1);
    expect(asked.touches[0]).toMatchObject({ host: 'a', hop: 'a', detail: expect.stringContaining('ED25519-SK') as string });
    rmSync(wait);
    expect((await run(await connecting, 'echo in')).out).toBe('in\n');
    expect(readFileSync(log, 'utf8')).toBe('touched\n');
  });

  test('for a host that is known by its authority alone', async () => {
    const own = await makeKey(work.path, 'own');
    const authority = await makeKey(work.path, 'hosts');
    await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'host', '-h', '-n', '127.0.0.1', `${own}.pub`]);
    const certain = await server({ hostKeys: [own], settings: [`HostCertificate ${own}-cert.pub`] });
    const vouched = (by: string) => [`@cert-authority [127.0.0.1]:* ${publicKey(by)}`];
    const made = client(certain.port, [`IdentityFile ${key}`], {}, vouched(authority));
    expect((await run(await silently(made), 'echo in')).out).toBe('in\n');
    expect(why(made)).toContain('authority');
    const other = await problem(silently(client(certain.port, [`IdentityFile ${key}`], {}, vouched(hostKey))));
    expect(other).toEqual({ code: 'needsSignIn', why: 'hostKey' });
  });

  test("over a connection that the person's own ssh shares, which stays when we leave", async () => {
    const socket = `${work.path}/m`;
    const lines = [`ControlPath ${socket}`, 'IdentityFile none'];
    const made = client(sshd.port, lines);
    expect(await problem(silently(made))).toMatchObject({ code: 'authFailed' });
    const config = ['-F', `${work.path}/config`, '-o', `IdentityFile=${key}`];
    await execute('ssh', [...config, '-f', '-N', '-o', 'ControlMaster=yes', '-o', 'ControlPersist=60', 'a'], { timeout: 20_000 });
    try {
      made.drop('ssh-config:a');
      const session = await silently(made);
      expect((await run(session, 'echo in')).out).toBe('in\n');
      expect(why(made)).toContain('ControlPath');
      expect(session.byOpenSsh).toEqual([{ hop: 'a', need: { kind: 'shared' } }]);
      made.dispose();
      await execute('ssh', ['-S', socket, '-O', 'check', 'a']);
    } finally {
      await execute('ssh', ['-S', socket, '-O', 'exit', 'a']);
    }
  });

  test('but not where the person chose ssh2', async () => {
    const made = client(sshd.port, [`IdentityFile ${certified}`], { clients: { a: 'ssh2' } });
    expect(await problem(silently(made))).toMatchObject({ code: 'authFailed' });
  });

  test('and where there is none, the error says what it was for', async () => {
    const made = client(sshd.port, [`IdentityFile ${certified}`], { env: { PATH: work.path } });
    const error: unknown = await silently(made).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: { code: 'sshClientMissing', need: { kind: 'certificate' } } });
    expect(error).toMatchObject({ options: { openSsh: { hop: 'a', need: { kind: 'certificate' } } } });
  });
});

describe('a ticket of Kerberos', () => {
  let realm: Realm | undefined;
  beforeAll(async () => {
    realm = await startRealm();
  });
  afterAll(() => realm?.stop());

  test('signs in, without a question', async () => {
    const env = realm?.env ?? {};
    const kerberos = await server({ settings: ['GSSAPIAuthentication yes', 'GSSAPIStrictAcceptorCheck no'], env });
    const lines = ['IdentityFile none', 'GSSAPIAuthentication yes', 'HostKeyAlias kdc'];
    const known = [`kdc ${publicKey(hostKey)}`];
    const here = (own: Record<string, string>) => {
      const file = work.file('known', `${known.join('\n')}\n`);
      const all = [
        ...lines,
        'HostName localhost',
        'AddressFamily inet',
        `Port ${kerberos.port}`,
        `User ${me}`,
        `UserKnownHostsFile ${file}`,
      ];
      return configured(`Host *\n ${all.join('\n ')}\n`, { env: own });
    };
    expect(await problem(silently(here({ ...env, KRB5CCNAME: `${work.path}/none` })))).toMatchObject({ code: 'authFailed' });
    const made = here(env);
    expect((await run(await silently(made), 'echo in')).out).toBe('in\n');
    expect(made.lines.join('\n')).toContain('Kerberos ticket');
    expect(kerberos.log()).toContain('Accepted gssapi-with-mic');
  });
});

describe('host keys are never checked less', () => {
  const print = async (file: string) => (await execute('ssh-keygen', ['-lf', `${file}.pub`])).stdout.split(' ')[1];
  const lines = () => [`IdentityFile ${key}`];
  const at = () => `[127.0.0.1]:${sshd.port}`;

  test('unknown: asked with its fingerprint, refused or written down by ssh; nobody there, no connection', async () => {
    const unknown = () => client(sshd.port, lines(), OPENSSH, []);
    expect(await problem(silently(unknown()))).toEqual({ code: 'needsSignIn', why: 'hostKey' });
    const wary = person(false);
    const refused = await problem(unknown().connect(host('a'), { signal: never, prompts: wary }));
    expect(refused).toMatchObject({ code: 'hostKeyUnknown', fingerprint: await print(hostKey) });
    expect(wary.keys).toMatchObject([{ host: 'a', hop: 'a', address: `127.0.0.1:${sshd.port}`, fingerprint: await print(hostKey) }]);
    expect(work.read('known')).toBe('');
    const made = unknown();
    await made.connect(host('a'), { signal: never, prompts: person(true) });
    expect(work.read('known')).toContain(publicKey(hostKey));
    made.drop('ssh-config:a');
    await silently(made);
  });

  test('StrictHostKeyChecking no is asked all the same, yes never connects', async () => {
    const lax = client(sshd.port, [...lines(), 'StrictHostKeyChecking no'], OPENSSH, []);
    expect(await problem(silently(lax))).toEqual({ code: 'needsSignIn', why: 'hostKey' });
    expect(await problem(lax.connect(host('a'), { signal: never, prompts: person(false) }))).toMatchObject({ code: 'hostKeyUnknown' });
    const asked = person(true);
    const strict = client(sshd.port, [...lines(), 'StrictHostKeyChecking yes'], OPENSSH, []);
    const failure = await problem(strict.connect(host('a'), { signal: never, prompts: asked }));
    expect(failure).toMatchObject({ code: 'hostKeyUnknown', fingerprint: await print(hostKey) });
    expect(asked.keys).toEqual([]);
  });

  test.each(['ask', 'no', 'accept-new'])('changed or revoked: refused with file and line, nobody asked (%s)', async (strict) => {
    const settings = [...lines(), `StrictHostKeyChecking ${strict}`];
    const asked = person(true);
    const changed = client(sshd.port, settings, OPENSSH, [`other.example ${publicKey(key)}`, `${at()} ${publicKey(key)}`]);
    expect(await problem(changed.connect(host('a'), { signal: never, prompts: asked }))).toMatchObject({
      code: 'hostKeyChanged',
      fingerprint: await print(hostKey),
      known: await print(key),
      file: `${work.path}/known`,
      line: 2,
    });
    const known = [`${at()} ${publicKey(hostKey)}`, `@revoked ${at()} ${publicKey(hostKey)}`];
    const revoked = client(sshd.port, settings, OPENSSH, known);
    expect(await problem(revoked.connect(host('a'), { signal: never, prompts: asked }))).toEqual({
      code: 'hostKeyRevoked',
      address: `127.0.0.1:${sshd.port}`,
      fingerprint: await print(hostKey),
      file: `${work.path}/known`,
      line: 2,
    });
    expect(asked.keys).toEqual([]);
  });
});

describe('questions', () => {
  const connect = (secret: string | undefined, lines = [`IdentityFile ${locked}`]) => {
    const asked = person(false, secret === undefined ? {} : { passphrase: secret });
    const made = client(sshd.port, lines, OPENSSH);
    return { asked, made, connected: made.connect(host('a'), { signal: never, prompts: asked }) };
  };

  test('a passphrase is asked for in our own prompt', async () => {
    const { asked, made, connected } = connect(SECRET);
    expect((await run(await connected, 'echo in')).out).toBe('in\n');
    expect(asked.asked).toEqual([
      { kind: 'passphrase', host: 'a', hop: 'a', user: me, address: `127.0.0.1:${sshd.port}`, detail: locked, hidden: true },
    ]);
    expect(made.lines.join('\n')).not.toContain(SECRET);
  });

  test('a wrong one is dropped and named, and not tried again', async () => {
    const { asked, connected } = connect('wrong');
    expect(await problem(connected)).toEqual({ code: 'authFailed', user: me, tried: [locked] });
    expect([asked.asked.length, asked.dropped.length]).toEqual([1, 1]);
  });

  test('none is a cancellation; cancelled while it is open, the question ends too', async () => {
    expect(await problem(connect(undefined).connected)).toEqual({ code: 'cancelled' });
    const stop = new AbortController();
    let ended = false;
    const asked = person(false);
    asked.secret = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended = true;
          reject(signal.reason as Error);
        });
        stop.abort();
      });
    const made = client(sshd.port, [`IdentityFile ${locked}`], OPENSSH);
    expect(await problem(made.connect(host('a'), { signal: stop.signal, prompts: asked }))).toEqual({ code: 'cancelled' });
    await expect.poll(() => ended).toBe(true);
  });

  test('silent work is asked nothing', async () => {
    const made = client(sshd.port, [`IdentityFile ${locked}`], OPENSSH);
    expect(await problem(silently(made))).toMatchObject({ code: 'authFailed' });
  });
});

describe('chains', () => {
  test.each([
    ['ssh2, then OpenSSH', { inner: 'openssh', bastion: 'ssh2', web: 'openssh' }],
    ['OpenSSH, then ssh2', { inner: 'ssh2', bastion: 'openssh', web: 'ssh2' }],
    ['OpenSSH all the way', { '*': 'openssh' }],
  ] as const)('of three hops, each with its own key: %s', async (which, choice) => {
    const keys = await Promise.all([1, 2, 3].map((n) => makeKey(work.path, `${which.replace(/\W/g, '')}${n}`)));
    const servers = await Promise.all(keys.map((one) => server({ authorized: [one] })));
    const names = ['bastion', 'inner', 'web'];
    const known = work.file('known', servers.map(({ port }) => `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`).join(''));
    const blocks = names.map((name, index) => {
      const jump = index === 0 ? '' : ` ProxyJump ${names[index - 1]!}\n`;
      return `Host ${name}\n HostName 127.0.0.1\n Port ${servers[index]!.port}\n User ${me}\n IdentityFile ${keys[index]!}\n${jump}`;
    });
    const made = configured(`${blocks.join('')}Host *\n UserKnownHostsFile ${known}\n`, { clients: choice });
    const session = await silently(made, 'web');
    expect((await run(session, 'echo $SSH_CONNECTION')).out).toContain(` ${servers[2]!.port}\n`);
    const channel = await session.open('exec cat', { signal: never });
    await servers[0]!.stop();
    expect(await problem(channel.exit)).toMatchObject({ code: 'connectionLost' });
    await expect.poll(() => session.ended, { timeout: 30_000 }).toBe(true);
  });
});

describe('failures', () => {
  test('a lost connection: no exit, no result, and the next connect works', async () => {
    const own = await server({});
    const made = client(own.port, [`IdentityFile ${key}`], OPENSSH);
    const session = await silently(made);
    let ends = 0;
    session.onEnd(() => ends++);
    const channel = await session.open('sh -c "sleep 60 & echo part; exit 0"', { signal: never });
    const output = channel.stdout[Symbol.asyncIterator]();
    await output.next();
    await own.stop();
    expect(await problem(channel.exit)).toMatchObject({ code: 'connectionLost' });
    await expect.poll(() => [session.ended, ends], { timeout: 10_000 }).toEqual([true, 1]);
    expect(await problem(session.open('true', { signal: never }))).toMatchObject({ code: 'connectionLost' });
  });

  test('refusals are named as ever', async () => {
    const at = { clients: { '*': 'openssh' } } as const;
    expect(await problem(silently(client(1, [`IdentityFile ${key}`], at)))).toMatchObject({ code: 'connectFailed', phase: 'tcp' });
    const stranger = await makeKey(work.path, 'stranger');
    const wrong = await problem(silently(client(sshd.port, [`IdentityFile ${stranger}`], at)));
    expect(wrong).toEqual({ code: 'authFailed', user: me, tried: [stranger] });
    const old = await server({ settings: ['KexAlgorithms diffie-hellman-group1-sha1'] });
    const missing = await problem(silently(client(old.port, [`IdentityFile ${key}`], at)));
    expect(missing).toMatchObject({ code: 'noCommonAlgorithm', kind: 'kex' });
    expect(missing).toHaveProperty('offered', expect.arrayContaining(['diffie-hellman-group1-sha1']));
  });

  test('a port that takes connections and says nothing: a deadline; cancelled: at once, and nothing is left', async () => {
    const sockets = new Set<Socket>();
    const door = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    const port = await new Promise<number>((resolve) => {
      door.listen(0, '127.0.0.1', () => resolve((door.address() as { port: number }).port));
    });
    try {
      const made = client(port, [`IdentityFile ${key}`, 'ConnectTimeout 1'], OPENSSH);
      expect(await problem(silently(made))).toMatchObject({ code: 'connectTimeout', seconds: 1 });
      const stop = new AbortController();
      const cancelled = problem(client(port, [`IdentityFile ${key}`], OPENSSH).connect(host('a'), { signal: stop.signal }));
      await expect.poll(() => sockets.size, { timeout: 10_000 }).toBeGreaterThan(1);
      stop.abort();
      expect(await cancelled).toEqual({ code: 'cancelled' });
      await expect
        .poll(() => [...sockets].every((socket) => socket.closed || socket.readableEnded || socket.resume().destroyed), { timeout: 10_000 })
        .toBe(true);
    } finally {
      for (const socket of sockets) socket.destroy();
      door.close();
    }
  });

  test('more sessions than the server allows: an error, and the connection stays', async () => {
    const session = await silently(client(sshd.port, [`IdentityFile ${key}`], OPENSSH));
    const open = await Promise.all(
      [1, 2, 3].map(async () => {
        const channel = await session.open('echo open; exec cat', { signal: never });
        const out = channel.stdout[Symbol.asyncIterator]();
        // Each client is a process of its own: the server has a session only when its command has spoken.
        await out.next();
        return { channel, out };
      }),
    );
    expect(await problem(run(session, 'true'))).toMatchObject({ code: 'connectionLost' });
    for (const { channel, out } of open) {
      channel.end();
      await Promise.all([out.next(), text(channel.stderr), channel.exit]);
    }
    expect((await run(session, 'echo again')).out).toBe('again\n');
  });

  test('disposed: the master ends, and its directory is gone', async () => {
    const own = await server({});
    const made = client(own.port, [`IdentityFile ${key}`], OPENSSH);
    const session = await silently(made);
    made.dispose();
    expect(session.ended).toBe(true);
    await expect.poll(() => own.log(), { timeout: 60_000 }).toMatch(/Disconnected from user|Connection closed/);
  });
});

interface Realm {
  readonly env: Record<string, string>;
  stop(): void;
}

/** A key distribution centre of its own, a keytab for sshd and a ticket for us. */
async function startRealm(): Promise<Realm> {
  const port = 20_000 + (process.pid % 20_000);
  const [config, profile] = [`${work.path}/krb5.conf`, `${work.path}/kdc.conf`];
  work.file(
    'krb5.conf',
    `[libdefaults]\n default_realm = TOA.TEST\n dns_lookup_kdc = false\n dns_canonicalize_hostname = false\n rdns = false\n` +
      `[realms]\n TOA.TEST = {\n  kdc = 127.0.0.1:${port}\n }\n[domain_realm]\n localhost = TOA.TEST\n`,
  );
  work.file(
    'kdc.conf',
    `[kdcdefaults]\n kdc_listen = 127.0.0.1:${port}\n kdc_tcp_listen = 127.0.0.1:${port}\n` +
      `[realms]\n TOA.TEST = {\n  database_name = ${work.path}/principal\n  key_stash_file = ${work.path}/stash\n }\n`,
  );
  const env = {
    KRB5_CONFIG: config,
    KRB5_KDC_PROFILE: profile,
    KRB5_KTNAME: `${work.path}/keytab`,
    KRB5CCNAME: `FILE:${work.path}/ticket`,
  };
  const all = { env: { ...process.env, ...env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };
  await execute('kdb5_util', ['create', '-s', '-P', 'master', '-r', 'TOA.TEST'], all);
  const admin = (...query: string[]) => execute('kadmin.local', ['-r', 'TOA.TEST', '-q', query.join(' ')], all);
  await admin('addprinc', '-pw', `"${SECRET}"`, me);
  await admin('addprinc', '-randkey', 'host/localhost');
  await admin('ktadd', '-k', env.KRB5_KTNAME, 'host/localhost');
  const kdc = spawn('krb5kdc', ['-n', '-r', 'TOA.TEST'], { ...all, stdio: 'ignore' });
  await vi.waitFor(
    async () => {
      const kinit = execute('kinit', [me], all);
      // Before there is a server it ends without reading; its exit says so.
      kinit.child.stdin?.on('error', () => undefined);
      kinit.child.stdin?.end(`${SECRET}\n`);
      await kinit;
    },
    { timeout: 20_000, interval: 300 },
  );
  return { env, stop: () => void kdc.kill() };
}
