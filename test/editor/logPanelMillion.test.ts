import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab } from '../lab/lab';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { contextMenu, screenshot, webviewWith } from './workbench';

// As many lines as a panel may keep, and some more: what is dropped is told, and the panel holds those in sight alone.

const host = 'lab-centos7';
const LIMIT = 1_000_000;
const WRITTEN = LIMIT + 50_000;
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  editor = await openEditor({ settings: { ...lab.settings, 'toa.log.bufferLines': LIMIT } });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

const within = { timeout: 60_000 };

/** The numbers of the lines in sight, from above. */
const inSight = async (frame: Frame): Promise<number[]> =>
  (await frame.locator('.port .r .request').allInnerTexts()).map((text) => Number(text.replace(/\D/g, ''))).sort((a, b) => a - b);

/** Bytes that the page's process holds for its programs, the workbench's too. */
async function heap(frame: Frame): Promise<number> {
  const session = await editor.page.context().newCDPSession(editor.page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  return frame.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
}

/** A number of the footer, such as that of `{n} dropped`. */
const told = async (frame: Frame, pattern: RegExp): Promise<number> =>
  Number(pattern.exec(await frame.locator('.foot').innerText())?.[1]?.replaceAll(',', ''));

test('a million lines are kept and scrolled; what is dropped and the memory are told', async () => {
  const { page } = editor;
  const machine = lab.host('centos7');
  await openTree(page, { [host]: 'not installed' });
  await contextMenu(page, hostRow(page, host), 'Open Log');
  const frame = await webviewWith(page, '.head:has-text("access.log")');
  await frame.getByText('Following').first().waitFor();
  const empty = await heap(frame);
  const time = `$(LC_ALL=C date '+%d/%b/%Y:%H:%M:%S %z')`;
  const print = `printf "203.0.113.%d - - [%s] \\"GET /%07d HTTP/1.1\\" 200 3 \\"-\\" \\"-\\"\\n", i % 250 + 1, time, i`;
  const program = `BEGIN { for (i = 1; i <= ${WRITTEN}; i++) ${print} }`;
  expect(await machine.shell(`awk -v time="${time}" '${program}' >>${machine.accessLog}`)).toMatchObject({ code: 0 });
  await expect.poll(() => told(frame, /([\d,]+) lines\n/), { timeout: 200_000 }).toBe(WRITTEN);

  const kept = await told(frame, /Buffer ([\d,]+) of 1,000,000 lines/);
  expect(kept).toBeGreaterThan(LIMIT * 0.95);
  expect(kept).toBeLessThanOrEqual(LIMIT);
  expect(await told(frame, /([\d,]+) dropped/)).toBe(WRITTEN - kept);
  // 256 bytes a line, at most.
  expect(await told(frame, /\(([\d,]+) MB\)/)).toBeLessThanOrEqual(256);

  const grid = frame.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('Home');
  await expect.poll(async () => (await inSight(frame))[0], within).toBe(WRITTEN - kept + 1);
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(kept + 1));
  // By the scroll bar, which stands for more rows than a browser can be high.
  let before = WRITTEN - kept;
  for (const part of [0.2, 0.5, 0.8]) {
    await frame.locator('.rows').evaluate((rows, to) => (rows.scrollTop = to * (rows.scrollHeight - rows.clientHeight)), part);
    const expected = WRITTEN - kept + part * kept;
    await expect.poll(async () => Math.abs(((await inSight(frame))[0] ?? 0) - expected), within).toBeLessThan(100);
    const seen = await inSight(frame);
    expect(seen).toEqual(seen.map((_, i) => seen[0]! + i));
    expect(seen[0]).toBeGreaterThan(before);
    before = seen[0]!;
  }
  await screenshot(page, 'panel-million');
  // And row by row, by the wheel.
  await frame.locator('.rows').hover();
  await page.mouse.wheel(0, 22);
  await expect.poll(async () => (await inSight(frame))[0], within).toBe(before + 1);
  await grid.focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await inSight(frame)).at(-1), within).toBe(WRITTEN);

  expect(await frame.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(3000);
  expect((await heap(frame)) - empty).toBeLessThan(40e6);
});
