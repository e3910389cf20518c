import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { countLog, type LogCount } from '../../../src/engine/countLog';
import { parseCidrs } from '../../../src/shared/address';
import { figure, inTurn, timed, type Figure } from '../figures';
import { ORIGIN, writeLog } from './sample';
import type { Server } from './server';

/** Of 1 GB, and of a quick tenth of it. */
const [LINES, FEW] = [4_900_000, 490_000];

const LOW = 'nice -n 19';

/**
 * Seconds to count a log by address on the host, beside what people do that with. Ours runs at the lowest priority there;
 * so do the peers, wherever they run, or a busy machine would tell the two apart.
 */
export async function wholeFile(server: Server, quick: boolean): Promise<readonly Figure[]> {
  const path = join(server.directory, 'whole.log');
  const lines = quick ? FEW : LINES;
  await writeLog(path, lines, 200_000);
  try {
    let counted: LogCount | undefined;
    let sorted = '';
    const shell = (command: string): Promise<string> => server.shell(command);
    const ours = (): Promise<number> => timed(async () => (counted = await count(server, path)));
    const peers = {
      'ssh host cat | cut | sort | uniq -c': async () => {
        const sort = `${LOW} sort -S 512M --parallel="$(nproc)"`;
        sorted = await shell(`$SSH ${LOW} cat ${path} | ${LOW} cut -d' ' -f1 | ${sort} | ${LOW} uniq -c`);
      },
      'ssh host "cut | sort | uniq -c"': () =>
        shell(`$SSH "export LC_ALL=C; ${LOW} cut -d' ' -f1 ${path} | ${LOW} sort -S 512M | ${LOW} uniq -c"`),
      'goaccess on the host': () =>
        shell(`${LOW} goaccess ${path} --log-format=COMBINED --no-global-config --no-progress -o ${server.directory}/report.json`),
    };
    const [mine = [], ...theirs] = await inTurn(quick ? 1 : 3, ours, ...Object.values(peers).map((peer) => () => timed(peer)));
    if (counted?.lines !== lines) throw new Error('lines are missing');
    const distinct = Object.values(counted.distinct).reduce((sum, one) => sum + one, 0);
    if (distinct !== sorted.trim().split('\n').length) throw new Error('the two do not count the same');
    const query = ';SELECT c_ip, count(*) AS n FROM access_log GROUP BY c_ip ORDER BY n DESC LIMIT 100';
    // Once: it takes minutes, and its own variation is far below the difference.
    const lnav = [[await ours()], [await timed(() => shell(`${LOW} lnav -n -N -c '${query}' ${path}`))]] as const;
    const seconds = (all: readonly number[] = []): readonly number[] => all.map((milliseconds) => milliseconds / 1000);
    const what = { name: `count per address of ${quick ? '0.1' : '1'} GB on the host`, unit: 's', target: 1 };
    return [
      ...Object.keys(peers).map((peerName, i) => figure({ ...what, peerName }, seconds(mine), seconds(theirs[i]))),
      figure({ ...what, peerName: 'lnav on the host' }, seconds(lnav[0]), seconds(lnav[1])),
    ];
  } finally {
    await rm(path);
  }
}

async function count(server: Server, path: string): Promise<LogCount> {
  const { ranges } = parseCidrs(ORIGIN);
  return countLog(await server.connect(), path, { as: 'user', format: 'common', ranges, signal: new AbortController().signal });
}
