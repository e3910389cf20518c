import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lines of one write. */
const BATCH = 1000;

/** Appends lines of an access log at a rate, in steps of `BATCH`, until `stop`; its answer is how many were written. */
export function writeAtRate(path: string, perSecond: number): { stop(): Promise<number> } {
  const start = performance.now();
  let written = 0;
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const due = ((performance.now() - start) / 1000) * perSecond;
      for (; written + BATCH <= due; written += BATCH) appendFileSync(path, batch());
      await sleep(5);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
      return written;
    },
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let made: { readonly second: number; readonly text: string } | undefined;

/** `BATCH` lines of this second, of some hundred clients, a fifth of them the scrubbing centre's. */
export function batch(): string {
  const second = Math.floor(Date.now() / 1000);
  if (made?.second === second) return made.text;
  const now = new Date(second * 1000);
  const day = `${String(now.getUTCDate()).padStart(2, '0')}/${MONTHS[now.getUTCMonth()] ?? ''}/${now.getUTCFullYear()}`;
  const time = `[${day}:${now.toISOString().slice(11, 19)} +0000]`;
  const lines = Array.from({ length: BATCH }, (_, i) => {
    const address = i % 5 === 0 ? `198.51.100.${i % 250}` : `203.0.${i % 7}.${i % 250}`;
    return `${address} - - ${time} "GET /api/v1/items?page=${i} HTTP/1.1" 200 ${i * 37} "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64)" "-"\n`;
  });
  made = { second, text: lines.join('') };
  return made.text;
}
