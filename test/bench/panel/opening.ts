import { figure, inTurn, type Figure } from '../figures';
import { writeLog } from '../log/sample';
import type { PanelBench } from './bench';

const BEYOND = 200;

/** From the click to the first lines of a log, beyond what the editor takes for an empty webview. */
export async function opening(bench: PanelBench, quick: boolean): Promise<readonly Figure[]> {
  await writeLog(bench.log, 50_000, 5000);
  const open = (what: 'empty' | 'log') => async (): Promise<number> => {
    const milliseconds = await bench.open(what);
    await bench.closeAll();
    return milliseconds;
  };
  const [log = [], empty = []] = await inTurn(quick ? 3 : 15, open('log'), open('empty'));
  const beyond = log.map((milliseconds, round) => milliseconds - (empty[round] ?? Number.NaN));
  return [
    figure({ name: 'the panel with its first lines', unit: 'ms', peerName: 'an empty webview', target: 0 }, log, empty),
    figure(
      { name: 'the panel with its first lines, beyond an empty webview', unit: 'ms', peerName: 'limit', target: 1 },
      beyond,
      beyond.map(() => BEYOND),
    ),
  ];
}
