import { expect, it } from 'vitest';
import { followRun } from '../../../src/engine/install/followRun';
import { HostError } from '../../../src/core/problem';
import type { Channel, Clock, Session } from '../../../src/engine/ports';

const MINUTE = 60_000;
const never = new AbortController().signal;

/** A host that answers the handshake and then plays `lines`; hours pass and connections break as no real one could be made to. */
function session(play: () => AsyncGenerator<string>): Session {
  const open = (): Promise<Channel> => {
    let greet: (marker: string) => void;
    const greeted = new Promise<string>((resolve) => (greet = resolve));
    async function* stdout(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${await greeted}\n`);
      for await (const line of play()) yield Buffer.from(`${line}\n`);
    }
    return Promise.resolve({
      stdout: stdout(),
      stderr: (async function* () {})(),
      write: (data) => {
        greet(/toa-[0-9a-f]{24}/.exec(data.toString())?.[0] ?? '');
        return Promise.resolve();
      },
      end: () => undefined,
      exit: Promise.resolve({ code: 0 }),
      close: () => undefined,
    });
  };
  return {
    host: { id: 'settings:h', name: 'h', source: 'settings', logs: [] },
    address: '',
    user: 'u',
    byOpenSsh: [],
    ended: false,
    onEnd: () => () => undefined,
    open,
  };
}

function clock(): Clock & { pass(milliseconds: number): void } {
  let now = 0;
  const pass = (milliseconds: number): void => void (now += milliseconds);
  return {
    now: () => -now, // somebody sets it back all the time
    elapsed: () => now,
    pass,
    sleep: (milliseconds) => {
      pass(milliseconds);
      return Promise.resolve();
    },
  };
}

const lost = (): never => {
  throw new HostError({ code: 'connectionLost', reason: 'cut' }, 'h');
};
const follow = (time: Clock, connect: () => Promise<Session>): Promise<number> =>
  followRun(
    { id: 'r', mark: 'M' },
    { script: 'script', goal: 'install', steps: [] },
    {
      connect,
      as: 'user',
      host: 'h',
      clock: time,
      signal: never,
      before: never,
      onEvent: () => undefined,
    },
  );

it('a run that was followed for long is looked for again as long as any other', async () => {
  const time = clock();
  let times = 0;
  const connect = (): Promise<Session> => {
    const first = ++times === 1;
    return Promise.resolve(
      session(async function* () {
        yield await Promise.resolve('working');
        if (first) {
          time.pass(30 * MINUTE);
          lost();
        }
        yield '==M result 0';
      }),
    );
  };
  expect(await follow(time, connect)).toBe(0);
  expect(times).toBe(2);
});

it('a host that stays out of reach ends in runLost', async () => {
  const time = clock();
  let times = 0;
  const connect = (): Promise<Session> => {
    if (++times > 1) lost();
    return Promise.resolve(
      session(async function* () {
        yield await Promise.resolve('working');
        lost();
      }),
    );
  };
  await expect(follow(time, connect)).rejects.toMatchObject({ problem: { code: 'runLost', run: 'r' } });
  expect(time.elapsed()).toBeGreaterThan(10 * MINUTE);
});

it('a run that is taken up is resumed from where its journal was left, not from what was said before it', async () => {
  const time = clock();
  const asked: string[] = [];
  const plays: (() => AsyncGenerator<string>)[] = [
    async function* () {
      yield await Promise.resolve('==N adopt M');
      yield 'four';
      lost();
    },
    async function* () {
      yield await Promise.resolve('==M result 0');
    },
  ];
  const connect = (): Promise<Session> => {
    const made = session(plays.shift()!);
    return Promise.resolve({
      ...made,
      open: async (command, options) => {
        const channel = await made.open(command, options);
        return { ...channel, write: (data) => (asked.push(data.toString()), channel.write(data)) };
      },
    });
  };
  const exit = await followRun({ id: 'r', mark: 'N' }, undefined, {
    connect,
    as: 'user',
    host: 'h',
    clock: time,
    signal: never,
    before: never,
    onEvent: () => undefined,
  });
  expect(exit).toBe(0);
  expect(asked.map((script) => /toa_mark='(\w)'[^]*toa_from='(\d+)'/.exec(script)?.slice(1))).toEqual([
    ['N', '1'],
    ['M', '6'],
  ]);
});
