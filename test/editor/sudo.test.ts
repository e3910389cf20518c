import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab } from '../lab/lab';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { apply, planShown } from './steps';
import {
  answerInput,
  answerModal,
  closeToasts,
  contextMenu,
  inputMessage,
  modal,
  reload,
  runCommand,
  screenshot,
  toast,
} from './workbench';

// A host whose user has a password for sudo. It is asked for when it is needed, once, and kept only where that was wished.

const host = 'lab-centos7';
const question = `sudo password of admin on ${host}`;
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  const { address, port } = lab.host('centos7');
  editor = await openEditor({ settings: { ...lab.settings, 'toa.hosts': [{ name: host, address, port, user: 'admin', group: 'Test' }] } });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

test('a wrong password is said, and neither kept nor tried again', async () => {
  const { page } = editor;
  await openTree(page, { [host]: 'not installed' });
  await contextMenu(page, hostRow(page, host), 'Install TOA…');
  await inputMessage(page, question).waitFor();
  await screenshot(page, 'sudo-question');
  await answerInput(page, question, 'not-it');
  await toast(page, /sudo.*password/).waitFor();
  await screenshot(page, 'sudo-wrong');
  expect(await inputMessage(page, question).count()).toBe(0);
  await hostRow(page, host, 'not installed').waitFor();
  await closeToasts(page);
});

test('the right one is asked for once, and serves the plan and the install', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, host), 'Install TOA…');
  await answerInput(page, question, 'labpass');
  await planShown(page);
  await apply(page, host);
  await hostRow(page, host, 'installed, awaiting reboot').waitFor({ timeout: 240_000 });
  const { stdout } = await lab.host('centos7').shell('rpm -q kernel');
  expect(stdout).toContain('.toa.');
});

test('nothing of it was stored', async () => {
  const { page } = editor;
  await runCommand(page, 'TOA: Forget Remembered Passwords');
  await toast(page, 'No password was stored').waitFor();
  await closeToasts(page);
});

test('one that is to be remembered serves after a restart of the window too', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, host), 'Verify');
  await inputMessage(page, question).waitFor();
  await page
    .locator('.quick-input-widget')
    .getByRole('button', { name: /^Remember/ })
    .click();
  await page
    .locator('.quick-input-widget')
    .getByRole('button', { name: /^Will be remembered/ })
    .waitFor();
  await screenshot(page, 'sudo-remember');
  await answerInput(page, question, 'labpass');
  await page.getByRole('tab', { name: /TOA report/ }).waitFor({ timeout: 120_000 });
  await reload(page);
  await openTree(page, { [host]: 'awaiting reboot' });
  await contextMenu(page, hostRow(page, host), 'Verify');
  await page.getByRole('tab', { name: /TOA report/ }).waitFor({ timeout: 120_000 });
  await runCommand(page, 'TOA: Forget Remembered Passwords');
  await toast(page, 'Stored passwords are forgotten: 1.').waitFor();
});

test('a reboot has it at hand before its consent: nothing is asked for once the host goes down', async () => {
  const { page } = editor;
  const consent = `Reboot ${host} (Test) now?`;
  await closeToasts(page);
  await contextMenu(page, hostRow(page, host), 'Reboot…');
  await inputMessage(page, question).waitFor();
  expect(await modal(page, consent).count()).toBe(0);
  await answerInput(page, question, 'labpass');
  await modal(page, consent).waitFor({ timeout: 60_000 });
  await modal(page, 'if no editor confirms within 5 minutes').waitFor();
  await screenshot(page, 'sudo-reboot');
  await answerModal(page, consent, 'Cancel');
  const { stdout } = await lab.host('centos7').shell('uname -r; ls /etc/toa-hosts/trial 2>&1');
  expect(stdout).toMatch(/^3\.10\.0-957\.el7\.x86_64\n.*No such file/);
});
