import { tap, type Tap } from './tap';
import type { Channel } from './ports';

/** More noise than this before a marker means that whatever answers is not a shell of ours. */
const MAX_NOISE_BYTES = 256 * 1024;

/** A channel during its handshake: markers are awaited on stdout, prompts are noticed on either stream. */
export interface Handshake {
  /**
   * Resolves once `marker` stands on a line of its own on stdout; what came before it is dropped.
   * `prompt`: called each time the prompt appears on either stream (on a terminal they are one).
   * Resolves `undefined` with both streams ended first, or too much noise: `said()` holds the last of it.
   */
  until(marker: string, prompt?: { readonly text: string; readonly answer: () => Promise<boolean> }): Promise<true | undefined>;
  /** The end of what was said outside of markers: hostile text, for messages and the transcript. */
  said(): string;
  /** The channel with the handshake's bytes taken off. */
  channel(): Channel;
}

/** Begins a handshake on a fresh channel. */
export function handshake(channel: Channel): Handshake {
  const streams = { stdout: tap(channel.stdout), stderr: tap(channel.stderr) };
  const ended = { stdout: false, stderr: false };
  let out: Buffer = Buffer.alloc(0);
  let noise = Buffer.alloc(0);
  let heard = 0;

  const listen = (bytes: Uint8Array): void => {
    noise = Buffer.concat([noise, bytes]);
    if (noise.length > 8192) noise = noise.subarray(noise.length - 8192);
    heard += bytes.length;
  };

  const next = async (): Promise<'stdout' | 'stderr' | undefined> => {
    const races: Promise<['stdout' | 'stderr', IteratorResult<Uint8Array>]>[] = [];
    for (const name of ['stdout', 'stderr'] as const) {
      if (!ended[name]) races.push(streams[name].peek().then((chunk) => [name, chunk]));
    }
    if (races.length === 0) return undefined;
    const [name, chunk] = await Promise.race(races);
    streams[name].take();
    if (chunk.done === true) {
      ended[name] = true;
      return next();
    }
    if (name === 'stdout') out = Buffer.concat([out, chunk.value]);
    listen(chunk.value);
    return name;
  };

  return {
    async until(marker, prompt) {
      const line = Buffer.from(`${marker}\n`);
      heard = 0;
      let answered = -1;
      for (;;) {
        const at = out.indexOf(line);
        if (at >= 0) {
          out = out.subarray(at + line.length);
          noise = Buffer.alloc(0);
          return true;
        }
        const asked = prompt === undefined ? -1 : noise.lastIndexOf(prompt.text);
        if (prompt !== undefined && asked > answered) {
          // The prompt is blanked out so that the next one is told from this one.
          noise.fill(0x20, asked, asked + prompt.text.length);
          answered = -1;
          if (!(await prompt.answer())) return undefined;
          continue;
        }
        if (heard > MAX_NOISE_BYTES || (await next()) === undefined) return undefined;
      }
    },
    said: () => noise.toString('utf8').trim(),
    channel: () => ({
      ...parts(channel),
      stdout: remainder(streams.stdout, ended.stdout, out),
      stderr: remainder(streams.stderr, ended.stderr),
    }),
  };
}

/** A channel's methods as a plain object, whatever it was made of. */
function parts(channel: Channel): Omit<Channel, 'stdout' | 'stderr'> {
  return {
    write: (data) => channel.write(data),
    end: () => channel.end(),
    exit: channel.exit,
    close: () => channel.close(),
  };
}

function remainder(stream: Tap, ended: boolean, first?: Uint8Array): AsyncIterable<Uint8Array> {
  if (!ended) return stream.rest(first);
  return (async function* () {
    await Promise.resolve();
    if (first !== undefined && first.length > 0) yield first;
  })();
}
