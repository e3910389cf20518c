import { HostError } from '../core/problem';
import { lines } from './lines';
import { openScript } from './runScript';
import type { Session } from './ports';

/** Hashing on the host, at a slow disk's pace. */
const ANSWER_SECONDS = 300;
const MOST_WORDS = 500;

/** The script that keeps the part of one upload: it tells what is there, hashes what comes, and puts it in place. */
export interface Keeper {
  /** `whole`, or the whole MiB of a part that can be kept. */
  readonly found: 'whole' | number;
  /** These MiB are on record; called in order, without a gap. */
  put(first: number, count: number): void;
  /** All is there: the hash of the whole. */
  end(): Promise<string>;
  /** Ends it without a result; resolves when the host has let it go. */
  leave(): Promise<void>;
  close(): void;
}

/** Starts `script` (`upload-begin.sh`, `upload-end.sh`). Rejects with what `failed` makes of its exit code, `deadline`, as openScript does. */
export async function openKeeper(
  session: Session,
  script: string,
  signal: AbortSignal,
  failed: (exit: number, stderr: string) => HostError,
): Promise<Keeper> {
  const channel = await openScript(session, script, { as: 'user', signal });
  const said = lines(channel.stdout, { maxBytes: 200 });
  const words = lastWords(channel.stderr);
  words.catch(() => undefined);

  const answer = async (): Promise<string> => {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      channel.close();
    }, ANSWER_SECONDS * 1000);
    try {
      const line = await said.next();
      if (line.done !== true) return line.value.trim();
      if (late.signal.aborted) throw new HostError({ code: 'deadline', what: 'upload', seconds: ANSWER_SECONDS }, session.host.name);
      const exit = await channel.exit;
      throw failed('code' in exit ? exit.code : 128, await words);
    } finally {
      clearTimeout(timer);
    }
  };
  const write = (text: string): void => {
    // That it does not listen any more shows in its answer.
    channel.write(text).catch(() => undefined);
  };

  const first = await answer();
  if (first !== 'whole' && !/^\d{1,9}$/.test(first)) {
    channel.close();
    throw failed(0, first);
  }
  return {
    found: first === 'whole' ? first : Number(first),
    put: (from, count) => write(`${from} ${count}\n`),
    async end() {
      write('end 0\n');
      return (await answer()).slice(0, 64);
    },
    async leave() {
      channel.end();
      // A channel is over once all it said has been heard.
      while ((await said.next()).done !== true);
      await channel.exit.catch(() => undefined);
    },
    close: () => channel.close(),
  };
}

/** The end of what a stream says, for an error. */
export async function lastWords(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let words = Buffer.alloc(0);
  for await (const chunk of stream) words = Buffer.concat([words, chunk]).subarray(-MOST_WORDS);
  return words.toString('utf8');
}
