// The embedded editor: code-server from npm, which is VS Code with a genuine extension host, and the Node it wants.
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, run, say, stop, tail } from './shell.mjs';

/** code-server 4.x embeds VS Code 1.x: 4.139.1 is VS Code 1.139.1. */
export const EDITOR_VERSION = '4.139.1';
const NODE_PACKAGE = `node-linux-${process.arch}`;
const NODE_VERSION = '24.21.0';

/** @param {string} folder */
const programs = (folder) => ({
  node: path.join(folder, 'node/node_modules', NODE_PACKAGE, 'bin/node'),
  entry: path.join(folder, 'server/node_modules/code-server/out/node/entry.js'),
});

/** The embedded editor's program and its first argument; undefined until it is installed. */
export function embeddedEditor() {
  const { node, entry } = programs(path.join(cacheFolder(), `editor-${EDITOR_VERSION}`));
  return existsSync(node) && existsSync(entry) ? { node, entry } : undefined;
}

/** Installs the embedded editor unless it is there. It is built beside its place and moved in when it answers. */
export async function installEditor() {
  if (embeddedEditor()) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const target = path.join(cacheFolder(), `editor-${EDITOR_VERSION}`);
  const building = mkdtempSync(`${target}.part-`);
  const logFile = path.join(cacheFolder(), `editor-${EDITOR_VERSION}.log`);
  const log = openSync(logFile, 'w');
  const { node, entry } = programs(building);
  say(`Installing the embedded editor (code-server ${EDITOR_VERSION}, 0.8 GB in ${cacheFolder()}): about four minutes, once …`);
  let installed = false;
  try {
    /** @type {(folder: string, args: string[], env?: NodeJS.ProcessEnv) => Promise<number>} */
    const npm = (folder, args, env = {}) => {
      mkdirSync(path.join(building, folder));
      writeFileSync(path.join(building, folder, 'package.json'), '{ "private": true }\n');
      return run('npm', ['install', '--prefix', path.join(building, folder), '--no-audit', '--no-fund', '--no-save', ...args], {
        cwd: path.join(building, folder),
        // Where `npm test` has started this, that npm's name would be taken for its own, and its Node with it.
        env: { ...process.env, npm_config_user_agent: undefined, ...env },
        stdio: ['ignore', log, log],
      });
    };
    // The editor's install script insists on Node 24; this package is that Node with its headers, and has no scripts.
    const nodeHome = path.dirname(path.dirname(node));
    installed =
      (await npm('node', ['--ignore-scripts', `${NODE_PACKAGE}@${NODE_VERSION}`])) === 0 &&
      (await npm('server', [`code-server@${EDITOR_VERSION}`], {
        PATH: `${path.dirname(node)}:${process.env.PATH}`,
        npm_config_nodedir: nodeHome,
      })) === 0 &&
      (await run(node, [entry, '--version'], { stdio: ['ignore', log, log] })) === 0;
    if (installed) moveInto(building, target);
  } finally {
    closeSync(log);
    rmSync(building, { recursive: true, force: true });
  }
  if (!installed) stop(`The embedded editor could not be installed. The end of ${logFile}:\n${tail(logFile)}`);
}

/** Another setup may have finished first: then its result serves. @param {string} building @param {string} target */
function moveInto(building, target) {
  try {
    renameSync(building, target);
  } catch (error) {
    if (!embeddedEditor()) throw error;
  }
}
