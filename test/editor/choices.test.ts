import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab } from '../lab/lab';
import { keepWhatFailed, openEditor, shootThemes, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import { apply, plan, plannedAnew } from './steps';
import { answerModal, findInEditor, modal, runCommand, screenshot } from './workbench';

// A plan that cannot be carried out as it stands: what the host said is shown, and the way on is the person's choice.

const [refusing, restarted] = ['lab-centos7', 'lab-rhel7'];
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7'] });
  await lab.host('centos7').shell('rpm -e --nodeps linux-firmware');
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

test('a refusal is quoted, and its remedy becomes a new plan with its warning', async () => {
  const { page } = editor;
  await openTree(page, { [refusing]: 'not installed', [restarted]: 'not installed' });
  await plan(page, refusing);
  await apply(page, refusing);
  const choice = modal(page, new RegExp(`on|of ${refusing}\\?`));
  await choice.getByText('linux-firmware').first().waitFor({ timeout: 120_000 });
  await screenshot(page, 'choice');
  await answerModal(page, 'linux-firmware', 'Install with --nodeps');
  await plannedAnew(page, refusing);
  await findInEditor(page, 'Dependencies are not checked (--nodeps)');
  await shootThemes(page, 'choice-plan');
  await apply(page, refusing);
  await hostRow(page, refusing, 'installed, awaiting reboot').waitFor({ timeout: 240_000 });
  await runCommand(page, 'TOA: Show Transcript');
  await page.locator('.part.panel .view-line', { hasText: /\[lab-centos7\]\splan\s\w+\sis\sdone/ }).waitFor();
  await screenshot(page, 'choice-transcript');
  await runCommand(page, 'View: Hide Panel');
});

test('a plan that the host has overtaken does nothing, says what changed, and is made anew', async () => {
  const { page } = editor;
  const machine = lab.host('rhel7');
  await plan(page, restarted);
  const boots = await machine.boots();
  await machine.shell('reboot');
  await machine.booted(boots);
  await apply(page, restarted);
  const stale = `The plan for ${restarted} is out of date`;
  await modal(page, stale).waitFor({ timeout: 120_000 });
  await screenshot(page, 'stale');
  expect((await machine.shell('rpm -q kernel')).stdout).not.toContain('.toa.');
  await answerModal(page, stale, 'New Plan');
  await plannedAnew(page, restarted);
  await apply(page, restarted);
  await hostRow(page, restarted, 'installed, awaiting reboot').waitFor({ timeout: 240_000 });
});
