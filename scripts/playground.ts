// What `npm start` runs once everything is built: test hosts, an editor with the extension and those hosts, and the
// words on what to click. It ends with Ctrl-C, with the editor's window, or with the tour, and leaves nothing behind.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEditor } from '../test/editor/server';
import { quietSettings } from '../test/editor/settings';
import { tour } from '../test/editor/tour';
import { startLab, type Lab } from '../test/lab/lab';

const vsix = path.resolve('dist/toa-hosts.vsix');
const options = new Set(process.argv.slice(2));
const undo: (() => Promise<void> | void)[] = [];
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

void main();

async function main(): Promise<void> {
  try {
    await Promise.race([play(), interrupted]);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  console.log('Stopping …');
  for (const step of undo.reverse()) await step();
  process.exit();
}

async function play(): Promise<void> {
  console.log('Starting the test hosts …');
  const lab = await startLab({ traffic: true });
  undo.push(() => lab.stop());
  if (options.has('own')) return ownEditor(lab);

  const password = randomBytes(12).toString('base64url');
  const server = await startEditor({ vsix, settings: lab.settings, password });
  undo.push(() => server.stop());
  if (options.has('--tour')) {
    const folder = path.resolve('artefacts/tour');
    await tour(server, { password, folder });
    console.log(`Screenshots are in ${folder}`);
    if (options.has('--pictures')) copyPictures(folder);
    return;
  }
  console.log(`\nVS Code is at ${server.url}/?folder=${server.workspace} and its password is ${password}\n`);
  explain();
  await new Promise(() => undefined);
}

/** The user's own VS Code with a profile of its own; resolves when its window is closed. */
async function ownEditor(lab: Lab): Promise<void> {
  const base = mkdtempSync(path.join(tmpdir(), 'toa-'));
  undo.push(() => rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  mkdirSync(path.join(base, 'u/User'), { recursive: true });
  mkdirSync(path.join(base, 'origins'));
  writeFileSync(path.join(base, 'u/User/settings.json'), JSON.stringify({ ...quietSettings, ...lab.settings }, undefined, 2));
  const profile = ['--user-data-dir', path.join(base, 'u'), '--extensions-dir', path.join(base, 'x')];
  const code = async (args: readonly string[]) => {
    const child = spawn('code', [...profile, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    undo.push(() => void child.kill());
    await once(child, 'exit');
  };
  await code(['--install-extension', vsix, '--force']);
  console.log('\nVS Code opens with a profile of its own; closing its window ends the test hosts.\n');
  explain();
  await code(['--new-window', '--wait', path.join(base, 'origins')]);
}

function explain(): void {
  console.log('1. Click the shield "TOA Hosts" in the activity bar: the test hosts and their states.');
  console.log('2. Right-click lab-centos7: Install TOA…, then Apply Plan… above the plan, then right-click again: Reboot…');
  console.log('3. Right-click it once more: Open Log shows the visitors\' addresses. Ctrl-C here stops everything.'); // prettier-ignore
}

/** The pictures of the README. */
function copyPictures(from: string): void {
  const to = path.resolve('media/readme');
  mkdirSync(to, { recursive: true });
  for (const name of ['tree', 'plan', 'log']) copyFileSync(path.join(from, `${name}.png`), path.join(to, `${name}.png`));
}
