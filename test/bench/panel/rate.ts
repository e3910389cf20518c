import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { figure, quantile, type Figure } from '../figures';
import { writeLog } from '../log/sample';
import type { PanelBench } from './bench';
import { told } from './told';
import { writeAtRate } from './writer';

const PER_SECOND = 50_000;
const FRAMES = 30;
const LATENCY = 100;

/** The panel while 50,000 lines a second come into it: its frames, beside a blank page's in the same browser, and how long a key takes. */
export async function rate(bench: PanelBench, quick: boolean): Promise<readonly Figure[]> {
  const [blankSeconds, seconds] = quick ? [3, 10] : [10, 60];
  await writeLog(bench.log, 100, 100);
  const before = await blankFrames(bench, blankSeconds);
  await bench.open('log');
  const frame = await bench.panel();
  await frame.getByText('Following').first().waitFor();
  const first = await told(frame, /([\d,]+) lines\n/);
  await frame.evaluate(watchKeys);
  const use = bench.busiest();
  const writer = writeAtRate(bench.log, PER_SECOND);
  // Not the first second, in which code is compiled.
  await sleep(1000);
  const keys = pressKeys(bench.page, frame, seconds);
  const frames = await framesPerSecond(frame, seconds);
  await keys;
  const written = await writer.stop();
  const busy = use();
  const deadline = Date.now() + 10_000;
  while ((await told(frame, /([\d,]+) lines\n/)) < first + written) {
    if (Date.now() > deadline) throw new Error('lines are missing');
    await sleep(200);
  }
  const [lines, kept, dropped] = [
    await told(frame, /([\d,]+) lines\n/),
    await told(frame, /Buffer ([\d,]+) of/),
    await told(frame, /([\d,]+) dropped/),
  ];
  // Marks are rows of the buffer too.
  if (lines !== first + written || kept + dropped < lines) throw new Error(`not all is told: ${lines} ${kept} ${dropped}`);
  const latencies = await frame.evaluate(() => (window as unknown as { keys: number[] }).keys);
  await bench.closeAll();
  const after = await blankFrames(bench, blankSeconds);
  const reached = Math.round(written / (seconds + 1));
  process.stderr.write(`${reached} lines/s; busiest: ${busy.map(({ name, percent }) => `${name} ${percent} %`).join(', ')}\n`);
  const name = `${PER_SECOND.toLocaleString('en')} lines/s into the visible panel for ${seconds} s`;
  const blank = [before, after];
  return [
    figure({ name: `${name}: frames`, unit: 'frames/s', peerName: 'wanted', target: 1, more: true }, [frames], [FRAMES]),
    figure({ name: `${name}: frames`, unit: 'frames/s', peerName: 'a blank page', target: 0, more: true }, [frames, frames], blank),
    figure(
      { name: `${name}: a key until it shows, 95 % of ${latencies.length}`, unit: 'ms', peerName: 'limit', target: 1 },
      [quantile(latencies, 0.95)],
      [LATENCY],
    ),
  ];
}

async function blankFrames(bench: PanelBench, seconds: number): Promise<number> {
  const page = await bench.blankPage();
  await page.goto('about:blank');
  const frames = await framesPerSecond(page.mainFrame(), seconds);
  await page.close();
  await bench.page.bringToFront();
  return frames;
}

const framesPerSecond = (frame: Frame, seconds: number): Promise<number> =>
  frame.evaluate(
    (milliseconds) =>
      new Promise<number>((resolve) => {
        let frames = 0;
        let start: number | undefined;
        const count = (now: number): void => {
          start ??= now;
          if (now - start >= milliseconds) resolve((frames / (now - start)) * 1000);
          else {
            frames += 1;
            requestAnimationFrame(count);
          }
        };
        requestAnimationFrame(count);
      }),
    seconds * 1000,
  );

/** In the panel: from a key's own time until the frame after the one that it changed, which is when that one is on the screen. */
function watchKeys(): void {
  const keys: number[] = [];
  Object.assign(window, { keys });
  window.addEventListener(
    'keydown',
    (event) => requestAnimationFrame(() => requestAnimationFrame((now) => keys.push(now - event.timeStamp))),
    { capture: true },
  );
}

/** Types into the field that filters, as a person does. */
async function pressKeys(page: Page, frame: Frame, seconds: number): Promise<void> {
  await frame.getByRole('grid').focus();
  await page.keyboard.press('Control+F');
  const end = Date.now() + seconds * 1000;
  for (let i = 0; Date.now() < end; i++) {
    await page.keyboard.press(i % 2 === 0 ? 'i' : 'Backspace');
    await sleep(500);
  }
}
