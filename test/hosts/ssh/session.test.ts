import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/engine/ports';
import { host, never, problem, run, text, transport, type TestTransport } from './client';
import { makeKey, me, publicKey, startSshd, workDirectory, type Sshd } from './sshd';

const work = workDirectory();
let sshd: Sshd;
let client: TestTransport;
let session: Session;

beforeAll(async () => {
  const hostKey = await makeKey(work.path, 'hostkey');
  const key = await makeKey(work.path, 'key');
  sshd = await startSshd({ directory: work.path, hostKeys: [hostKey], authorized: [publicKey(key)], settings: ['MaxSessions 3'] });
  work.file('known_hosts', `[127.0.0.1]:${sshd.port} ${publicKey(hostKey)}\n`);
  const config = work.file(
    'config',
    `Host *\n HostName 127.0.0.1\n Port ${sshd.port}\n User ${me}\n IdentityFile ${key}\n UserKnownHostsFile ${work.path}/known_hosts\n`,
  );
  client = transport(config);
  session = await client.connect(host('web'), { signal: never });
});
afterAll(async () => {
  client.dispose();
  await sshd.stop();
  work.remove();
});

describe('a command', () => {
  test('has stdin, both outputs and an exit code', async () => {
    const result = await run(session, 'exec /bin/sh -s', 'echo out; echo err >&2; exit 3\n');
    expect(result).toEqual({ out: 'out\n', err: 'err\n', exit: { code: 3 } });
  });

  test('that dies by a signal says which', async () => {
    expect((await run(session, 'kill -TERM $$')).exit).toEqual({ signal: 'SIGTERM' });
  });

  test('gets a terminal that neither echoes nor edits', async () => {
    const channel = await session.open('exec /bin/sh -c "stty -a; read -r a; echo got"', { signal: never, pty: true });
    await channel.write('secret\n');
    const output = await text(channel.stdout);
    expect(await channel.exit).toEqual({ code: 0 });
    expect(output).toContain('-echo ');
    expect(output).toContain('got\n');
    expect(output).not.toContain('secret');
    expect(output).not.toContain('\r');
  });

  test('takes more than a window on stdin and gives it back whole', async () => {
    const channel = await session.open('exec cat', { signal: never });
    const block = Buffer.alloc(1024 * 1024, 'x');
    const sent = (async () => {
      for (let i = 0; i < 8; i++) await channel.write(block);
      channel.end();
    })();
    let bytes = 0;
    for await (const chunk of channel.stdout) bytes += chunk.length;
    await sent;
    expect(bytes).toBe(8 * block.length);
    expect(await channel.exit).toEqual({ code: 0 });
  });

  test('waits while nobody reads: memory stays flat', async () => {
    const channel = await session.open('exec head -c 67108864 /dev/zero', { signal: never });
    const stderr = text(channel.stderr);
    const stdout = channel.stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
    let bytes = (await stdout.next()).value?.length ?? 0;
    const before = process.memoryUsage().rss;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().rss - before).toBeLessThan(16 * 1024 * 1024);
    for (let next = await stdout.next(); !next.done; next = await stdout.next()) bytes += next.value.length;
    expect(bytes).toBe(67_108_864);
    expect(await stderr).toBe('');
    expect(await channel.exit).toEqual({ code: 0 });
  });

  test('that stops reading refuses what is written, and its exit still counts', async () => {
    const channel = await session.open('exec /bin/sh -c "exec <&-; exit 4"', { signal: never });
    const block = Buffer.alloc(1024 * 1024);
    const writes = (async () => {
      for (;;) await channel.write(block);
    })();
    expect(await problem(writes)).toMatchObject({ code: 'connectionLost' });
    await Promise.all([text(channel.stdout), text(channel.stderr)]);
    expect(await channel.exit).toEqual({ code: 4 });
  });

  test('is cut when its signal fires, and the far end sees its stdin end', async () => {
    const stop = new AbortController();
    const marker = `${work.path}/ended`;
    const channel = await session.open(`exec /bin/sh -c "echo begun; cat >/dev/null; echo ended >${marker}"`, { signal: stop.signal });
    const output = channel.stdout[Symbol.asyncIterator]();
    expect(Buffer.from((await output.next()).value as Uint8Array).toString()).toBe('begun\n');
    stop.abort();
    expect(await problem(channel.exit)).toEqual({ code: 'cancelled' });
    expect(await problem(output.next())).toEqual({ code: 'cancelled' });
    await expect.poll(() => work.read('ended'), { timeout: 10_000 }).toBe('ended\n');
  });

  test('with a signal that has fired already is not begun', async () => {
    expect(await problem(session.open('true', { signal: AbortSignal.abort() }))).toEqual({ code: 'cancelled' });
  });
});

test('more channels than the server allows: a clear refusal, and the connection stays', async () => {
  const open = await Promise.all([1, 2, 3].map(() => session.open('exec cat', { signal: never })));
  expect(await problem(session.open('true', { signal: never }))).toMatchObject({ code: 'connectFailed', phase: 'session' });
  for (const channel of open) {
    channel.end();
    await Promise.all([text(channel.stdout), text(channel.stderr), channel.exit]);
  }
  await expect
    .poll(
      () =>
        run(session, 'echo again').then(
          ({ out }) => out,
          () => '',
        ),
      { timeout: 10_000 },
    )
    .toBe('again\n');
});

test('callers for the same server share one connection, by whatever name', async () => {
  const connections = (): number => sshd.log().split('Accepted publickey').length - 1;
  const before = connections();
  const other = transport(`${work.path}/config`);
  const sessions = await Promise.all([host('web'), host('web'), host('shop')].map((one) => other.connect(one, { signal: never })));
  // sshd's log comes by another pipe than its answer.
  await expect.poll(connections, { timeout: 10_000 }).toBe(before + 1);
  expect(sessions.map((one) => one.host.name)).toEqual(['web', 'web', 'shop']);
  other.dispose();
});

test('a dropped session ends, says so once, and the next connect makes a new one', async () => {
  const other = transport(`${work.path}/config`);
  const first = await other.connect(host('web'), { signal: never });
  let ends = 0;
  first.onEnd(() => ends++);
  other.drop('ssh-config:web');
  expect([first.ended, ends]).toEqual([true, 1]);
  const second = await other.connect(host('web'), { signal: never });
  expect(second).not.toBe(first);
  expect((await run(second, 'echo new')).out).toBe('new\n');
  expect(ends).toBe(1);
  other.dispose();
});

test('a command that we close ourselves just ends: whoever closes it knows why', async () => {
  const other = transport(`${work.path}/config`);
  const channel = await (await other.connect(host('web'), { signal: never })).open('exec cat', { signal: never });
  const outputs = [text(channel.stdout), text(channel.stderr)];
  channel.close();
  expect(await Promise.all(outputs)).toEqual(['', '']);
  expect(await problem(channel.exit)).toEqual({ code: 'cancelled' });
  expect(await problem(channel.write('more'))).toMatchObject({ code: 'connectionLost' });
  other.dispose();
});
