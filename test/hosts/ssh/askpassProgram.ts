import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let built: string | undefined;

/** The program that answers for ssh, built as the package has it; gone with this process. */
export function askpassProgram(): string {
  if (built !== undefined) return built;
  const folder = mkdtempSync(join(tmpdir(), 'toa-askpass-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  built = join(folder, 'askpass.js');
  buildSync({
    entryPoints: ['src/ssh/openssh/askpass.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: built,
    logLevel: 'error',
  });
  return built;
}
