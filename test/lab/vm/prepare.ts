import { buildVm, isVmBuilt } from './build';

/** Vitest's global setup: the image is made once, before any test's clock runs and before two tests want it. */
export default async function prepare(): Promise<void> {
  if (await isVmBuilt('xfs')) return;
  console.log('Building the image of the virtual machine: about 6 minutes, once …');
  await buildVm('xfs');
}
