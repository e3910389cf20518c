import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { killExtensionHost } from './extensionHost';
import { hostRow, openTree } from './job';
import { apply, plan } from './steps';
import { answerModal, contextMenu, contextMenuItems, modal, runCommand, screenshot, tab } from './workbench';

// The editor is killed, or the host loses power, in the middle of a change; what a person then sees, and does about it.

const [surviving, powerless] = ['lab-centos7', 'lab-rhel7'];
/** Seconds that are never waited for: what takes them is held until the test lets it go on. */
const HELD = 36_000;
let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7'] });
  for (const machine of lab.hosts) await machine.shell(`echo ${HELD} >/etc/elhost/posttrans-delay`);
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

/** What a busy machine may take for a package transaction or a boot. */
const LONG = { timeout: 240_000 };

const isHeld = async (machine: LabHost): Promise<boolean> => (await machine.shell(`pgrep -fx 'sleep ${HELD}'`)).code === 0;
const letGo = async (machine: LabHost): Promise<void> => {
  expect(await machine.shell(`pkill -fx 'sleep ${HELD}'`)).toMatchObject({ code: 0 });
};

/** Install TOA… up to the time between the kernel's scriptlets, when it has an entry and no initramfs. */
async function installHalf(host: string, machine: LabHost): Promise<void> {
  const { page } = editor;
  await plan(page, host);
  await apply(page, host);
  await expect.poll(() => isHeld(machine), LONG).toBe(true);
  await hostRow(page, host, 'installing, step').waitFor();
}

const kernels = async (machine: LabHost): Promise<string> => (await machine.shell('uname -r; grubby --default-kernel')).stdout;

test('an install goes on without the extension host that began it, and the next one takes it up', async () => {
  const { page, server } = editor;
  const machine = lab.host('centos7');
  await openTree(page, { [surviving]: 'not installed', [powerless]: 'not installed' });
  await installHalf(surviving, machine);
  await killExtensionHost(server);
  await hostRow(page, surviving, 'running: ').waitFor(LONG);
  await screenshot(page, 'cut-running');
  expect(await isHeld(machine)).toBe(true);
  const items = await contextMenuItems(page, hostRow(page, surviving));
  expect(items).toContain('Follow Run…');
  expect(items).not.toContain('Install TOA…');
  // The plan that was shown went with the extension host that knew it.
  await tab(page, /TOA plan/).waitFor({ state: 'detached' });

  await contextMenu(page, hostRow(page, surviving), 'Follow Run…');
  await hostRow(page, surviving, 'following a run, step').waitFor(LONG);
  await screenshot(page, 'cut-following');
  await letGo(machine);
  await hostRow(page, surviving, 'installed, awaiting reboot').waitFor(LONG);
  expect(await kernels(machine)).not.toContain('.toa.');
});

test('a reboot that lost its extension host is found as a trial, and can be kept', async () => {
  const { page, server } = editor;
  const machine = lab.host('centos7');
  await machine.shell(`echo ${HELD} >/etc/elhost/boot-delay`);
  await contextMenu(page, hostRow(page, surviving), 'Reboot…');
  await modal(page, `Reboot ${surviving}`).waitFor({ timeout: 60_000 });
  await answerModal(page, `Reboot ${surviving}`, 'Reboot');
  await expect.poll(() => isHeld(machine), LONG).toBe(true);
  await hostRow(page, surviving, 'rebooting, step').waitFor();
  await killExtensionHost(server);
  await hostRow(page, surviving, 'unreachable').waitFor(LONG);
  await screenshot(page, 'cut-unreachable');

  const boots = await machine.boots();
  await letGo(machine);
  await machine.booted(boots - 1);
  await contextMenu(page, hostRow(page, surviving), 'Refresh');
  await hostRow(page, surviving, 'on trial, returns in').waitFor(LONG);
  await screenshot(page, 'cut-on-trial');
  expect(await kernels(machine)).toMatch(/\.toa\..*\n.*(?<!\.toa\.x86_64)\n$/);
  await contextMenu(page, hostRow(page, surviving), 'Keep TOA Kernel');
  await hostRow(page, surviving, '(loaded|receiving|delivering)').waitFor(LONG);
  expect(await kernels(machine)).toMatch(/\.toa\..*\n.*\.toa\..*\n$/);
});

test('an install that a power cut ended is named with its step, and Repair… finishes it', async () => {
  const { page } = editor;
  const machine = lab.host('rhel7');
  await installHalf(powerless, machine);
  await machine.stop();
  await machine.start();
  await hostRow(page, powerless, 'interrupted at: ').waitFor(LONG);
  await screenshot(page, 'cut-interrupted');
  await machine.shell('rm /etc/elhost/posttrans-delay');
  await plan(page, powerless, 'Repair');
  await screenshot(page, 'cut-repair-plan');
  await apply(page, powerless, 'Repair');
  await hostRow(page, powerless, 'installed, awaiting reboot').waitFor(LONG);
  expect((await machine.shell('ls /boot/initramfs-*.toa.x86_64.img')).code).toBe(0);
});

test.each([
  ['Keep the TOA kernel installed', 'undone, TOA kernel still installed', 1],
  ['Also remove the TOA kernel', 'not installed', 0],
])('Undo Install… takes it back: %s', async (choice, state, left) => {
  const { page } = editor;
  const machine = lab.host('rhel7');
  await runCommand(page, 'View: Close All Editors');
  await plan(page, powerless, 'Undo Install', choice);
  await screenshot(page, `cut-undo-plan-${left}`);
  await apply(page, powerless, 'Undo Install');
  await hostRow(page, powerless, state).waitFor(LONG);
  await screenshot(page, `cut-undone-${left}`);
  const { stdout } = await machine.shell('ls /etc/sysconfig/modules/toa.modules; rpm -q kernel; grubby --default-kernel');
  expect(stdout.match(/\.toa\.x86_64/g) ?? []).toHaveLength(left);
  expect(stdout).not.toContain('toa.modules');
});
