// `npm run bench:panel [-- --json] [-- --quick] [-- --only opening]`: the packed extension's log panel in a real editor.
import { reporter, type Figure } from './figures';
import { startServer } from './log/server';
import { openBench, type PanelBench } from './panel/bench';
import { memory } from './panel/memory';
import { opening } from './panel/opening';
import { rate } from './panel/rate';

const PARTS: Readonly<Record<string, (bench: PanelBench, quick: boolean) => Promise<readonly Figure[]>>> = { opening, rate, memory };

async function main(options: readonly string[]): Promise<void> {
  const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : undefined;
  const report = reporter(options.includes('--json'));
  const server = await startServer();
  try {
    for (const [name, measure] of Object.entries(PARTS)) {
      if (only !== undefined && name !== only) continue;
      // Each in an editor of its own, whose memory and compiled code are not another part's.
      const bench = await openBench(server);
      try {
        (await measure(bench, options.includes('--quick'))).forEach((one) => report.add(one));
      } finally {
        await bench.close();
      }
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
