import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { host, never, person, problem, run, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startAgent, startSshd, workDirectory, type Sshd } from './sshd';

const work = workDirectory();
const clients: TestTransport[] = [];
let hostKey: string;
let sshd: Sshd;
/** Each of another format or type, all allowed by sshd. */
let allowed: Record<string, string>;

const SECRET = 'correct horse';

beforeAll(async () => {
  hostKey = await makeKey(work.path, 'hostkey');
  const make = (name: string, ...options: string[]) => makeKey(work.path, name, options);
  allowed = {
    ed25519: await make('ed25519', '-t', 'ed25519'),
    ecdsa: await make('ecdsa', '-t', 'ecdsa', '-b', '384'),
    rsa: await make('rsa', '-t', 'rsa', '-b', '2048'),
    rsaPem: await make('rsaPem', '-t', 'rsa', '-b', '2048', '-m', 'PEM'),
    ecdsaPem: await make('ecdsaPem', '-t', 'ecdsa', '-b', '521', '-m', 'PEM'),
    rsaPkcs8: await make('rsaPkcs8', '-t', 'rsa', '-b', '2048', '-m', 'PKCS8'),
    encrypted: await make('encrypted', '-t', 'ed25519', '-N', SECRET),
    encryptedPem: await make('encryptedPem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', SECRET),
    encryptedPkcs8: await make('encryptedPkcs8', '-t', 'ecdsa', '-m', 'PKCS8', '-N', SECRET),
  };
  allowed['ed25519Pkcs8'] = ed25519Pkcs8();
  sshd = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: Object.values(allowed).map(publicKey) });
}, 120_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});
afterAll(async () => {
  await sshd.stop();
  work.remove();
});

/** openssl makes this one; ssh-keygen never does. */
function ed25519Pkcs8(): string {
  const path = `${work.path}/ed25519Pkcs8`;
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', path]);
  const der = execFileSync('openssl', ['pkey', '-in', path, '-pubout', '-outform', 'DER']);
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), der.subarray(-32)]);
  work.file('ed25519Pkcs8.pub', `ssh-ed25519 ${blob.toString('base64')} x\n`);
  return path;
}

function client(port: number, settings: readonly string[], env: Record<string, string> = {}): TestTransport {
  const known = work.file('known', `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`);
  const lines = [...settings, 'HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `UserKnownHostsFile ${known}`];
  const made = transport(work.file('config', `Host *\n ${lines.join('\n ')}\n`), { env });
  clients.push(made);
  return made;
}

test.each(['ed25519', 'ecdsa', 'rsa', 'rsaPem', 'ecdsaPem', 'rsaPkcs8', 'ed25519Pkcs8'])(
  'an unencrypted key file signs in silently: %s',
  async (name) => {
    const session = await client(sshd.port, [`IdentityFile ${allowed[name]!}`]).connect(host('a'), { signal: never });
    expect((await run(session, 'echo in')).out).toBe('in\n');
  },
);

test('PubkeyAcceptedAlgorithms decides which keys are offered', async () => {
  const files = [`IdentityFile ${allowed['ed25519']!}`, `IdentityFile ${allowed['rsa']!}`];
  const tried = async (list: string): Promise<string> => {
    const before = sshd.log().length;
    const made = client(sshd.port, [...files, `PubkeyAcceptedAlgorithms ${list}`]);
    await made.connect(host('a'), { signal: never });
    return sshd.log().slice(before);
  };
  expect(await tried('rsa-sha2-256')).toMatch(/Accepted publickey for \S+ from .* RSA /);
  const none = client(sshd.port, [...files, 'PubkeyAcceptedAlgorithms ecdsa-sha2-nistp256', 'PasswordAuthentication no']);
  expect(await problem(none.connect(host('a'), { signal: never }))).toMatchObject({ code: 'authFailed', tried: [] });
});

test.each(['encrypted', 'encryptedPem', 'encryptedPkcs8'])('an encrypted key file asks for its passphrase once: %s', async (name) => {
  const asked = person(false, { passphrase: SECRET });
  const transports = client(sshd.port, [`IdentityFile ${allowed[name]!}`]);
  await transports.connect(host('a'), { signal: never, prompts: asked });
  expect(asked.asked).toEqual([
    { kind: 'passphrase', host: 'a', hop: 'a', user: me, address: `127.0.0.1:${sshd.port}`, detail: allowed[name], hidden: true },
  ]);
  // What is unlocked stays so for this editor: no question, even in silence.
  transports.drop('ssh-config:a');
  await transports.connect(host('a'), { signal: never });
});

test.each(['encryptedPem', 'encryptedPkcs8'])('an encrypted %s without its .pub is opened before it is offered', async (name) => {
  const alone = work.file(`${name}.alone`, readFileSync(allowed[name]!, 'utf8'));
  const asked = person(false, { passphrase: SECRET });
  const made = client(sshd.port, [`IdentityFile ${alone}`]);
  expect(await problem(made.connect(host('a'), { signal: never }))).toEqual({ code: 'needsSignIn', why: 'passphrase' });
  await made.connect(host('a'), { signal: never, prompts: asked });
  expect(asked.asked).toMatchObject([{ kind: 'passphrase', detail: alone }]);
});

test('an encrypted key in silence: needs sign-in', async () => {
  for (const name of ['encrypted', 'encryptedPem']) {
    expect(await problem(client(sshd.port, [`IdentityFile ${allowed[name]!}`]).connect(host('a'), { signal: never }))).toEqual({
      code: 'needsSignIn',
      why: 'passphrase',
    });
  }
});

test('a wrong passphrase is dropped, named, and not tried again', async () => {
  const asked = person(false, { passphrase: 'wrong' });
  const failure = await problem(
    client(sshd.port, [`IdentityFile ${allowed['encrypted']!}`]).connect(host('a'), { signal: never, prompts: asked }),
  );
  expect(failure).toEqual({ code: 'authFailed', user: me, tried: [allowed['encrypted']] });
  expect([asked.asked.length, asked.dropped.length]).toEqual([1, 1]);
});

test('a passphrase is not asked for a key that the server would not take', async () => {
  const useless = await makeKey(work.path, 'useless', ['-t', 'ed25519', '-N', SECRET]);
  const asked = person(false, { passphrase: SECRET });
  const settings = [`IdentityFile ${useless}`, `IdentityFile ${allowed['ed25519']!}`];
  await client(sshd.port, settings).connect(host('a'), { signal: never, prompts: asked });
  expect(asked.asked).toEqual([]);
});

test('an agent signs, for a public key file too; IdentitiesOnly keeps its other keys back', async () => {
  const other = await makeKey(work.path, 'other');
  const agent = await startAgent([other, allowed['ed25519']!, allowed['rsa']!]);
  try {
    const env = { SSH_AUTH_SOCK: agent.socket };
    await client(sshd.port, ['IdentityFile none'], env).connect(host('a'), { signal: never });
    // Only the public half is on this machine.
    const bare = work.file('bare.pub', readFileSync(`${allowed['rsa']!}.pub`, 'utf8'));
    const bareClient = client(sshd.port, ['IdentitiesOnly yes', `IdentityFile ${bare}`], env);
    await bareClient.connect(host('a'), { signal: never });
    const before = sshd.log().length;
    const refused = await problem(
      client(sshd.port, ['IdentitiesOnly yes', `IdentityFile ${other}`], env).connect(host('a'), { signal: never }),
    );
    expect(refused).toEqual({ code: 'authFailed', user: me, tried: [other] });
    expect(sshd.log().slice(before)).not.toContain('Accepted');
    await client(sshd.port, [`IdentityAgent ${agent.socket}`, 'IdentityFile none']).connect(host('a'), { signal: never });
  } finally {
    agent.stop();
  }
});

test('an agent that is gone is no agent', async () => {
  const env = { SSH_AUTH_SOCK: `${work.path}/nobody` };
  await client(sshd.port, [`IdentityFile ${allowed['ed25519']!}`], env).connect(host('a'), { signal: never });
});

describe('more keys than the server lets one try', () => {
  let wrong: string[];
  const started: Sshd[] = [];
  beforeAll(async () => {
    wrong = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => makeKey(work.path, `wrong${n}`)));
  });
  afterAll(async () => {
    for (const server of started) await server.stop();
  });
  const identities = (keys: readonly string[]): string[] => keys.map((key) => `IdentityFile ${key}`);
  const server = async (settings: readonly string[]): Promise<Sshd> => {
    const authorized = [publicKey(allowed['ed25519']!)];
    const one = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized, settings });
    started.push(one);
    return one;
  };

  test('all are offered where the server goes on, and the one that worked goes first next time', async () => {
    const patient = await server(['MaxAuthTries 20']);
    const made = client(patient.port, identities([...wrong, allowed['ed25519']!]));
    await made.connect(host('a'), { signal: never });
    made.drop('ssh-config:a');
    const before = patient.log().length;
    await made.connect(host('a'), { signal: never });
    expect(patient.log().slice(before)).not.toContain('Failed publickey');
  });

  test('where no password is taken either, what was tried is named', async () => {
    const strict = await server(['PasswordAuthentication no', 'KbdInteractiveAuthentication no']);
    const failure = await problem(client(strict.port, identities(wrong)).connect(host('a'), { signal: never }));
    expect(failure).toEqual({ code: 'authFailed', user: me, tried: wrong.slice(0, 6) });
  });

  test('in silence the way to a password stays open; a person is asked before the server has had enough', async () => {
    const strict = await server(['PasswordAuthentication yes', 'KbdInteractiveAuthentication yes']);
    const made = client(strict.port, identities(wrong));
    expect(await problem(made.connect(host('a'), { signal: never }))).toEqual({ code: 'needsSignIn', why: 'password' });
    const asked = person(false, { password: 'no such password' });
    const failure = await problem(made.connect(host('a'), { signal: never, prompts: asked }));
    expect(failure).toEqual({ code: 'authFailed', user: me, tried: [...wrong.slice(0, 4), 'keyboard-interactive', 'password'] });
    expect(asked.asked).toHaveLength(1);
    expect(strict.log()).toContain('Failed password');
  });

  test('a server of less patience is asked with fewer keys next time', async () => {
    const strict = await server(['MaxAuthTries 3', 'PasswordAuthentication yes', 'KbdInteractiveAuthentication no']);
    const made = client(strict.port, identities(wrong));
    const asked = person(false, { password: 'no such password' });
    const first = await problem(made.connect(host('a'), { signal: never, prompts: asked }));
    expect(first).toEqual({ code: 'authFailed', user: me, tried: wrong.slice(0, 3) });
    const second = await problem(made.connect(host('a'), { signal: never, prompts: asked }));
    expect(second).toEqual({ code: 'authFailed', user: me, tried: [wrong[0]!, 'password'] });
  });
});

test("keys go in ssh's order: the agent's that files name, the agent's others, files alone", async () => {
  const [inFile, named, other] = await Promise.all(['inFile', 'named', 'other2'].map((name) => makeKey(work.path, name)));
  const agent = await startAgent([other!, named!]);
  try {
    const settings = [`IdentityFile ${inFile!}`, `IdentityFile ${named!}`];
    const made = client(sshd.port, settings, { SSH_AUTH_SOCK: agent.socket });
    const failure = await problem(made.connect(host('a'), { signal: never }));
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-lf', other!]);
    expect(failure).toEqual({ code: 'authFailed', user: me, tried: [named, `agent ${stdout.split(' ')[1]!}`, inFile] });
  } finally {
    agent.stop();
  }
});

test('PreferredAuthentications decides what comes first', async () => {
  const settings = [`IdentityFile ${allowed['ed25519']!}`, 'PreferredAuthentications password,publickey'];
  const asking = await startSshd({
    directory: work.path,
    hostKeys: [hostKey],
    authorized: [publicKey(allowed['ed25519']!)],
    settings: ['PasswordAuthentication yes'],
  });
  try {
    const asked = person(false, {});
    const made = client(asking.port, settings);
    expect(await problem(made.connect(host('a'), { signal: never, prompts: asked }))).toEqual({ code: 'cancelled' });
    expect(asked.asked).toMatchObject([{ kind: 'password' }]);
    await made.connect(host('a'), { signal: never });
  } finally {
    await asking.stop();
  }
});

test('one failed silent sign-in ends silent tries until a person signs in or the session is dropped', async () => {
  const stranger = await makeKey(work.path, 'stranger');
  const made = client(sshd.port, [`IdentityFile ${stranger}`]);
  expect(await problem(made.connect(host('a'), { signal: never }))).toMatchObject({ code: 'authFailed' });
  const connections = (): number => sshd.log().split('Connection from').length;
  const before = connections();
  expect(await problem(made.connect(host('a'), { signal: never }))).toEqual({ code: 'needsSignIn', why: 'earlierFailure' });
  expect(connections()).toBe(before);
  made.drop('ssh-config:a');
  expect(await problem(made.connect(host('a'), { signal: never }))).toMatchObject({ code: 'authFailed' });
});
