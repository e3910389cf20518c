import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/engine/clock';
import { logBuffer, type LogBuffer } from '../../../src/engine/logBuffer';
import { tailLog } from '../../../src/engine/tailLog';
import { parseCidrs } from '../../../src/shared/address';
import { figure, inTurn, timed, type Figure } from '../figures';
import { ORIGIN, writeLog } from './sample';
import type { Server } from './server';

const LINES = 1_000_000;
const ADDRESSES = 5000;
const WANTED = 450_000;

/**
 * Lines per second from a host's file into the extension host's buffer, classed, counted, charted and kept, beside ssh into
 * awk, which only counts them per address. Both over a connection that is open.
 */
export async function pipeline(server: Server, quick: boolean): Promise<readonly Figure[]> {
  const path = join(server.directory, 'pipeline.log');
  await writeLog(path, LINES, ADDRESSES);
  try {
    let ours = emptyBuffer();
    let theirs = '';
    const awk = `awk '{ c[substr($0, 1, index($0, " ") - 1)]++ } END { for (a in c) print c[a], a }'`;
    const [mine = [], peers = []] = await inTurn(
      quick ? 3 : 9,
      () => timed(() => follow(server, path, LINES, (ours = emptyBuffer()))),
      () => timed(async () => (theirs = await server.shell(`$SSH cat ${path} | ${awk}`))),
    );
    const rows = theirs.trim().split('\n');
    const counted = rows.reduce((sum, row) => sum + Number.parseInt(row, 10), 0);
    if (counted !== LINES || rows.length !== ours.distinct) throw new Error('the two do not count the same');
    const rates = (all: readonly number[]): readonly number[] => all.map((milliseconds) => (LINES / milliseconds) * 1000);
    const what = { name: 'log over one connection, classed and counted', unit: 'lines/s', target: 1, more: true } as const;
    return [
      figure({ ...what, peerName: 'ssh -c aes128-gcm@openssh.com host cat | awk' }, rates(mine), rates(peers)),
      figure(
        { ...what, peerName: 'wanted' },
        rates(mine),
        mine.map(() => WANTED),
      ),
    ];
  } finally {
    await rm(path);
  }
}

export const emptyBuffer = (): LogBuffer => logBuffer(parseCidrs(ORIGIN).ranges, { now: () => systemClock.now(), zone: () => 0 });

/** Follows a log from its beginning into the buffer until so many lines of it have come. */
export async function follow(server: Server, path: string, lines: number, buffer: LogBuffer): Promise<void> {
  const stop = new AbortController();
  const end = buffer.lines + lines;
  await tailLog({
    host: 'bench',
    connect: () => server.connect(),
    path,
    as: 'user',
    back: Number.MAX_SAFE_INTEGER,
    clock: systemClock,
    signal: stop.signal,
    onLines: (bytes, ends, cut) => {
      buffer.append(bytes, ends, cut);
      if (buffer.lines >= end) stop.abort();
    },
    onMark: () => undefined,
    onState: () => undefined,
  });
  if (buffer.lines !== end) throw new Error(`${end - buffer.lines} lines are missing`);
}
