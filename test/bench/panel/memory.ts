import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure, type Figure } from '../figures';
import { writeLog } from '../log/sample';
import type { PanelBench } from './bench';
import { memoryOf, renderers } from './processes';
import { told } from './told';
import { batch } from './writer';

const LIMIT_MB = 80;
/** So many lines may be on their way. */
const AHEAD = 200_000;

/** How far the extension host and the browser's pages have grown when ten million lines have passed through the visible panel. */
export async function memory(bench: PanelBench, quick: boolean): Promise<readonly Figure[]> {
  const lines = quick ? 1_000_000 : 10_000_000;
  await writeLog(bench.log, 100, 100);
  await bench.open('log');
  const frame = await bench.panel();
  await frame.getByText('Following').first().waitFor();
  const first = await told(frame, /([\d,]+) lines\n/);
  const idle = await settled(bench);
  const deadline = Date.now() + 900_000;
  const text = batch();
  const perBatch = text.split('\n').length - 1;
  for (let written = 0; written < lines;) {
    const come = (await told(frame, /([\d,]+) lines\n/)) - first;
    for (; written < Math.min(lines, come + AHEAD); written += perBatch) appendFileSync(bench.log, text);
    if (Date.now() > deadline) throw new Error(`only ${come} lines came`);
    await sleep(100);
  }
  while ((await told(frame, /([\d,]+) lines\n/)) < first + lines && Date.now() < deadline) await sleep(200);
  if ((await told(frame, /([\d,]+) lines\n/)) !== first + lines) throw new Error('lines are missing');
  const after = await settled(bench);
  const name = `memory, grown by ${lines.toLocaleString('en')} lines in the visible panel`;
  return (['host', 'pages'] as const).map((what) =>
    figure(
      { name: `${name}: ${what === 'host' ? 'extension host' : 'the browser’s pages'}`, unit: 'MB', peerName: 'limit', target: 1 },
      // What has shrunk has no ratio; a megabyte is as good as none.
      [Math.max(1, after[what] - idle[what])],
      [LIMIT_MB],
    ),
  );
}

/** MB of the extension host and of the pages, after a rest in which both have collected their garbage as they do by themselves. */
async function settled(bench: PanelBench): Promise<{ readonly host: number; readonly pages: number }> {
  await sleep(15_000);
  const session = await bench.page.context().newCDPSession(bench.page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  return { host: memoryOf(bench.extensionHost()), pages: renderers().reduce((sum, pid) => sum + memoryOf(pid), 0) };
}
