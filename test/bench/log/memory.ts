import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { figure, type Figure } from '../figures';
import { emptyBuffer, follow } from './pipeline';
import { writeLog } from './sample';
import type { Server } from './server';

const LINES = 1_000_000;
const LIMIT_MB = 80;

/** How far the extension host has grown when ten million lines of many clients have passed into one buffer, which is still there. */
export async function memory(server: Server, quick: boolean): Promise<readonly Figure[]> {
  const [path, few] = [join(server.directory, 'memory.log'), join(server.directory, 'few.log')];
  await writeLog(path, LINES, 200_000);
  await writeLog(few, 1000, 100);
  try {
    // What a first connection loads and compiles is not the log's.
    await follow(server, few, 1000, emptyBuffer());
    const before = resident();
    const buffer = emptyBuffer();
    const rounds = quick ? 3 : 10;
    for (let round = 0; round < rounds; round++) await follow(server, path, LINES, buffer);
    const name = `memory, grown by ${(rounds * LINES).toLocaleString('en')} lines`;
    const grown = resident() - before;
    if (buffer.lines !== rounds * LINES) throw new Error('lines are missing');
    return [figure({ name, unit: 'MB', peerName: 'limit', target: 1 }, [grown], [LIMIT_MB])];
  } finally {
    await Promise.all([path, few].map((one) => rm(one)));
  }
}

/** This process in MB after a collection. */
function resident(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}
