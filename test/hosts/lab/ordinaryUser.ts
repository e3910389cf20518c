// Run by lab.test.ts as a user without privileges: starts a host, looks at it through ssh, and stops it.
import { startLab } from '../../lab/lab';
import { run } from '../../lab/namespace';

async function main(): Promise<void> {
  const lab = await startLab({ systems: ['centos7'] });
  const result = await run('ssh', ['-F', lab.sshConfig, 'lab-centos7', 'uname -r; sudo -n id -u']);
  const [kernel, uid] = result.stdout.split('\n');
  console.log(`uid ${process.getuid?.() ?? -1}: ${kernel ?? ''}, root by sudo: ${uid ?? ''}`);
  await lab.stop();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
