import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Back-to-origin ranges of the generated logs: a fifth of the addresses is inside. */
export const ORIGIN = ['198.51.100.0/24'];

const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36';
const PATHS = ['/', '/index.html', '/api/v1/items?page=', '/static/app.js', '/img/logo.png', '/cart/checkout'];

/** Lines in nginx's main format, some 210 bytes each, of up to `addresses` different clients, few of them busy and many rare. */
export async function writeLog(path: string, lines: number, addresses: number): Promise<void> {
  const out = createWriteStream(path);
  const random = generator(12345);
  let text = '';
  for (let i = 0; i < lines; i++) {
    const client = Math.floor(addresses * random() * random());
    const address =
      client % 5 === 0
        ? `198.51.100.${client % 256}`
        : `${20 + ((client >>> 16) % 100)}.${(client * 7) % 256}.${(client >>> 8) & 255}.${client & 255}`;
    const clock = new Date((1_715_695_523 + Math.floor(i / 100)) * 1000).toISOString().slice(11, 19);
    const request = `GET ${PATHS[i % 6] ?? '/'}${i % 6 === 2 ? i : ''} HTTP/1.1`;
    text += `${address} - - [14/May/2024:${clock} +0000] "${request}" 200 ${Math.floor(random() * 50_000)} "https://www.example.com/" "${AGENT}" "-"\n`;
    if (text.length < 1 << 20) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'close');
}

/** The same numbers on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 4_294_967_296;
  };
}
