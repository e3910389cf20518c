import { writeFile } from 'node:fs/promises';
import { startLab } from './lab';
import { allSystems, type LabSystem } from './systems';

/** Starts a lab and keeps it until Ctrl-C: `npx tsx test/lab/main.ts [system …]`. */
async function main(words: readonly string[]): Promise<void> {
  const wanted = allSystems.filter((system: LabSystem) => words.includes(system));
  const lab = await startLab({ traffic: true, ...(wanted.length > 0 ? { systems: wanted } : {}) });
  const end = () => void lab.stop().finally(() => process.exit(0));
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  await writeFile(`${lab.dir}/settings.json`, `${JSON.stringify(lab.settings, undefined, 2)}\n`);
  for (const host of lab.hosts)
    console.log(`${host.name.padEnd(14)} ssh -F ${lab.sshConfig} ${host.name}   http://${host.address}:${host.httpPort}/`);
  console.log(`Packages: ${lab.packages.baseUrl}/rpm/   Password of every user: labpass   Settings: ${lab.dir}/settings.json`);
  console.log('Ctrl-C stops the lab.');
  setInterval(() => undefined, 1 << 30);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
