// `npm run bench:log [-- --json] [-- --quick] [-- --only pipeline]`: the log pipeline beside what people read logs with.
import { reporter, type Figure } from './figures';
import { memory } from './log/memory';
import { pipeline } from './log/pipeline';
import { startServer, type Server } from './log/server';
import { wholeFile } from './log/wholeFile';

const PARTS: Readonly<Record<string, (server: Server, quick: boolean) => Promise<readonly Figure[]>>> = { pipeline, memory, wholeFile };

async function main(options: readonly string[]): Promise<void> {
  const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : undefined;
  const report = reporter(options.includes('--json'));
  const server = await startServer();
  try {
    for (const [name, measure] of Object.entries(PARTS)) {
      if (only === undefined || name === only) (await measure(server, options.includes('--quick'))).forEach((one) => report.add(one));
    }
    report.end();
  } finally {
    await server.stop();
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
