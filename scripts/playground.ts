// What `npm start` runs once everything is built: test hosts, an editor with the extension and those hosts, and the
// words on what to click. It ends with Ctrl-C, with the editor's window, or with the tour, and leaves nothing behind.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEditor } from '../test/editor/server';
import { quietSettings } from '../test/editor/settings';
import { tour } from '../test/editor/tour';
import { tourVm } from '../test/editor/tourVm';
import { startLab } from '../test/lab/lab';
import { listLabVm, type LabVm } from './labVm';

const vsix = path.resolve('dist/toa-hosts.vsix');
const options = new Set(process.argv.slice(2));
const undo: (() => Promise<void> | void)[] = [];
let stopping = false;
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
  stopping = true;
  console.log('Stopping …');
  for (const step of undo.reverse()) await step();
  process.exit();
}

async function play(): Promise<void> {
  console.log('Starting the test hosts …');
  const lab = await startLab({ traffic: true });
  undo.push(() => lab.stop());
  const vm = options.has('--vm') ? await listLabVm(lab) : undefined;
  undo.push(() => vm?.stop());
  const settings = { ...lab.settings, ...vm?.settings };
  if (options.has('own')) return ownEditor(settings, vm);

  const password = randomBytes(12).toString('base64url');
  const server = await startEditor({ vsix, settings, password });
  undo.push(() => server.stop());
  const started = startVm(vm, server.settingsFile);
  if (options.has('--tour')) {
    const folder = path.resolve('artefacts', vm ? 'tour-vm' : 'tour');
    await (vm ? Promise.all([tourVm(server, { password, folder }), started]) : tour(server, { password, folder }));
    console.log(`Screenshots are in ${folder}`);
    if (options.has('--pictures')) copyPictures(folder, vm ? ['flip'] : ['tree', 'plan', 'log']);
    return;
  }
  console.log(`\nVS Code is at ${server.url}/?folder=${server.workspace} and its password is ${password}\n`);
  explain();
  await new Promise(() => undefined);
}

/** In the background: the other hosts do without it. A tour fails with it. */
async function startVm(vm: LabVm | undefined, settingsFile: string): Promise<void> {
  try {
    await vm?.start(async (changed) => {
      // Over what the person has changed since.
      const now = JSON.parse(await readFile(settingsFile, 'utf8')) as object;
      await writeFile(settingsFile, JSON.stringify({ ...now, ...changed }, undefined, 2));
    });
  } catch (error) {
    if (stopping) return;
    if (options.has('--tour')) throw error;
    console.error(`lab-vm does not start: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The user's own VS Code with a profile of its own; resolves when its window is closed. */
async function ownEditor(settings: Readonly<Record<string, unknown>>, vm: LabVm | undefined): Promise<void> {
  const base = mkdtempSync(path.join(tmpdir(), 'toa-'));
  undo.push(() => rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  mkdirSync(path.join(base, 'u/User'), { recursive: true });
  mkdirSync(path.join(base, 'origins'));
  const settingsFile = path.join(base, 'u/User/settings.json');
  writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
  const profile = ['--user-data-dir', path.join(base, 'u'), '--extensions-dir', path.join(base, 'x')];
  const code = async (args: readonly string[]) => {
    const child = spawn('code', [...profile, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    undo.push(() => void child.kill());
    await once(child, 'exit');
  };
  await code(['--install-extension', vsix, '--force']);
  void startVm(vm, settingsFile);
  console.log('\nVS Code opens with a profile of its own; closing its window ends the test hosts.\n');
  explain();
  await code(['--new-window', '--wait', path.join(base, 'origins')]);
}

function explain(): void {
  console.log('1. Click the shield "TOA Hosts" in the activity bar: the test hosts and their states.');
  console.log('2. Right-click lab-centos7: Install TOA…, then Apply Plan… above the plan, then right-click again: Reboot…');
  console.log('3. Right-click it once more: Open Log shows the visitors\' addresses. Ctrl-C here stops everything.'); // prettier-ignore
  if (options.has('--vm')) console.log('The same on lab-vm boots a real machine: open its log first, and see it flip after the reboot.');
}

/** Pictures of the README. */
function copyPictures(from: string, names: readonly string[]): void {
  const to = path.resolve('media/readme');
  mkdirSync(to, { recursive: true });
  for (const name of names) copyFileSync(path.join(from, `${name}.png`), path.join(to, `${name}.png`));
}
