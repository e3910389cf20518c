// `npm run bench:<name> [-- --json] [-- --quick]`: bundles test/bench/<name>.ts as the extension is bundled, and runs it.
// What it needs of Debian is installed first (-y: without asking).
import * as esbuild from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { saysYes } from './setup.mjs';
import { ensurePackages } from './setup/apt.mjs';
import { root } from './setup/shell.mjs';

const [name, ...options] = process.argv.slice(2);
await ensurePackages(['bench'], { yes: saysYes(process.argv) });
const folder = mkdtempSync(path.join(tmpdir(), 'toa-bench-'));
try {
  const common = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' };
  await esbuild.build({
    ...common,
    entryPoints: [path.join(root, `test/bench/${name}.ts`)],
    outfile: path.join(folder, 'bench.cjs'),
    external: ['cpu-features', 'vitest', 'esbuild'],
    loader: { '.sh': 'text', '.node': 'empty' },
  });
  // Namespaces of its own for the network, so that distances can be laid; as root of this machine or of its own users.
  const users = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto'];
  const node = [process.execPath, '--expose-gc', path.join(folder, 'bench.cjs'), ...options];
  const { status } = spawnSync('unshare', [...users, '--net', ...node], { stdio: 'inherit', cwd: root });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
