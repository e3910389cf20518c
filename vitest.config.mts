import { defineConfig } from 'vitest/config';
import { readFileSync } from 'node:fs';

/** Remote scripts are text to the product; the bundler does the same with its loader option. */
const shellAsText = {
  name: 'shell-as-text',
  enforce: 'pre' as const,
  load(id: string) {
    const path = id.split('?')[0] ?? id;
    return path.endsWith('.sh') ? `export default ${JSON.stringify(readFileSync(path, 'utf8'))}` : undefined;
  },
};

/** Hosts, servers and a browser on a shared, noisy machine: there, and only there, a test has a second try, which the report shows. */
const retry = process.env['CI'] === undefined ? 0 : 1;

/** Machines under emulation, two at a time: a boot takes a minute, two where others work too, and the image is made by the first who needs it. */
const emulated = {
  testTimeout: 1_200_000,
  hookTimeout: 1_800_000,
  fileParallelism: false,
  maxConcurrency: 2,
  globalSetup: './test/lab/vm/prepare.ts',
};

export default defineConfig({
  plugins: [shellAsText],
  resolve: { alias: { vscode: new URL('./test/unit/ui/vscode.ts', import.meta.url).pathname } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'hosts', include: ['test/hosts/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 300_000, maxWorkers: 2, retry },
      },
      {
        extends: true,
        test: {
          name: 'editor',
          include: ['test/editor/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          retry,
        },
      },
      {
        extends: true,
        test: { name: 'vm', include: ['test/vm/**/*.test.ts'], ...emulated, retry },
      },
      {
        // Thousands of files, each shown to OpenSSH too; the unit tests have a few of them.
        extends: true,
        test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], testTimeout: 1_800_000 },
      },
      {
        // Faults that take hours: no part of `npm test`. Those of the connection need no virtual machine.
        extends: true,
        test: { name: 'connections', include: ['test/faults/connection.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
      },
      {
        extends: true,
        test: { name: 'faults', include: ['test/faults/**/*.test.ts'], exclude: ['test/faults/connection.test.ts'], ...emulated },
      },
    ],
  },
});
