import { afterEach, describe, expect, it, vi } from 'vitest';
import { openScript, runScript } from '../../../src/engine/runScript';
import { HostError } from '../../../src/core/problem';
import { localSession } from './localSession';

const shells = ['/bin/dash', '/bin/bash --posix', '/bin/busybox sh'];
afterEach(() => void vi.useRealTimers());
const live = new AbortController().signal;
const options = { as: 'user', signal: live, deadlineSeconds: 20, what: 'test' } as const;

describe.each(shells)('under %s', (shell) => {
  const session = localSession(shell);

  it('gives stdout, stderr and the exit code apart', async () => {
    expect(await runScript(session, 'echo out; echo err >&2; exit 3', options)).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('leaves what is written afterwards to the script, byte for byte, although shells read ahead', async () => {
    const body = Array.from({ length: 5000 }, (_, n) => `line ${n} exit 9`).join('\n');
    const result = await runScript(session, 'cat', { ...options, stdin: body });
    expect(result).toEqual({ code: 0, stdout: body, stderr: '' });
  });

  it('ends with the connection: stdin closed ends a script that waits for it', async () => {
    const channel = await openScript(session, 'cat >/dev/null; echo ended', { as: 'user', signal: live });
    channel.end();
    let out = '';
    for await (const chunk of channel.stdout) out += Buffer.from(chunk).toString();
    expect(out).toBe('ended\n');
  });

  it('runs nothing of a script that is not whole', async () => {
    const result = await runScript(session, 'echo ran; if true; then', options).catch((error: unknown) => error);
    expect(result).toBeInstanceOf(HostError);
    expect((result as HostError).problem.code).toBe('noShell');
  });
});

it('drops what login scripts print before the script', async () => {
  const session = localSession();
  const noisy = {
    ...session,
    open: (command: string, o: Parameters<typeof session.open>[1]) => session.open(`echo welcome; echo motd >&2; ${command}`, o),
  };
  expect((await runScript(noisy, 'echo mine', options)).stdout).toBe('mine\n');
});

it('names a far end that is no shell', async () => {
  const session = localSession();
  const menu = { ...session, open: (_: string, o: Parameters<typeof session.open>[1]) => session.open('echo "Choose 1 or 2"', o) };
  await expect(runScript(menu, 'echo mine', options)).rejects.toMatchObject({
    problem: { code: 'noShell', output: 'Choose 1 or 2' },
    host: 'here',
  });
});

it('names a far end that neither takes the script nor answers, when its time is up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const session = localSession();
  const mute = { ...session, open: (_: string, o: Parameters<typeof session.open>[1]) => session.open('exec sleep 5', o) };
  const script = `: ${'x'.repeat(300_000)}`;
  const named = expect(openScript(mute, script, { as: 'user', signal: live })).rejects.toMatchObject({ problem: { code: 'noShell' } });
  await vi.advanceTimersByTimeAsync(31_000);
  await named;
});

it('tells a sudo that neither asks nor answers from one that refuses', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const session = localSession();
  const mute = { ...session, open: (_: string, o: Parameters<typeof session.open>[1]) => session.open('exec sleep 5', o) };
  const opened = openScript(mute, 'echo mine', { as: { sudo: 'password' }, signal: live });
  const named = expect(opened).rejects.toMatchObject({ problem: { code: 'deadline', what: 'sudo' } });
  await vi.advanceTimersByTimeAsync(31_000);
  await named;
});

it('ends at its deadline although the script takes nothing of its stdin', async () => {
  const stuck = runScript(localSession(), 'sleep 5', { ...options, deadlineSeconds: 0.3, stdin: 'x'.repeat(300_000) });
  await expect(stuck).rejects.toMatchObject({ problem: { code: 'deadline', what: 'test' } });
});

it('ends at its deadline and says so', async () => {
  const late = runScript(localSession(), 'sleep 60', { ...options, deadlineSeconds: 0.3 });
  await expect(late).rejects.toMatchObject({ problem: { code: 'deadline', what: 'test' } });
});

it('bounds the output', async () => {
  const much = runScript(localSession(), 'yes | head -c 3000000', { ...options, maxBytes: 100_000 });
  await expect(much).rejects.toMatchObject({ problem: { code: 'outputTooLong' } });
});

it('stops when it is cancelled', async () => {
  const abort = new AbortController();
  const pending = runScript(localSession(), 'sleep 60', { ...options, signal: abort.signal });
  setTimeout(() => abort.abort(), 200);
  await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
});
