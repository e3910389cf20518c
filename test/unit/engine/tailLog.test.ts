import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/engine/clock';
import { tailLog, type TailState } from '../../../src/engine/tailLog';
import follow from '../../../src/remote/follow.sh';
import type { LogMark } from '../../../src/shared/logMark';
import { localSession } from './localSession';
import { shells } from './shells';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'));
  log = join(folder, 'access.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string): void => appendFileSync(log, `${text}\n`);
/** Lines long enough that the follower can tell two files by their beginnings. */
const line = (name: string): string => `${name} ${name.repeat(30)}`;

function start(shell: string, back: number | 'all' = 1000) {
  const session = localSession(shell);
  const stop = new AbortController();
  const lines: string[] = [];
  const marks: LogMark[] = [];
  const states: TailState['kind'][] = [];
  // Pauses are short; by this clock each has its whole length, and nothing else takes time.
  let now = 0;
  const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    now += milliseconds;
    return systemClock.sleep(10, signal);
  };
  const done = tailLog({
    host: 'here',
    connect: () => Promise.resolve(session),
    path: log,
    as: 'user',
    back,
    clock: { now: () => now, elapsed: () => now, sleep },
    signal: stop.signal,
    onLines: (bytes, ends) => {
      let from = 0;
      for (const end of ends) {
        lines.push(bytes.toString('latin1', from, end).split(' ')[0] ?? '');
        from = end + 1;
      }
    },
    onMark: (mark) => marks.push(mark),
    onState: (state) => states.push(state.kind),
  });
  done.catch(() => undefined);
  return { session, lines, marks, states, done, stop: () => stop.abort() };
}

const sees = (tail: { lines: string[] }, ...names: string[]): Promise<void> =>
  expect.poll(() => tail.lines.join(' '), { timeout: 20_000, interval: 50 }).toBe(names.join(' '));

/** Resolves when nothing is reading the log: what is done to it now is seen by the follower's next look, as a whole. */
const atRest = (): Promise<void> => expect.poll(() => running('0'), { timeout: 20_000, interval: 20 }).toEqual([]);

describe.each(shells)('the follower under %s', (shell) => {
  it('starts a number of lines back and follows, half lines included', async () => {
    ['a', 'b', 'c'].forEach((name) => write(line(name)));
    const tail = start(shell, 2);
    await sees(tail, 'b', 'c');
    appendFileSync(log, 'd d');
    write('ddd');
    await sees(tail, 'b', 'c', 'd');
    tail.stop();
    await tail.done;
  });

  it('starts with the oldest file that rotation has left, compressed or not, and loses nothing at the seams', async () => {
    const older = (name: string, text: string | Buffer, seconds: number): void => {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), seconds, seconds);
    };
    older('access.log.3.gz', gzipSync(`${line('a')}\n${line('b')}\n`), 1000);
    older('access.log-20240514', `${line('c')}\n`, 2000);
    older('access.log.2.xz', 'xz', 2500);
    older('access.log.1', `${line('d')}\n`, 3000);
    // Nobody is told of a file that is being written beside its original.
    older('access.log.1.gz', '', 4000);
    older('access.log.bak', line('no'), 3500);
    write(line('e'));
    const tail = start(shell, 'all');
    await sees(tail, 'a', 'b', 'c', 'd', 'e');
    tail.session.cut();
    renameSync(log, `${log}.0`);
    write(line('f'));
    await sees(tail, 'a', 'b', 'c', 'd', 'e', 'f');
    expect(tail.marks.filter(({ kind }) => kind === 'gap')).toEqual([{ kind: 'gap', why: 'between', bytes: 2, seconds: 0 }]);
    tail.stop();
    await tail.done;
  });

  it('starts at the end when no lines are wanted', async () => {
    write(line('a'));
    const tail = start(shell, 0);
    await expect.poll(() => tail.states, { timeout: 20_000 }).toEqual(['connecting', 'following']);
    write(line('b'));
    await sees(tail, 'b');
    tail.stop();
    await tail.done;
  });

  it('follows a log that is empty, and one that is empty after its rotation', async () => {
    writeFileSync(log, '');
    const tail = start(shell);
    await expect.poll(() => tail.states, { timeout: 20_000 }).toEqual(['connecting', 'following']);
    write(line('a'));
    await sees(tail, 'a');
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    await expect.poll(() => tail.marks, { timeout: 20_000 }).toEqual([{ kind: 'rotated' }]);
    write(line('b'));
    await sees(tail, 'a', 'b');
    tail.stop();
    await tail.done;
  });

  it('loses and repeats nothing when the log is renamed and the server still writes to the old file', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    const old = openSync(log, 'a');
    write(line('b'));
    renameSync(log, `${log}.1`);
    write(line('c'));
    await sees(tail, 'a', 'b', 'c');
    writeSync(old, 'late\n');
    closeSync(old);
    write(line('d'));
    await expect.poll(() => [...tail.lines].sort().join(' '), { timeout: 20_000 }).toBe('a b c d late');
    expect(tail.marks).toEqual([{ kind: 'rotated' }]);
    tail.stop();
    await tail.done;
  });

  it('notices a file that was truncated and has grown to the very size it had', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    await atRest();
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(line('b'));
    await sees(tail, 'a', 'b');
    expect(tail.marks).toEqual([{ kind: 'rotated' }]);
    tail.stop();
    await tail.done;
  });

  it('takes what copytruncate cut off from the copy, even in the middle of a line', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    appendFileSync(log, 'b half');
    await expect.poll(() => tail.session.pids().length).toBe(1);
    await systemClock.sleep(700);
    appendFileSync(log, ' whole\n');
    write(line('c'));
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    write(line('d'));
    await sees(tail, 'a', 'b', 'c', 'd');
    expect(tail.marks).toEqual([{ kind: 'rotated' }]);
    tail.stop();
    await tail.done;
  });

  it('says so when a truncated log has no copy', async () => {
    write(line('a'));
    write(line('b'));
    const tail = start(shell);
    await sees(tail, 'a', 'b');
    await atRest();
    writeFileSync(log, `${line('z')}\n`);
    await sees(tail, 'a', 'b', 'z');
    expect(tail.marks).toEqual([{ kind: 'gap', why: 'truncated', seconds: 0 }]);
    tail.stop();
    await tail.done;
  });

  it('notices a truncated log that has already grown beyond its old length', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    await atRest();
    writeFileSync(log, `${line('x')}\n${line('y')}\n${line('z')}\n`);
    await sees(tail, 'a', 'x', 'y', 'z');
    expect(tail.marks).toEqual([{ kind: 'gap', why: 'truncated', seconds: 0 }]);
    tail.stop();
    await tail.done;
  });

  it('follows a log that is deleted and made anew', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    rmSync(log);
    await systemClock.sleep(700);
    write(line('b'));
    await sees(tail, 'a', 'b');
    tail.stop();
    await tail.done;
  });

  it('goes on behind the last whole line after the connection was lost', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    appendFileSync(log, 'b half');
    await systemClock.sleep(700);
    tail.session.cut();
    appendFileSync(log, ' whole\n');
    write(line('c'));
    await sees(tail, 'a', 'b', 'c');
    expect(tail.marks).toEqual([{ kind: 'resumed', seconds: 1, by: 'offset' }]);
    expect(tail.states).toEqual(['connecting', 'following', 'waiting', 'connecting', 'following']);
    tail.stop();
    await tail.done;
  });

  it('finds the rotated file again after a loss, and reads every file that came and went since, in order', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    tail.session.cut();
    write(line('b'));
    renameSync(log, `${log}.1`);
    write(line('c'));
    await sees(tail, 'a', 'b', 'c');
    expect(tail.marks.map(({ kind }) => kind).sort()).toEqual(['resumed', 'rotated']);

    tail.session.cut();
    write(line('d'));
    renameSync(`${log}.1`, `${log}.3`);
    renameSync(log, `${log}.2`);
    await systemClock.sleep(20);
    writeFileSync(`${log}.1`, `${line('between')}\n`);
    write(line('e'));
    await sees(tail, 'a', 'b', 'c', 'd', 'between', 'e');
    expect(tail.marks.filter(({ kind }) => kind === 'gap')).toEqual([]);
    tail.stop();
    await tail.done;
  });

  it('reads what was compressed since, and names what it cannot read', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    tail.session.cut();
    write(line('b'));
    writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(log)));
    rmSync(log);
    await systemClock.sleep(20);
    writeFileSync(`${log}.1.gz`, gzipSync(`${line('c')}\n`));
    write(line('d'));
    await sees(tail, 'a', 'b', 'c', 'd');
    expect(tail.marks.filter(({ kind }) => kind === 'gap')).toEqual([]);
    tail.session.cut();
    await systemClock.sleep(20);
    renameSync(log, `${log}.0`);
    writeFileSync(`${log}-1.xz`, 'xz');
    write(line('e'));
    await sees(tail, 'a', 'b', 'c', 'd', 'e');
    expect(tail.marks.filter(({ kind }) => kind === 'gap')).toMatchObject([{ why: 'between', bytes: 2 }]);
    tail.stop();
    await tail.done;
  });

  it('goes on in the file of the next day, and in the newest that a pattern names', async () => {
    const day = (number: number): string => join(folder, `access.2024-05-${number}.log`);
    for (const path of [day(14), join(folder, 'access.*.log')]) {
      rmSync(day(14), { force: true });
      rmSync(day(15), { force: true });
      log = day(14);
      write(line('a'));
      log = path;
      const tail = start(shell);
      await sees(tail, 'a');
      [log] = [day(14)];
      write(line('late'));
      log = day(15);
      await systemClock.sleep(20);
      write(line('b'));
      await sees(tail, 'a', 'late', 'b');
      write(line('c'));
      await sees(tail, 'a', 'late', 'b', 'c');
      tail.stop();
      await tail.done;
    }
  });

  it('says so when the file it followed is gone after a loss', async () => {
    write(line('a'));
    const tail = start(shell);
    await sees(tail, 'a');
    tail.session.cut();
    writeFileSync(`${log}.new`, `${line('b')}\n`);
    renameSync(`${log}.new`, log);
    await sees(tail, 'a', 'b');
    expect(tail.marks).toContainEqual({ kind: 'gap', why: 'lost', seconds: 1 });
    tail.stop();
    await tail.done;
  });

  it('leaves no process behind, whether its stdin ends or its shell is killed', async () => {
    write(line('a'));
    const before = running();
    const tails = Array.from({ length: 10 }, () => start(shell));
    for (const tail of tails) await sees(tail, 'a');
    const shells = tails.flatMap(({ session }) => session.pids());
    expect(shells.length).toBe(10);
    expect(running().length).toBeGreaterThanOrEqual(before.length + 10);
    tails.slice(0, 5).forEach((tail) => tail.stop());
    for (const tail of tails.slice(5)) {
      tail.session.pids().forEach((pid) => process.kill(pid, 'SIGKILL'));
      tail.stop();
    }
    await Promise.all(tails.map(({ done }) => done));
    await expect.poll(() => running().filter((pid) => !before.includes(pid)), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => shells.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 20_000 }).toEqual([]);
  });
});

describe('a connection that says nothing any more', () => {
  afterEach(() => void vi.useRealTimers());

  it('is given up and opened again, as after a loss', async () => {
    write(line('a'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const tail = start('dash');
    await sees(tail, 'a');
    const [shell = 0] = tail.session.pids();
    // As an unplugged cable does it: the far end is there and silent.
    const silent = [shell, ...childrenOf(shell)];
    silent.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    await vi.advanceTimersByTimeAsync(46_000);
    write(line('b'));
    await sees(tail, 'a', 'b');
    expect(tail.states).toEqual(['connecting', 'following', 'waiting', 'connecting', 'following']);
    silent.forEach((pid) => process.kill(pid, 'SIGKILL'));
    tail.stop();
    await tail.done;
  });
});

describe('a log that cannot be followed', () => {
  it.each(shells)('and is back when it is asked why was missing, as a rotation has it: %s', (shell) => {
    write(line('a'));
    const functions = follow.slice(0, follow.indexOf('\ntoa_follow <'));
    const script = `toa_log=${log} toa_nonce=n toa_back=0 toa_from=\n${functions}\ntoa_why`;
    const [program = '', ...options] = shell.split(' ');
    expect(execFileSync(program, options, { input: script, encoding: 'utf8' })).toBe('missing\n');
  });

  it('is named with the reason', async () => {
    await expect(start('dash').done).rejects.toMatchObject({ problem: { code: 'logUnreadable', path: log, reason: 'missing' } });
    log = folder;
    await expect(start('dash').done).rejects.toMatchObject({ problem: { code: 'logUnreadable', path: folder, reason: 'notAFile' } });
  });
});

/** Processes that hold a file of our folder open, or have it as this descriptor. */
function running(descriptor?: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const open = descriptor === undefined ? readdirSync(`/proc/${pid}/fd`) : [descriptor];
      return open.some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(folder));
    } catch {
      return false;
    }
  });
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
