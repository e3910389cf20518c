import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { keepWhatFailed, openEditor, shootThemes, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { answerInput, contextMenu, pickRow, reload, runCommand, screenshot, tab, webviewWith } from './workbench';

// The access log panel under a person's hands. Nobody requests anything from these hosts: every line is one of ours.

const [open, closed] = ['lab-centos7', 'lab-rhel7'];
let lab: Lab;
let editor: OpenEditor;
let log: LabHost;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7'] });
  log = lab.host('centos7');
  const hosts = lab.settings['toa.hosts'] as readonly { readonly name: string }[];
  const users = hosts.map((host) => (host.name === closed ? { ...host, user: 'admin' } : host));
  editor = await openEditor({ settings: { ...lab.settings, 'toa.hosts': users } });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

/** For what is polled; a busy machine needs time. */
const within = { timeout: 30_000 };

/** A log's time: `23/Nov/2026:17:19:24 +0000`. */
function logTime(): string {
  const [, day, month, year, time] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}
/** The time of the start. */
const start = logTime();
const line = (path: string, address = '198.51.100.7', at = start) => `${address} - - [${at}] "GET /${path} HTTP/1.1" 200 3 "-" "-"`;

/** Appends lines to the host's log. */
async function write(...lines: string[]): Promise<void> {
  const bytes = Buffer.from(lines.map((one) => `${one}\n`).join('')).toString('base64');
  expect(await log.shell(`echo ${bytes} | base64 -d >>${log.accessLog}`)).toMatchObject({ code: 0 });
}

/** The panel's document; a panel that was hidden has another one afterwards. */
const panel = (name = 'access.log'): Promise<Frame> => webviewWith(editor.page, `.head:has-text("${name}")`);
const row = (frame: Frame, text: string) => frame.locator('.port [role=row]', { hasText: text });
const lines = async (frame: Frame, count: number) => {
  await frame.locator('.foot').getByText(`${count} lines`, { exact: true }).waitFor();
};

/** Shells that a user's connections have running on a host; a follower is one. */
const shells = async (host: LabHost, user: string): Promise<number> => Number((await host.shell(`pgrep -c -x sh -u ${user}`)).stdout);

test('an empty log says what it waits for, and lines come as they are written', async () => {
  const { page } = editor;
  await openTree(page, { [open]: 'not installed', [closed]: 'not installed' });
  await contextMenu(page, hostRow(page, open), 'Open Log');
  const frame = await panel();
  await frame.getByText('Waiting for the first line').waitFor();
  await screenshot(page, 'panel-empty');
  await write(line('first'), line('health', '10.0.8.1'), line('visitor', '203.0.113.9'));
  await row(frame, '/visitor').waitFor();
  await lines(frame, 3);
});

test('a hidden panel loses nothing', async () => {
  const { page } = editor;
  await runCommand(page, 'File: New Untitled Text File');
  await tab(page, /Untitled/).waitFor();
  await write(line('hidden-1'), line('hidden-2'));
  await tab(page, /access\.log/).click();
  const frame = await panel();
  for (const path of ['/first', '/visitor', '/hidden-1', '/hidden-2']) await row(frame, path).waitFor();
  await lines(frame, 5);
});

test('Pause holds the rows and counts what comes; Follow shows it', async () => {
  const frame = await panel();
  const pause = frame.locator('.pause');
  await pause.click();
  await write(line('late-1'), line('late-2'), line('late-3'));
  await pause.getByText('Follow · 3 new').waitFor();
  await screenshot(editor.page, 'panel-paused');
  await pause.click();
  await row(frame, '/late-3').waitFor();
  await pause.getByText('Pause').waitFor();
});

test('a text and a class filter the rows', async () => {
  const frame = await panel();
  const find = frame.locator('.filter input');
  await find.fill('late-');
  await expect.poll(() => row(frame, '/').count(), within).toBe(3);
  await find.fill('no such line');
  await frame.getByText('No line passes the filter').waitFor();
  await find.fill('');
  await expect.poll(() => row(frame, '/').count(), within).toBe(8);
  const origin = frame.locator('.chip.c-origin');
  await origin.click();
  await expect.poll(() => row(frame, '/').count(), within).toBe(2);
  expect(await origin.getAttribute('aria-pressed')).toBe('false');
  await screenshot(editor.page, 'panel-filtered');
  await origin.click();
  await expect.poll(() => row(frame, '/').count(), within).toBe(8);
});

test('a hidden panel comes back as it was: filtered, and paused', async () => {
  const { page } = editor;
  const before = await panel();
  await before.locator('.filter input').fill('late-');
  await before.locator('.chip.c-private').click();
  await expect.poll(() => row(before, '/').count(), within).toBe(3);
  await before.locator('.pause').click();
  await tab(page, /Untitled/).click();
  await write(line('late-4'));
  await tab(page, /access\.log/).click();
  const frame = await panel();
  await frame.locator('.pause').getByText('Follow · 1 new').waitFor();
  expect(await frame.locator('.filter input').inputValue()).toBe('late-');
  expect(await frame.locator('.chip.c-private').getAttribute('aria-pressed')).toBe('false');
  await expect.poll(() => row(frame, '/late-').count(), within).toBe(4);
  expect(await row(frame, '/').count()).toBe(4);
  await frame.locator('.pause').click();
  await frame.locator('.chip.c-private').click();
  await frame.locator('.filter input').fill('');
  // Those above are not drawn; the head is counted too.
  await expect.poll(() => frame.getByRole('grid').getAttribute('aria-rowcount'), within).toBe('10');
});

test('hostile lines are text, in one row each', async () => {
  const frame = await panel();
  await write(
    line('<img src=x onerror="document.title=1"><script>document.title=1</script>'),
    line('ansi-\u001b[31m\u001b]0;title\u0007'),
    line('bidi-\u202egnp.exe\u2066'),
    line('nul-\u0000-byte'),
    'not a log line at all <b>bold</b>',
    line('</span></div><style>*{display:none!important}</style><a style="position:fixed;inset:0" href="command:toa.install">x</a>'),
  );
  await log.shell(
    `{ printf '203.0.113.5 - - [${start}] "GET /'; head -c 1000000 /dev/zero | tr '\\0' A; echo ' HTTP/1.1" 200 3'; } >>${log.accessLog}`,
  );
  await write(line('after-the-long-one'));
  await row(frame, '/after-the-long-one').waitFor();
  await screenshot(editor.page, 'panel-hostile');
  expect(await frame.locator('.rows img, .rows script, .rows b').count()).toBe(0);
  expect(await frame.title()).not.toBe('1');
  expect(await row(frame, 'bidi-').locator('.esc').allInnerTexts()).toEqual(['\\u202e', '\\u2066']);
  expect(await row(frame, 'nul-').locator('.esc').allInnerTexts()).toEqual(['\\x00']);
  const size = await frame.evaluate(() => {
    const rows = [...document.querySelectorAll('.port [role=row]')];
    const wide = document.documentElement;
    return { heights: [...new Set(rows.map((one) => one.getBoundingClientRect().height))], over: wide.scrollWidth - wide.clientWidth };
  });
  expect(size).toEqual({ heights: [22], over: 0 });
  // Nor where a line is shown whole, marked by a search, or wrapped.
  await row(frame, '<script>').click();
  await editor.page.keyboard.press('Enter');
  await frame.locator('.detail pre').getByText('<script>document.title=1</script>').waitFor();
  await editor.page.keyboard.press('Control+f');
  await frame.locator('.findbar input').fill('<style>');
  await editor.page.keyboard.press('Enter');
  await frame.locator('.port mark', { hasText: '<style>' }).waitFor();
  await frame.getByRole('button', { name: 'Wrap lines' }).click();
  await row(frame, '/after-the-long-one').waitFor();
  await screenshot(editor.page, 'panel-hostile-whole');
  const whole = await frame.evaluate(() => ({
    made: document.querySelectorAll('.port img, .port script, .port b, .port style, .port a, .detail img, .detail script').length,
    scripted: document.title === '1',
    tallest: Math.max(...[...document.querySelectorAll('.port [role=row]')].map((one) => one.getBoundingClientRect().height)),
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(whole).toMatchObject({ made: 0, scripted: false, over: 0 });
  expect(whole.tallest).toBeLessThanOrEqual(220);
  await frame.getByRole('button', { name: 'Wrap lines' }).click();
  await frame.locator('.findbar').getByRole('button', { name: 'Close' }).click();
  await frame.locator('.detail').getByRole('button', { name: 'Close' }).click();
});

test('the keyboard moves and copies', async () => {
  const { page } = editor;
  const frame = await panel();
  const grid = frame.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('End');
  await row(frame, '/after-the-long-one').and(frame.locator('[aria-selected=true]')).waitFor();
  await page.keyboard.press('Home');
  await row(frame, '/first').and(frame.locator('[aria-selected=true]')).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await row(frame, '/visitor').and(frame.locator('[aria-selected=true]')).waitFor();
  const current = await row(frame, '/visitor').getAttribute('id');
  expect(await grid.getAttribute('aria-activedescendant')).toBe(current);
  await screenshot(page, 'panel-keyboard');
  // A click takes the focus as well.
  await frame.locator('.filter input').focus();
  await row(frame, '/visitor').click();
  expect(await grid.evaluate((one) => document.activeElement === one)).toBe(true);
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), within).toBe(line('visitor', '203.0.113.9'));
  await page.keyboard.press('End');
  await frame.locator('.pause').getByText('Pause').waitFor();
});

test('a rotation while it is open is marked, and no line is lost', async () => {
  const frame = await panel();
  await log.shell(`mv ${log.accessLog} ${log.accessLog}.1`);
  await log.shell(`echo '${line('to-the-old-file')}' >>${log.accessLog}.1`);
  await log.shell(`: >${log.accessLog}`);
  await write(line('to-the-new-file'));
  await row(frame, '/to-the-old-file').waitFor();
  await row(frame, '/to-the-new-file').waitFor();
  await row(frame, 'The log was rotated').waitFor();
  await shootThemes(editor.page, 'panel');
});

test('Clear empties the panel, not the log', async () => {
  const frame = await panel();
  await frame.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect.poll(() => row(frame, '/').count(), within).toBe(0);
  await write(line('after-clear'));
  await row(frame, '/after-clear').waitFor();
  await lines(frame, 1);
});

test('a button of the verdict keeps the focus while lines come', async () => {
  const frame = await panel();
  const button = frame.locator('.v-act vscode-button', { hasText: 'Install TOA…' });
  const figures = frame.locator('.verdict .deltas');
  const fresh = () => write(line('fresh', '198.51.100.7', logTime()));
  // Only lines since the host's boot count, by half minutes.
  await expect.poll(() => fresh().then(() => button.count()), { timeout: 60_000, interval: 2000 }).toBe(1);
  await button.focus();
  const before = await figures.innerText();
  await fresh();
  await expect.poll(() => figures.innerText(), within).not.toBe(before);
  expect(await button.evaluate((one) => document.activeElement === one)).toBe(true);
});

test('a log that only root can read is read with sudo when that is wished', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, closed), 'Open Log');
  await pickRow(page, '/var/log/httpd/access_log').click();
  const frame = await panel('access_log');
  await frame.getByText('cannot be read by').waitFor();
  await screenshot(page, 'panel-denied');
  await frame.getByText('Read with sudo').first().click();
  await answerInput(page, `sudo password of admin on ${closed}`, 'labpass');
  await frame.getByText('Following').first().waitFor();
  await fetch(`http://${lab.host('rhel7').address}:${lab.host('rhel7').httpPort}/by-root`);
  await row(frame, '/by-root').waitFor();
  await frame.locator('.foot').getByText('read with sudo').waitFor();
  await screenshot(page, 'panel-sudo');
});

test('panels come back with the window, silently', async () => {
  const { page } = editor;
  await reload(page);
  await (await panel('access_log')).getByText('Read with sudo').first().waitFor();
  expect(await page.locator('.quick-input-widget:visible').count()).toBe(0);
  await tab(page, /access\.log/).click();
  const frame = await panel();
  await row(frame, '/after-clear').waitFor();
  await row(frame, '/to-the-new-file').waitFor();
});

test('lines made of nothing but control characters and matches, or of a megabyte each, leave the panel quick', async () => {
  const frame = await panel();
  await frame.getByRole('button', { name: 'Clear', exact: true }).click();
  const one = `203.0.113.5 - - [${start}] "GET /'; head -c 60000 /dev/zero | tr '\\0' '\\1'; echo ' HTTP/1.1" 200 3`;
  await log.shell(`for i in $(seq 50); do { printf '${one}'; } >>${log.accessLog}; done`);
  await log.shell(`for i in $(seq 5); do { head -c 1000000 /dev/zero | tr '\\0' A; echo; } >>${log.accessLog}; done`);
  await log.shell(`for i in $(seq 50); do { printf '${one}'; } >>${log.accessLog}; done`);
  await expect.poll(() => frame.locator('.foot').innerText(), { timeout: 180_000 }).toContain('105 lines');
  await row(frame, '\\x01').last().click();
  await editor.page.keyboard.press('Enter');
  await frame.locator('.detail pre').getByText('\\x01').first().waitFor();
  await editor.page.keyboard.press('Control+f');
  await frame.locator('.findbar input').fill('A');
  await frame.locator('.findbar').getByText('of 5').waitFor();
  await editor.page.keyboard.press('Enter');
  await frame.locator('.port mark').first().waitFor();
  await screenshot(editor.page, 'panel-hostile-many');
  expect(await frame.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(20_000);
  await frame.locator('.findbar').getByRole('button', { name: 'Close' }).click();
  await frame.locator('.detail').getByRole('button', { name: 'Close' }).click();
});

test('a closed panel leaves no follower on the host', async () => {
  const { page } = editor;
  expect(await shells(log, 'deploy')).toBeGreaterThan(0);
  await runCommand(page, 'View: Close All Editors');
  await expect.poll(() => shells(log, 'deploy'), within).toBe(0);
  expect(await shells(lab.host('rhel7'), 'admin')).toBe(0);
});
