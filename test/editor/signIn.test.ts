import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab, type LabHost } from '../lab/lab';
import { keepWhatFailed, openEditor, type OpenEditor } from './editor';
import { hostRow, openTree } from './job';
import {
  answerInput,
  answerModal,
  contextMenu,
  inputMessage,
  modal,
  runCommand,
  screenshot,
  tab,
  toast,
  toastButton,
  treeItem,
  visibleText,
} from './workbench';

// Hosts as a person first meets them: new in the tree, with keys that nobody has accepted yet, or that have changed.

let lab: Lab;
let editor: OpenEditor;
let knownHosts: string;

beforeAll(async () => {
  lab = await startLab({ systems: ['centos7', 'rhel7', 'centos6'] });
  knownHosts = join(lab.dir, 'met', 'known_hosts');
  await mkdir(join(lab.dir, 'met'));
  await writeFile(knownHosts, `# hosts met so far\n\n${addressOf(lab.host('centos6'))} ${anotherKey()}\n`);
  const config = join(lab.dir, 'met', 'config');
  await writeFile(
    config,
    [`Host *`, `  IdentityFile ${lab.privateKey}`, '  IdentitiesOnly yes', `  UserKnownHostsFile ${knownHosts}`, ''].join('\n'),
  );
  editor = await openEditor({
    settings: {
      ...lab.settings,
      'toa.ssh.configFile': config,
      'toa.hosts': [entry('lab-rhel7', lab.host('rhel7')), entry('lab-centos6', lab.host('centos6'))],
    },
  });
});
afterAll(async () => {
  await editor.close();
  await lab.stop();
});
beforeEach(() => keepWhatFailed(() => editor));

const entry = (name: string, { address, port }: LabHost) => ({ name, address, port, user: 'deploy' });
const addressOf = ({ address, port }: LabHost) => `[${address}]:${port}`;

/** A key that no host of the lab has, of the only type that el6 hosts have. */
function anotherKey(): string {
  const file = join(lab.dir, 'met', 'another');
  execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', '', '-f', file]);
  return execFileSync('cat', [`${file}.pub`], { encoding: 'utf8' }).trim();
}

/** The host's fingerprints by ssh-keygen. */
async function fingerprints(host: LabHost): Promise<string[]> {
  const output = execFileSync('ssh-keygen', ['-lf', '-'], { input: (await host.hostKeys()).join('\n'), encoding: 'utf8' });
  return output.match(/SHA256:\S+/g) ?? [];
}

test('a host with an unknown key is not asked about by itself: it needs sign-in', async () => {
  await openTree(editor.page, { 'lab-rhel7': 'needs sign-in', 'lab-centos6': 'unreachable: host key changed' });
  expect(await modal(editor.page, /.*/).count()).toBe(0);
  await screenshot(editor.page, 'sign-in-tree');
});

test('Cancel of the fingerprint leaves known_hosts as it is', async () => {
  const { page } = editor;
  const before = await readFile(knownHosts, 'utf8');
  await contextMenu(page, hostRow(page, 'lab-rhel7'), 'Sign In…');
  const shown = await modal(page, 'Trust the host key of lab-rhel7?').innerText();
  expect((await fingerprints(lab.host('rhel7'))).some((fingerprint) => shown.includes(fingerprint))).toBe(true);
  await screenshot(page, 'sign-in-trust');
  await answerModal(page, 'Trust the host key of lab-rhel7?', 'Cancel');
  await hostRow(page, 'lab-rhel7', 'needs sign-in').waitFor();
  expect(await readFile(knownHosts, 'utf8')).toBe(before);
});

test('Refresh asks too; an accepted key stands in known_hosts and the host is probed', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, 'lab-rhel7'), 'Refresh');
  await answerModal(page, 'Trust the host key of lab-rhel7?', 'Trust and Connect');
  await hostRow(page, 'lab-rhel7', 'not installed').waitFor();
  expect(await readFile(knownHosts, 'utf8')).toContain(`${addressOf(lab.host('rhel7'))} `);
});

test('a changed key is refused, and the line to look at opens', async () => {
  const { page } = editor;
  await contextMenu(page, hostRow(page, 'lab-centos6'), 'Refresh');
  const message = toast(page, 'The host key of lab-centos6 changed');
  await message.getByText(`remove line 3 of ${knownHosts}`).waitFor();
  await screenshot(page, 'sign-in-changed');
  await toastButton(message, 'Open Line').click();
  await tab(page, 'known_hosts').waitFor();
  await page.locator('.line-numbers.active-line-number', { hasText: /^3$/ }).waitFor();
  expect(await visibleText(page)).toContain('hosts met so far');
});

test('Add Host… asks in five steps, refuses what cannot be, and probes what was added', async () => {
  const { page } = editor;
  const { address, port } = lab.host('centos7');
  await runCommand(page, 'TOA: Add Host…');
  await answerInput(page, 'What the tree shows', '-oProxyCommand=true');
  await inputMessage(page, 'Letters, digits and').waitFor();
  await answerInput(page, 'Letters, digits and', 'lab-rhel7');
  await inputMessage(page, 'There is a host of this name already').waitFor();
  await screenshot(page, 'add-host-name');
  await answerInput(page, 'There is a host of this name already', 'web-new');
  await answerInput(page, 'Address or DNS name', address);
  await answerInput(page, 'User to sign in as', 'deploy');
  await answerInput(page, 'TCP port of the SSH server', '70000');
  await inputMessage(page, 'A number from 1 to 65535').waitFor();
  await screenshot(page, 'add-host-port');
  await answerInput(page, 'A number from 1 to 65535', String(port));
  await answerInput(page, 'Heading of the tree', 'Production');
  await answerModal(page, 'Trust the host key of web-new?', 'Trust and Connect');
  await hostRow(page, 'web-new', 'not installed').waitFor();
  await treeItem(page, /^Production, 1 host/).waitFor();
  await screenshot(page, 'add-host-probed');
});
