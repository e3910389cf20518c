// `npm run bench:<name> [-- --json] [-- --quick]`: bundles test/bench/<name>.ts as the extension is bundled, and runs it; for `panel`
// it packs the extension, which then runs in the embedded editor. What it needs of Debian is installed first (-y: without asking).
import * as esbuild from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needsFor, saysYes, setup } from './setup.mjs';
import { ensurePackages } from './setup/apt.mjs';
import { mustRun, root } from './setup/shell.mjs';

const [name, ...options] = process.argv.slice(2);
const inEditor = name === 'panel';
if (!inEditor) await ensurePackages(['bench'], { yes: saysYes(process.argv) });
else {
  await setup(needsFor('editor'), { yes: saysYes(process.argv) });
  await mustRun('npm', ['run', '--silent', 'package']);
  mkdirSync(path.join(root, 'artefacts'), { recursive: true });
}
// Beside the packages of the repository where these are not bundled.
const folder = mkdtempSync(inEditor ? path.join(root, 'artefacts/bench-') : path.join(tmpdir(), 'toa-bench-'));
const file = path.join(folder, inEditor ? 'bench.mjs' : 'bench.cjs');
try {
  const form = inEditor ? { format: 'esm', packages: 'external' } : { format: 'cjs', external: ['cpu-features', 'vitest', 'esbuild'] };
  await esbuild.build({
    ...{ bundle: true, platform: 'node', target: 'node20', logLevel: 'error', outfile: file },
    .../** @type {import('esbuild').BuildOptions} */ (form),
    entryPoints: [path.join(root, `test/bench/${name}.ts`)],
    loader: { '.sh': 'text', '.node': 'empty' },
  });
  // Namespaces of its own for the network, so that distances can be laid; as root of this machine or of its own users.
  const users = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto'];
  const node = [process.execPath, '--expose-gc', file, ...options];
  const { status } = spawnSync('unshare', [...users, '--net', ...node], { stdio: 'inherit', cwd: root });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
