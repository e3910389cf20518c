import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { startLab, type Lab } from '../lab/lab';
import { keepWhatFailed, openEditor, shootThemes, type OpenEditor } from './editor';
import { hostRow, install, openLog, openTree, reboot, verifyByPalette } from './job';
import { contextMenuItems, screenshot } from './workbench';

// A person's whole way, in a real VS Code with the packed extension, on hosts with real sshd, rpm and yum:
// right-click → Install → plan → consent → progress → Reboot → verified in the tree → the log shows visitors.

let lab: Lab;
let editor: OpenEditor;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'centos6', 'debian12'], traffic: true });
  editor = await openEditor({ settings: lab.settings });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
// Each step stands on the one before.
let failed: string | undefined;
beforeEach(({ skip, task }) => {
  // Its own second try is no later step.
  skip(failed !== undefined && failed !== task.id, 'an earlier step failed');
  failed = undefined;
  keepWhatFailed(() => editor);
  onTestFailed(() => {
    failed = task.id;
  });
});

test('the tree shows what each host is, and offers no install where there is none', async () => {
  await openTree(editor.page, { 'lab-centos7': 'not installed', 'lab-centos6': 'not installed', 'lab-debian12': 'unsupported' });
  await shootThemes(editor.page, 'tree');
  expect(await contextMenuItems(editor.page, hostRow(editor.page, 'lab-debian12'))).not.toContain('Install TOA…');
});

describe.each(['lab-centos7', 'lab-centos6'])('%s', (host) => {
  const shot = (name: string) => screenshot(editor.page, `${host}-${name}`);

  test('installs what the plan says, after consent', async () => {
    await install(editor.page, host, shot);
    const { stdout } = await onHost(host, 'rpm -q kernel; cat /etc/sysconfig/modules/toa.modules');
    expect(stdout).toMatch(/^kernel-.*\.toa\.x86_64$/m);
    expect(stdout).toContain('modprobe toa');
  });

  test('reboots into the TOA kernel after consent, and loads the module', async () => {
    await reboot(editor.page, host, shot);
    const { stdout } = await onHost(host, 'uname -r; cut -d" " -f1 /proc/modules');
    expect(stdout).toMatch(/\.toa\.x86_64$/m);
    expect(stdout).toMatch(/^toa$/m);
  });

  test('verifies from the palette', async () => {
    await verifyByPalette(editor.page, host, shot);
  });

  test('the access log panel shows visitors', async () => {
    const panel = await openLog(editor.page, host, shot);
    await panel.getByText('203.0.113.', { exact: false }).first().waitFor();
    await shootThemes(editor.page, `${host}-log`);
  });
});

/** What the host itself says, from outside the product. */
function onHost(name: string, script: string) {
  return lab.hosts.find((host) => host.name === name)!.shell(script);
}
