// Starting programs from the scripts: one way to run, one way to look.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where downloads and builds are kept between runs, outside the repository. */
export const cacheFolder = () => path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'toa-hosts');

/** The end of a log. @param {string} file */
export const tail = (file) => readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');

/**
 * Runs a program with the terminal's own streams and resolves with its exit code (1 when a signal ended it).
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * As `run`, but anything else than exit code 0 ends the script with that code and a sentence.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function mustRun(program, args, options) {
  const code = await run(program, args, options);
  if (code !== 0) stop(`${program} ${args.join(' ')} failed with exit code ${code}.`);
}

/**
 * What a program prints on stdout, or undefined when it is missing or fails.
 * @param {string} program
 * @param {string[]} args
 * @returns {string | undefined}
 */
export function look(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** @param {string} name @returns {string | undefined} the path of a program, if there is one */
export const which = (name) => look('sh', ['-c', 'command -v "$1"', 'sh', name]);

/** @param {string} text */
export const say = (text) => console.log(text);

/** Ends the script. @param {string} text @returns {never} */
export function stop(text) {
  console.error(text);
  process.exit(1);
}
