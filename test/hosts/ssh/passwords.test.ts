import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import ssh2, { type AuthContext, type Connection, type Server } from 'ssh2';
import type { SshSettings } from '../../../src/ssh/options';
import { host, never, person, problem, run, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, workDirectory } from './sshd';

const work = workDirectory();
const clients: TestTransport[] = [];
const servers: Server[] = [];
let hostKey: string;
let key: string;

const SECRET = 'correct horse';

beforeAll(async () => {
  hostKey = await makeKey(work.path, 'hostkey');
  key = await makeKey(work.path, 'key');
});
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => work.remove());

function client(
  port: number,
  settings: readonly string[],
  env: Record<string, string> = {},
  isKnown = true,
  more: Partial<SshSettings> = {},
): TestTransport {
  const known = work.file('known', isKnown ? `[127.0.0.1]:${port} ${publicKey(hostKey)}\n` : '');
  const lines = [...settings, 'HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `UserKnownHostsFile ${known}`];
  const made = transport(work.file('config', `Host *\n ${lines.join('\n ')}\n`), { env, ...more });
  clients.push(made);
  return made;
}

/*
 * Passwords: sshd would check them against the machine's own accounts, which a test must not make. The far end is ssh2's server
 * in this process instead: a real SSH conversation over TCP, with the passwords in the test's hands.
 */
async function passwordServer(decide: (context: AuthContext, connection: Connection) => void): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (connection) => {
    connection.on('authentication', (context) => decide(context, connection));
    connection.on('error', () => undefined);
    connection.on('ready', () => {
      connection.on('session', (accept) => {
        accept().once('exec', (acceptExec) => {
          const stream = acceptExec();
          stream.exit(0);
          stream.end('in\n');
        });
      });
    });
  });
  servers.push(server);
  return await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

test('a password: asked once, right', async () => {
  const port = await passwordServer((context) => {
    if (context.method === 'password' && context.password === SECRET) context.accept();
    else context.reject(['password']);
  });
  const asked = person(false, { password: SECRET });
  const session = await client(port, ['IdentityFile none']).connect(host('a'), { signal: never, prompts: asked });
  expect((await run(session, 'anything')).out).toBe('in\n');
  expect(asked.asked).toEqual([{ kind: 'password', host: 'a', hop: 'a', user: me, address: `127.0.0.1:${port}`, hidden: true }]);
});

test('a wrong password is sent once, dropped, and the error names what was tried, never the secret', async () => {
  let times = 0;
  const port = await passwordServer((context) => {
    if (context.method === 'password') times++;
    context.reject(['password', 'keyboard-interactive']);
  });
  const asked = person(false, { password: 'wrong horse' });
  const made = client(port, ['IdentityFile none', 'KbdInteractiveAuthentication no']);
  const failed = made.connect(host('a'), { signal: never, prompts: asked });
  const error: unknown = await failed.catch((thrown: unknown) => thrown);
  expect(await problem(failed)).toEqual({ code: 'authFailed', user: me, tried: ['password'] });
  expect([times, asked.asked.length, asked.dropped.length]).toEqual([1, 1, 1]);
  expect(`${JSON.stringify(error)} ${String(error)} ${made.lines.join(' ')}`).not.toContain('wrong horse');
});

test('a host that wants a password, in silence: needs sign-in, and no password is sent', async () => {
  const methods: string[] = [];
  const port = await passwordServer((context) => {
    methods.push(context.method);
    context.reject(['password', 'keyboard-interactive']);
  });
  expect(await problem(client(port, ['IdentityFile none']).connect(host('a'), { signal: never }))).toEqual({
    code: 'needsSignIn',
    why: 'password',
  });
  expect(methods).toEqual(['none']);
});

test('keyboard-interactive: several questions, echo as the server says, its words as they are', async () => {
  const shown: string[] = [];
  const port = await passwordServer((context) => {
    if (context.method !== 'keyboard-interactive') {
      context.reject(['keyboard-interactive']);
      return;
    }
    context.prompt([{ prompt: 'Password: ', echo: false }], 'PAM', '', ([first]) => {
      context.prompt(
        [
          { prompt: '\u001b[31mToken for <b>you</b>: ', echo: true },
          { prompt: 'PIN: ', echo: false },
        ],
        'Second factor',
        'Read carefully',
        (answers) => {
          shown.push(first ?? '', ...answers);
          context.accept();
        },
      );
    });
  });
  const asked = person(false, { password: SECRET, answer: ['123456', '0000'] });
  await client(port, ['IdentityFile none']).connect(host('a'), { signal: never, prompts: asked });
  expect(shown).toEqual([SECRET, '123456', '0000']);
  expect(asked.asked).toMatchObject([
    { kind: 'password', hidden: true },
    { kind: 'answer', hidden: false, detail: 'Second factor\nRead carefully\n\u001b[31mToken for <b>you</b>: ' },
    { kind: 'answer', hidden: true, detail: 'Second factor\nRead carefully\nPIN: ' },
  ]);
});

test('keyboard-interactive offered but asking nothing: the password is still tried', async () => {
  const port = await passwordServer((context) => {
    if (context.method === 'password' && context.password === SECRET) context.accept();
    else context.reject(['keyboard-interactive', 'password']);
  });
  await client(port, ['IdentityFile none']).connect(host('a'), { signal: never, prompts: person(false, { password: SECRET }) });
});

test('a key and then a password, where the server wants both', async () => {
  const port = await passwordServer((context) => {
    if (context.method === 'publickey') {
      if (context.signature) context.reject(['password'], true);
      else context.accept();
    } else if (context.method === 'password' && context.password === SECRET) context.accept();
    else context.reject(['publickey']);
  });
  const settings = [`IdentityFile ${key}`];
  await client(port, settings).connect(host('a'), { signal: never, prompts: person(false, { password: SECRET }) });
});

test('nothing entered is a cancellation; an aborted question ends at once', async () => {
  const port = await passwordServer((context) => context.reject(['password']));
  expect(await problem(client(port, ['IdentityFile none']).connect(host('a'), { signal: never, prompts: person(false) }))).toEqual({
    code: 'cancelled',
  });
  const stop = new AbortController();
  const asked = person(false);
  asked.secret = () => {
    stop.abort();
    return new Promise(() => undefined);
  };
  expect(await problem(client(port, ['IdentityFile none']).connect(host('a'), { signal: stop.signal, prompts: asked }))).toEqual({
    code: 'cancelled',
  });
});

describe('StrictHostKeyChecking no and a key that nobody knows', () => {
  const PASSWORD_ONLY = ['IdentityFile none', 'StrictHostKeyChecking no'];
  const unknown = (port: number, settings: readonly string[]): TestTransport => client(port, settings, {}, false);

  test.each(['password', 'keyboard-interactive'] as const)(
    '%s: nothing secret is asked for or sent unless a person trusts it',
    async (way) => {
      const sent: string[] = [];
      const port = await passwordServer((context) => {
        if (context.method === 'password') sent.push(context.password);
        if (context.method === 'keyboard-interactive') {
          context.prompt([{ prompt: 'Password: ', echo: false }], '', '', ([answer]) => {
            sent.push(answer ?? '');
            context.accept();
          });
        } else if (context.method === 'password') context.accept();
        else context.reject([way]);
      });
      const careful = person(false, { password: SECRET });
      // Twice: a refused key has not become a known one.
      for (let time = 0; time < 2; time++) {
        const refused = unknown(port, PASSWORD_ONLY).connect(host('a'), { signal: never, prompts: careful });
        expect(await problem(refused)).toMatchObject({ code: 'hostKeyUnknown' });
        expect(work.read('known')).toBe('');
      }
      expect([sent, careful.asked, careful.keys.length]).toEqual([[], [], 2]);

      const trusting = person(true, { password: SECRET });
      await unknown(port, PASSWORD_ONLY).connect(host('a'), { signal: never, prompts: trusting });
      expect([sent, trusting.keys.length]).toEqual([[SECRET], 1]);
      await expect.poll(() => work.read('known')).toContain(publicKey(hostKey));
    },
  );

  test('a key signs in without a question, and only then is the host known', async () => {
    let lets = false;
    const port = await passwordServer((context) => {
      if (context.method === 'publickey' && lets) context.accept();
      else context.reject(['publickey']);
    });
    const asked = person(false);
    const settings = [`IdentityFile ${key}`, 'StrictHostKeyChecking no'];
    const refused = unknown(port, settings).connect(host('a'), { signal: never, prompts: asked });
    expect(await problem(refused)).toMatchObject({ code: 'authFailed' });
    expect(work.read('known')).toBe('');
    lets = true;
    await unknown(port, settings).connect(host('a'), { signal: never, prompts: asked });
    await expect.poll(() => work.read('known')).toContain(publicKey(hostKey));
    expect(asked.keys).toEqual([]);
  });
});

describe("by the system's ssh client, in our own prompts", () => {
  const connect = (port: number, secrets: Parameters<typeof person>[1]) => {
    const asked = person(false, secrets);
    const made = client(port, ['IdentityFile none', 'IdentityAgent none'], {}, true, { clients: { '*': 'openssh' } });
    return { asked, made, connected: made.connect(host('a'), { signal: never, prompts: asked }) };
  };

  test('a password: asked once; in silence never', async () => {
    let tries = 0;
    const port = await passwordServer((context) => {
      if (context.method === 'password') tries++;
      if (context.method === 'password' && context.password === SECRET) context.accept();
      else context.reject(['password']);
    });
    const { asked, made, connected } = connect(port, { password: SECRET });
    await connected;
    expect(asked.asked).toEqual([{ kind: 'password', host: 'a', hop: 'a', user: me, address: `127.0.0.1:${port}`, hidden: true }]);
    expect(made.lines.join('\n')).not.toContain(SECRET);
    made.drop('ssh-config:a');
    expect(await problem(made.connect(host('a'), { signal: never }))).toEqual({ code: 'needsSignIn', why: 'password' });
    expect(tries).toBe(1);
  });

  test('a wrong one is sent once and dropped, also where another method would ask for it again', async () => {
    let tries = 0;
    const port = await passwordServer((context) => {
      if (context.method === 'keyboard-interactive') {
        context.prompt([{ prompt: 'Password: ', echo: false }], () => {
          tries++;
          context.reject(['password', 'keyboard-interactive']);
        });
      } else {
        if (context.method === 'password') tries++;
        context.reject(['password', 'keyboard-interactive']);
      }
    });
    const { asked, connected } = connect(port, { password: 'wrong' });
    expect(await problem(connected)).toMatchObject({ code: 'authFailed', tried: ['password'] });
    expect([tries, asked.asked.length, asked.dropped.length]).toEqual([1, 1, 1]);
  });

  test('several questions, the server in its own words', async () => {
    const port = await passwordServer((context) => {
      if (context.method !== 'keyboard-interactive') {
        context.reject(['keyboard-interactive']);
        return;
      }
      context.prompt(
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Verification code: ', echo: true },
        ],
        (answers) => {
          if (answers.join() === `${SECRET},123456`) context.accept();
          else context.reject();
        },
      );
    });
    const { asked, connected } = connect(port, { password: SECRET, answer: '123456' });
    await connected;
    expect(asked.asked.map(({ kind }) => kind)).toEqual(['password', 'answer']);
    expect(asked.asked[1]?.detail).toContain('Verification code: ');
  });
});
