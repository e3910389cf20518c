import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { hostRow, install, openTree } from './job';
import { answerModal, contextMenu, contextMenuItems, modal, screenshot, toast } from './workbench';
import { startLab, type Lab } from '../lab/lab';
import { TOA_RELEASE } from '../../src/core/vendor';

const host = 'lab-centos7';
let lab: Lab;
let editor: OpenEditor;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

const reboot = async (): Promise<void> => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, host), 'Reboot…');
  await modal(page, `Reboot ${host}`).waitFor({ timeout: 60_000 });
  await answerModal(page, `Reboot ${host}`, 'Reboot');
};

test('a TOA kernel that panics ends as the original kernel, with the reason in the tree', async () => {
  const { page } = editor;
  const machine = lab.host('centos7');
  await openTree(page, { [host]: 'not installed' });
  await install(page, host, () => Promise.resolve());
  await machine.shell(`echo ${TOA_RELEASE.el7} >/etc/elhost/panics`);
  await reboot();
  await hostRow(page, host, 'installed, last trial returned').waitFor({ timeout: 240_000 });
  await toast(page, 'is back on its original kernel').waitFor();
  await screenshot(page, 'trial-returned');
  expect((await machine.shell('uname -r; grubby --default-kernel')).stdout).not.toContain('.toa.');
});

test('one whose module is not loaded stays up on trial, and becomes the default with the module', async () => {
  const { page } = editor;
  const machine = lab.host('centos7');
  await machine.shell('rm /etc/elhost/panics; chmod 644 /etc/sysconfig/modules/toa.modules');
  await reboot();
  await hostRow(page, host, 'on trial, not the default yet').waitFor({ timeout: 240_000 });
  await screenshot(page, 'trial-kept');
  const items = await contextMenuItems(page, hostRow(page, host));
  expect(items).toEqual(expect.arrayContaining(['Keep TOA Kernel', 'Return Now…', 'Load Module']));
  expect((await machine.shell('grubby --default-kernel')).stdout).not.toContain('.toa.');
  await contextMenu(page, hostRow(page, host), 'Load Module');
  const byDefault = async () => (await machine.shell('grubby --default-kernel')).stdout;
  await expect.poll(byDefault, { timeout: 120_000 }).toContain('.toa.');
  await screenshot(page, 'trial-lasting');
});
