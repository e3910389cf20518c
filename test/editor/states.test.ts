import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { openProtectedAddress } from '../lab/protectedAddress';
import { keepWhatFailed, openEditor, shootThemes, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { apply, plan } from './steps';
import {
  answerInput,
  answerModal,
  contextMenu,
  contextMenuItems,
  findInEditor,
  modal,
  pickRow,
  retry,
  runCommand,
  screenshot,
  tab,
  treeItem,
  visibleText,
  webviewWith,
} from './workbench';

// What the tree says of hosts after the install, what it offers then, and several hosts at once.

const [first, second] = ['lab-centos7', 'lab-rhel7'];
const autoload = '/etc/sysconfig/modules/toa.modules';
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7'] });
  await Promise.all(lab.hosts.map(bootToa));
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

/** Installs the TOA kernel past the product and boots it, with an autoload file that is not executable. */
async function bootToa(machine: LabHost): Promise<void> {
  const { path, nevra } = lab.packages.files.el7;
  await copyFile(path, join(machine.root, 'var/tmp', `${nevra}.rpm`));
  const body = `#! /bin/bash\\nif [ -e /lib/modules/\`uname -r\`/kernel/net/toa/toa.ko.xz ] ;\\nthen\\nmodprobe toa > /dev/null 2>&1\\nfi\\n`;
  const done = await machine.shell(`set -e
    rpm -i --nodeps /var/tmp/${nevra}.rpm
    grubby --set-default=/boot/vmlinuz-${nevra.replace('kernel-', '')}
    printf '${body}' >${autoload}; chmod 644 ${autoload}`);
  expect(done).toMatchObject({ code: 0 });
  const boots = await machine.boots();
  await machine.shell('reboot');
  await machine.booted(boots);
}

test('rows say name and state to a screen reader', async () => {
  const { page } = editor;
  await openTree(page, { [first]: 'booted, module not loaded', [second]: 'booted, module not loaded' });
  expect(await hostRow(page, first).getAttribute('aria-label')).toMatch(/^lab-centos7, booted, module not loaded/);
  await treeItem(page, /^Test, 1 host · 1 needs attention$/).waitFor();
  await hostRow(page, first).click();
  await page.keyboard.press('ArrowRight');
  for (const part of ['Kernel', 'Module', 'Autoload', 'Default kernel']) await treeItem(page, new RegExp(`^${part}, .`)).waitFor();
  await shootThemes(page, 'states-not-loaded');
  await page.keyboard.press('ArrowLeft');
});

test('Load Module loads it, and a probe sees it', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, first), 'Load Module');
  const modules = async () => (await lab.host('centos7').shell('cut -d" " -f1 /proc/modules')).stdout;
  await expect.poll(modules, { timeout: 60_000 }).toMatch(/^toa$/m);
  await hostRow(page, first, 'drifted: toa.modules not executable').waitFor();
  expect(await contextMenuItems(page, hostRow(page, first))).not.toContain('Load Module');
  await lab.host('centos7').shell(`chmod 755 ${autoload}`);
  await contextMenu(page, hostRow(page, first), 'Refresh');
  await hostRow(page, first, '(loaded|receiving|delivering)').waitFor();
  await screenshot(page, 'states-loaded');
});

/** Chooses from the menu of two selected rows. Escape, which makes a menu sure to be closed, would end the selection. */
async function onBoth(item: string): Promise<void> {
  const { page } = editor;
  const menu = page.locator('.context-view .monaco-menu');
  await retry(async () => {
    await hostRow(page, first).click();
    await hostRow(page, second).click({ modifiers: ['Control'] });
    await hostRow(page, second).click({ button: 'right' });
    await menu.getByRole('menuitem', { name: item, exact: true }).click({ timeout: 5000, delay: 200 });
    await menu.waitFor({ state: 'detached', timeout: 5000 });
  });
}

test('several rows are refreshed and verified together', async () => {
  const { page } = editor;
  await lab.host('rhel7').shell(`modprobe toa; chmod 755 ${autoload}`);
  await onBoth('Refresh');
  await hostRow(page, second, '(loaded|receiving|delivering)').waitFor();
  await onBoth('Verify');
  for (const host of [first, second]) await hostRow(page, host, 'verifying').waitFor({ timeout: 60_000 });
  await screenshot(page, 'states-verifying');
  for (const host of [first, second]) await hostRow(page, host, '(loaded|receiving|delivering)').waitFor({ timeout: 60_000 });
  // Several reports do not pile up: each is a command away.
  expect(await tab(page, /TOA report/).count()).toBe(0);
  await contextMenu(page, hostRow(page, first), 'Show Report');
  await tab(page, `TOA report, ${first}`).waitFor();
});

test('the palette asks which hosts', async () => {
  const { page } = editor;
  await runCommand(page, 'TOA: Verify');
  for (const host of [first, second]) await pickRow(page, host).first().waitFor();
  await screenshot(page, 'states-pick');
  await pickRow(page, second).first().locator('.monaco-checkbox, input[type=checkbox]').first().click();
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await hostRow(page, second, 'verifying').waitFor();
  await hostRow(page, second, '(loaded|receiving|delivering)').waitFor({ timeout: 60_000 });
});

test('what has moved away is shown with its reason, and a repair puts it back', async () => {
  const { page } = editor;
  await lab.host('rhel7').shell(`rm ${autoload}`);
  await contextMenu(page, hostRow(page, second), 'Refresh');
  await hostRow(page, second, 'drifted: toa.modules missing').waitFor();
  await screenshot(page, 'states-autoload-missing');
  // The kernel is there already: the plan writes the file alone.
  await plan(page, second, 'Repair');
  await screenshot(page, 'states-repair-plan');
  await apply(page, second, 'Repair');
  await hostRow(page, second, '(loaded|receiving|delivering)').waitFor({ timeout: 120_000 });
  expect((await lab.host('rhel7').shell(`stat -c %a ${autoload}`)).stdout.trim()).toBe('755');
});

test('Test with My Address proves it: green in the tree, condition by condition in the report, and masked for a ticket', async () => {
  const { page } = editor;
  const address = await openProtectedAddress(lab.host('centos7'));
  try {
    await contextMenu(page, hostRow(page, first), 'Test with My Address');
    await answerInput(page, 'Address and port that visitors connect to', `127.0.0.1:${address.port}`);
    await pickRow(page, 'From this machine').first().click();
    await answerInput(page, 'Where it is known', '');
    await hostRow(page, first, 'testing with an own address').waitFor();
    await hostRow(page, first, 'proven').waitFor({ timeout: 180_000 });
  } finally {
    await address.close();
  }
  await tab(page, `TOA report, ${first}`).waitFor();
  expect(await visibleText(page)).toMatch(/Visitors’ addresses arrive\.\*\* Evidence 5 of 5/);
  await shootThemes(page, 'states-proven');
  await findInEditor(page, 'Own-address test');
  await screenshot(page, 'states-proven-test');
  await runCommand(page, 'TOA: Mask Addresses');
  await findInEditor(page, 'visitor-1');
  await runCommand(page, 'TOA: Copy for a Ticket');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied, { timeout: 60_000 }).toMatch(/visitor-1 in .*access\.log, peer\s+198\.51\.100\./);
  expect(await copied()).not.toMatch(/203\.0\.113\./);
  await runCommand(page, 'TOA: Copy as JSON');
  await expect.poll(copied, { timeout: 60_000 }).toMatch(/^\{[^]*"code": "arrive"/);
  await screenshot(page, 'states-proven-masked');
});

test('beside the log its host’s counters and listeners are read live, and the whole file is counted before and since', async () => {
  const { page } = editor;
  const host = lab.host('centos7');
  const address = await openProtectedAddress(host);
  const visit = () => fetch(`http://127.0.0.1:${address.port}/shop`, { headers: { connection: 'close' } });
  try {
    const old = '198.51.100.7 - - [14/May/2024:14:05:23 +0000] "GET /old HTTP/1.1" 200 3 "-" "-"';
    await host.shell(`{ echo '${old}'; cat ${host.accessLog}; } >/tmp/log; cat /tmp/log >${host.accessLog}`);
    await contextMenu(page, hostRow(page, first), 'Open Log');
    const frame = await webviewWith(page, '.head:has-text("access.log")');
    await frame.getByRole('heading', { name: 'Visitors’ addresses arrive' }).waitFor();
    await expect
      .poll(() => visit().then(() => frame.locator('.deltas').innerText()), { timeout: 90_000, interval: 2000 })
      .toMatch(
        /Kernel, last \d+ s[^]*syn_recv_sock_toa\s+\+\d+\s+rises[^]*getname_toa_ok\s+\+\d+\s+rises[^]*same \d+ s[^]*with a visitor\s+[1-9]/,
      );
    expect(await frame.locator('.listeners').innerText()).toMatch(/0\.0\.0\.0:80 IPv4, \d+ connections/);
    await shootThemes(page, 'panel-live');
    await frame.getByRole('button', { name: 'Count Whole File' }).click();
    const counted = frame.getByRole('region', { name: 'Whole file' });
    await counted.getByText(/^Before and since: .* by the lines’ own times$/).waitFor();
    await expect.poll(() => counted.locator('tr', { hasText: 'Back-to-origin' }).innerText()).toMatch(/\s1\s+0$/);
    await expect.poll(() => counted.locator('tr', { hasText: 'Visitors' }).innerText()).toMatch(/\s0\s+[1-9]\d*$/);
    await screenshot(page, 'panel-counted');
    await counted.getByRole('button', { name: 'Close' }).click();
    await frame.getByRole('region', { name: 'Top addresses' }).waitFor();
  } finally {
    await address.close();
  }
});

test('Boot Original Kernel… goes back on consent, and that is no drift', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, first), 'Boot Original Kernel…');
  const question = `Boot the original kernel on ${first}`;
  await modal(page, question).waitFor({ timeout: 60_000 });
  await screenshot(page, 'states-original-consent');
  await answerModal(page, question, 'Boot Original Kernel');
  await hostRow(page, first, 'installed, awaiting reboot').waitFor({ timeout: 240_000 });
  expect((await lab.host('centos7').shell('uname -r; grubby --default-kernel')).stdout).not.toContain('.toa.');
  await screenshot(page, 'states-original');
});
