// `npm test` runs everything; `npm run test:unit|test:hosts|test:vm|test:editor` the parts. `npm run test:faults` (hours of broken virtual
// machines) and `npm run test:fuzz` (minutes) are no part of the whole.
// Options: -y (use apt without asking),
// anything else is handed to vitest (a file name, -t "a test's name"). The last line is "N passed, N failed".
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { needsFor, setup } from './setup.mjs';
import { root, run, say } from './setup/shell.mjs';

const known = ['unit', 'hosts', 'fuzz', 'vm', 'faults', 'editor'];
const words = process.argv.slice(2).filter((word) => word !== '-y' && word !== '--yes');
const part = known.includes(words[0] ?? '') ? words.shift() : undefined;

/** Counts of tests over all parts, and the names of the steps that failed. */
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const failures = [];

await setup(needsFor(part ?? 'all'));
if (part === undefined) {
  await step('typecheck', ['npm', 'run', '--silent', 'typecheck']);
  await step('lint', ['npm', 'run', '--silent', 'lint']);
}
if (part === undefined || part === 'unit') await tests('unit');
if (part === undefined || part === 'hosts') await tests('hosts');
if (part === undefined || part === 'vm') await tests('vm');
if (part === 'fuzz') await tests('fuzz');
if (part === 'faults') {
  await tests('connections');
  await tests('faults');
}
if (part === undefined || part === 'editor') {
  if (await step('package', ['npm', 'run', '--silent', 'package'])) await tests('editor');
}
if (total.passed + total.failed === 0) failures.push('no test ran');
if (failures.length > 0) say(`\nFailed: ${failures.join(', ')}`);
say(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = failures.length > 0 || total.failed > 0 ? 1 : 0;

/** @param {string} name @param {[string, ...string[]]} command */
async function step(name, [program, ...args]) {
  say(`\n── ${name}`);
  const passed = (await run(program, args)) === 0;
  if (!passed) failures.push(name);
  return passed;
}

/** Runs one vitest project; its JSON report is kept under artefacts/. @param {string} project */
async function tests(project) {
  const report = path.join(root, 'artefacts', `test-${project}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  await step(project, ['npx', 'vitest', 'run', '--project', project, ...reporters, ...words]);
  if (!existsSync(report)) return;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += numPassedTests;
  total.failed += numFailedTests;
}
