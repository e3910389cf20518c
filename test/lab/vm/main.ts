import { buildVm } from './build';

// Builds a VM's image, if it is not there yet: `npx tsx test/lab/vm/main.ts`. A signal to its process group ends the tools that are
// at work; this process stays until what they had begun is removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

buildVm('xfs').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
