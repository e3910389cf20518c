import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { keepWhatFailed, openEditor, shootThemes, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { answerInput, contextMenu, inputMessage, pickRow, reload, retry, runCommand, screenshot, treeItem, webviewWith } from './workbench';

// What a person does with the lines of a log: filter, find, look into, copy, arrange, merge, export. Every line is one of ours.

const [first, second] = ['lab-centos7', 'lab-rhel7'];
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7'] });
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

/** For what is polled; a busy machine needs time. */
const within = { timeout: 60_000 };

/** When these tests began, as a whole minute. */
const start = Math.floor(Date.now() / 60_000) * 60_000;

/** Minutes before the start, as a log has it: `23/Nov/2026:17:19:24 +0000`; whole minutes can be typed. */
function logTime(minutesAgo: number, second = 0): string {
  const now = start - minutesAgo * 60_000 + second * 1000;
  const [, day, month, year, time] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(now).toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}
const line = (request: string, address: string, status: number, time: string) =>
  `${address} - - [${time}] "${request} HTTP/1.1" ${status} 3 "-" "agent"`;

async function write(host: LabHost, ...lines: string[]): Promise<void> {
  const bytes = Buffer.from(lines.map((one) => `${one}\n`).join('')).toString('base64');
  expect(await host.shell(`echo ${bytes} | base64 -d >>${host.accessLog}`)).toMatchObject({ code: 0 });
}

const panel = (): Promise<Frame> => webviewWith(editor.page, '.head:has-text("access.log")');
const row = (frame: Frame, text: string) => frame.locator('.port [role=row]', { hasText: text });
const requests = async (frame: Frame): Promise<string[]> =>
  (await frame.locator('.port .r .request').allInnerTexts()).map((text) => text.trim());
const cursor = (frame: Frame) => frame.locator('.port [role=row].cursor');
const clipboard = (): Promise<string> => editor.page.evaluate(() => navigator.clipboard.readText());
const filterBy = async (frame: Frame, text: string, expected: readonly string[]): Promise<void> => {
  await frame.locator('.filter input').fill(text);
  await expect.poll(() => requests(frame), within).toEqual(expected);
};

const LINES = ['/', '/cart', '/login', '/healthz', '/missing', '/cart?page=2'];

test('a filter takes classes, ranges, statuses, methods and expressions, and says what it cannot read', async () => {
  const { page } = editor;
  await openTree(page, { [first]: 'not installed', [second]: 'not installed' });
  await write(
    lab.host('centos7'),
    line('GET /', '198.51.100.7', 200, logTime(20)),
    line('POST /cart', '203.0.113.9', 201, logTime(19)),
    line('POST /login', '203.0.113.9', 401, logTime(18)),
    line('GET /healthz', '10.0.8.1', 200, logTime(17)),
    line('GET /missing', '198.51.100.8', 404, logTime(16)),
    line('GET /cart?page=2', '2001:db8::7', 503, logTime(15)),
  );
  await contextMenu(page, hostRow(page, first), 'Open Log');
  const frame = await panel();
  await expect.poll(() => requests(frame), within).toEqual(LINES);
  await filterBy(frame, 'status:4xx', ['/login', '/missing']);
  await filterBy(frame, 'status:500-599,401 -address:203.0.113.0/24', ['/cart?page=2']);
  await filterBy(frame, 'method:post path:/c', ['/cart']);
  await filterBy(frame, 'class:back-to-origin', ['/', '/missing']);
  await frame.locator('.filter input').fill('address:203.0.113');
  await frame.getByText('203.0.113 is neither an address nor a range').waitFor();
  expect(await frame.locator('.filter input').getAttribute('aria-invalid')).toBe('true');
  await screenshot(page, 'panel-filter-wrong');
  await frame.locator('.filter').getByRole('button', { name: 'Use regular expressions (RE2)' }).click();
  await filterBy(frame, '/(cart|login) -status:5xx', ['/cart', '/login']);
});

test('an expression that other engines never finish holds up nothing', async () => {
  const frame = await panel();
  const long = `/${'a'.repeat(6000)}!`;
  await write(lab.host('centos7'), ...Array.from({ length: 50 }, () => line(`GET ${long}`, '203.0.113.1', 200, logTime(14))));
  await frame.locator('.filter input').fill('(a+)+$');
  await frame.getByText('No line passes the filter').waitFor();
  await filterBy(frame, '(a|aa)+b|healthz', ['/healthz']);
  await frame.locator('.filter').getByRole('button', { name: 'Use regular expressions (RE2)' }).click();
  await filterBy(frame, '-aaaa', LINES);
});

test('find marks, counts and leads from match to match among the other lines', async () => {
  const { page } = editor;
  const frame = await panel();
  await frame.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+f');
  const find = frame.locator('.findbar');
  await find.locator('input').fill('/cart');
  await find.getByText('? of 2').waitFor();
  await page.keyboard.press('Enter');
  await find.getByText('1 of 2').waitFor();
  await cursor(frame).getByText('/cart', { exact: true }).waitFor();
  expect(await requests(frame)).toEqual(LINES);
  expect(await frame.locator('.port mark').allInnerTexts()).toEqual(['/cart', '/cart']);
  await screenshot(page, 'panel-find');
  await find.getByRole('button', { name: 'Next match' }).click();
  await find.getByText('2 of 2').waitFor();
  await find.locator('input').focus();
  await page.keyboard.press('Enter');
  await find.getByText('1 of 2').waitFor();
  await page.keyboard.press('Escape');
  await find.waitFor({ state: 'hidden' });
  await expect.poll(() => frame.locator('.port mark').count(), within).toBe(0);
});

test('a line’s details, its copies and a filter by its address, from the keyboard and from its menu', async () => {
  const { page } = editor;
  const frame = await panel();
  await row(frame, '/login').click();
  await page.keyboard.press('Enter');
  const detail = frame.locator('.detail');
  await detail.getByText('"POST /login HTTP/1.1" 401').waitFor();
  await page.keyboard.press('ArrowUp');
  await detail.getByText('"POST /cart HTTP/1.1" 201').waitFor();
  await screenshot(page, 'panel-detail');
  await detail.getByText('Copy Address').click();
  await expect.poll(clipboard, within).toBe('203.0.113.9');
  await row(frame, '/cart?page=2').click();
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Control+c');
  await expect.poll(clipboard, within).toMatch(/^198\.51\.100\.8 .*404.*\n2001:db8::7 .*503 3 "-" "agent"$/);
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'hidden' });
  const menu = page.locator('.context-view .monaco-menu');
  await retry(async () => {
    await row(frame, '/login').click({ button: 'right', timeout: 5000 });
    await menu.getByRole('menuitem', { name: 'Show Only This Address', exact: true }).click({ timeout: 5000, delay: 200 });
  });
  await expect.poll(() => requests(frame), within).toEqual(['/cart', '/login']);
  expect(await frame.locator('.filter input').inputValue()).toBe('-aaaa address:203.0.113.9');
  await filterBy(frame, '-aaaa', LINES);
});

test('jump to a time', async () => {
  const { page } = editor;
  const frame = await panel();
  await frame.getByRole('button', { name: 'Jump to time…' }).click();
  await answerInput(page, 'A time of day such as', /:(\d\d:\d\d):/.exec(logTime(17))![1]!);
  await cursor(frame).getByText('/healthz').waitFor();
});

test('what passes the filter is exported, and a formula is none in a spreadsheet', async () => {
  const { page } = editor;
  const frame = await panel();
  await write(lab.host('centos7'), '=cmd|calc,"x"', '\u001b[31m-1+1');
  await filterBy(frame, '-aaaa -status:200', ['/cart', '/login', '/missing', '/cart?page=2', '=cmd|calc,"x"', '\\x1b[31m-1+1']);
  for (const [format, expected] of [
    ['CSV', exportedCsv],
    ['NDJSON', exportedJson],
    ['Text', exportedText],
  ] as const) {
    const file = path.join(editor.server.workspace, `out.${format}`);
    await frame.getByRole('button', { name: 'Export…' }).click();
    await pickRow(page, format).first().click();
    const input = page.locator('.quick-input-widget:visible input.input');
    await expect.poll(() => input.inputValue(), within).toContain('access.');
    await input.fill(file);
    await input.press('Enter');
    await vi.waitFor(() => expected(readFileSync(file, 'utf8')), within);
    rmSync(file);
  }
});

function exportedCsv(text: string): void {
  const lines = text.split('\r\n');
  expect(lines[0]).toBe('host,time,class,address,method,path,status,bytes,forwardedFor,line');
  expect(lines[1]).toContain(`${first},${logTime(19).slice(0, 15)}`);
  expect(lines[5]).toBe(`${first},,unparsed,,,,,,,"'=cmd|calc,""x"""`);
  expect(lines).toHaveLength(8);
}
function exportedJson(text: string): void {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as Record<string, unknown>);
  expect(lines[1]).toMatchObject({ host: first, class: 'visitor', address: '203.0.113.9', method: 'POST', path: '/login', status: 401 });
  expect(lines[5]).toEqual({ host: first, class: 'unparsed', line: '\u001b[31m-1+1' });
}
function exportedText(text: string): void {
  expect(text.trimEnd().split('\n').slice(-2)).toEqual(['=cmd|calc,"x"', '\u001b[31m-1+1']);
}

test('the whole file is counted on its host; without the module there is no before and since', async () => {
  const frame = await panel();
  await frame.getByRole('button', { name: 'Count Whole File' }).click();
  const counted = frame.getByRole('region', { name: 'Whole file' });
  await counted.getByText('58 lines').waitFor();
  await counted.getByText('there is no before and after').waitFor();
  await counted.locator('li', { hasText: '203.0.113.1' }).first().getByText('50', { exact: true }).waitFor();
  await expect.poll(() => counted.locator('tr', { hasText: 'Visitors' }).innerText(), within).toMatch(/\s53$/);
  await counted.getByRole('button', { name: 'Close' }).click();
  await frame.getByRole('region', { name: 'Top addresses' }).waitFor();
});

test('columns, wrapping, the chart’s range and table, what is folded, the filter and the pause come back with the window', async () => {
  const { page } = editor;
  const before = await panel();
  await filterBy(before, 'status:2xx -aaaa', ['/', '/cart', '/healthz']);
  await before.getByRole('button', { name: 'Columns…' }).click();
  await pickRow(page, 'Bytes').first().click();
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await before.locator('.hd .bytes').waitFor({ state: 'hidden' });
  await before.getByRole('button', { name: 'Wrap lines' }).click();
  await before.getByRole('combobox', { name: 'Time range' }).selectOption('Last 6 hours');
  await before.getByRole('button', { name: 'Show as table' }).click();
  await before.locator('.share-table tbody tr').first().waitFor();
  await before.getByRole('button', { name: 'Fold the verdict' }).click();
  // A jump has ended following.
  for (const next of ['Pause', 'Follow']) {
    await before.locator('.pause').click();
    await before.locator('.pause').getByText(next).waitFor();
  }
  await screenshot(page, 'panel-arranged');
  await reload(page);
  const frame = await panel();
  await expect.poll(() => requests(frame), within).toEqual(['/', '/cart', '/healthz']);
  await frame.locator('.pause').getByText('Follow').waitFor();
  expect(await frame.locator('.hd .bytes').isVisible()).toBe(false);
  expect(await frame.locator('.grid.wrap').count()).toBe(1);
  expect(await frame.getByRole('combobox', { name: 'Time range' }).inputValue()).toBe('sixHours');
  await frame.locator('.share-table tbody tr').first().waitFor();
  expect(await frame.getByRole('button', { name: 'Fold the verdict' }).getAttribute('aria-expanded')).toBe('false');
  for (const name of ['Fold the verdict', 'Show as table', 'Wrap lines']) await frame.getByRole('button', { name }).click();
  await frame.locator('.filter input').fill('');
});

test('logs of several hosts are merged by time, each line with its host; one that fails stops no other', async () => {
  const { page } = editor;
  await runCommand(page, 'View: Close All Editors');
  const [one, two] = [lab.host('centos7'), lab.host('rhel7')];
  await one.shell(`: >${one.accessLog}`);
  await two.shell(`: >${two.accessLog}`);
  await write(one, line('GET /a', '198.51.100.7', 200, logTime(9, 1)), line('GET /c', '198.51.100.7', 200, logTime(9, 3)));
  await write(two, line('GET /b', '203.0.113.9', 200, logTime(9, 2)), line('GET /d', '203.0.113.9', 200, logTime(9, 4)));
  await runCommand(page, 'TOA: Open Merged Log');
  for (const host of [first, second]) await pickRow(page, host).first().click();
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  const chooser = page.locator('.quick-input-widget:visible', { hasText: 'Logs to merge by time' });
  if (await chooser.waitFor({ timeout: 10_000 }).then(() => true, () => false)) await chooser.getByRole('button', { name: 'OK' }).click(); // prettier-ignore
  const frame = await webviewWith(page, '.merged');
  await expect.poll(() => requests(frame), within).toEqual(['/a', '/b', '/c', '/d']);
  expect(await frame.locator('.port .host').allInnerTexts()).toEqual([first, second, first, second]);
  await frame.getByRole('heading', { name: 'Visitors’ addresses arrive on 0 of 2 hosts' }).waitFor();
  await shootThemes(page, 'panel-merged');
  await frame.locator('.filter input').fill(`host:${second}`);
  await expect.poll(() => requests(frame), within).toEqual(['/b', '/d']);
  await frame.locator('.filter input').fill('');
  await write(two, line('GET /late', '203.0.113.9', 200, logTime(9, 2)));
  await row(frame, '/late').waitFor();
  await two.shell('pkill -x sshd; true');
  await frame.locator('.head').getByText('Following 1 of 2 logs').waitFor();
  await write(one, line('GET /still-there', '198.51.100.7', 200, logTime(8)));
  await row(frame, '/still-there').waitFor();
  await screenshot(page, 'panel-merged-one-lost');
});

test('a log is named by its path or by a pattern, refused with the reason, kept for the next time, and forgotten', async () => {
  const { page } = editor;
  const host = lab.host('centos7');
  await openTree(page, { [first]: 'not installed' });
  await runCommand(page, 'View: Close All Editors');
  await host.shell(
    `mkdir /srv/shop; for name in blog shop; do echo '${line('GET /NAME', '198.51.100.7', 200, logTime(9))}' | sed "s/NAME/$name/" >/srv/shop/$name.log; done`,
  );
  await contextMenu(page, hostRow(page, first), 'Open Log');
  await (await panel()).getByRole('button', { name: /access\.log/ }).click();
  await pickRow(page, 'Other Path or Pattern…').click();
  await answerInput(page, 'A pattern such as', 'srv/shop/*.log');
  await inputMessage(page, 'An absolute path is needed').waitFor();
  await answerInput(page, 'An absolute path is needed', '/srv/none/*.log');
  await inputMessage(page, `There is no /srv/none/*.log on ${first}.`).waitFor();
  await screenshot(page, 'log-other-refused');
  await answerInput(page, 'There is no', '/srv/shop/*.log');
  await pickRow(page, '/srv/shop/blog.log').waitFor();
  await screenshot(page, 'log-other-matches');
  await pickRow(page, '/srv/shop/shop.log').click();
  const frame = await webviewWith(page, '.head:has-text("shop.log")');
  await expect.poll(() => requests(frame), within).toEqual(['/shop']);
  await hostRow(page, first).click();
  await page.keyboard.press('ArrowRight');
  await treeItem(page, /^blog\.log/).waitFor();
  await runCommand(page, 'View: Close All Editors');
  await contextMenu(page, hostRow(page, first), 'Open Log');
  const named = pickRow(page, '/srv/shop/*.log');
  await named.getByText('newest file that matches').waitFor();
  await screenshot(page, 'log-other-kept');
  await named.hover();
  await named.getByRole('button', { name: 'Forget This Log' }).click();
  await named.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await treeItem(page, /^blog\.log/).waitFor({ state: 'detached' });
});
