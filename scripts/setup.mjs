// Makes a fresh Debian 12 with Node 20 ready for a command of this repository: `node scripts/setup.mjs [unit|hosts|fuzz|vm|faults|editor] [-y]`.
// It installs only what that command needs, and asks before it uses apt (-y, or CI=true, says yes).
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePackages } from './setup/apt.mjs';
import { installEditor } from './setup/editor.mjs';
import { mustRun, root, say, stop } from './setup/shell.mjs';

/** @typedef {import('./setup/apt.mjs').Need} Need */

/** What the commands of package.json need. @type {Record<string, readonly Need[]>} */
const needsOf = {
  unit: ['unit'],
  hosts: ['lab'],
  fuzz: ['unit'],
  vm: ['lab', 'vm'],
  faults: ['lab', 'vm'],
  editor: ['lab', 'editor'],
  all: ['check', 'unit', 'lab', 'vm', 'editor'],
};

/**
 * @param {readonly Need[]} needs
 * @param {{ yes?: boolean }} [options] `yes`: use apt without asking
 */
export async function setup(needs, options = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) stop(`Node ${process.versions.node} is too old: 20 or later is needed.`);
  await ensurePackages(needs, { yes: options.yes ?? saysYes(process.argv) });
  await installModules();
  if (needs.includes('editor')) await installEditor();
}

/** @param {readonly string[]} args */
export const saysYes = (args) => args.includes('-y') || args.includes('--yes') || /^(1|true)$/i.test(process.env.CI ?? '');

/** @param {string} command @returns {readonly Need[]} */
export const needsFor = (command) => needsOf[command] ?? stop(`Unknown part ${command}: ${Object.keys(needsOf).join(', ')}.`);

async function installModules() {
  if (modulesMatch()) return;
  say('Installing the packages of package-lock.json …');
  await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** True if node_modules holds the versions of the lock file; file times say nothing after a checkout. */
function modulesMatch() {
  const installedLock = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = readLock(installedLock);
  return Object.entries(readLock(path.join(root, 'package-lock.json'))).every(
    ([name, wanted]) => name === '' || wanted.optional || wanted.devOptional || installed[name]?.version === wanted.version,
  );
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
const readLock = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

if (process.argv[1] === import.meta.filename) {
  const command = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? 'all';
  await setup(needsFor(command));
}
