import type { Channel } from './ports';
import type { ScriptResult } from './runScript';

/**
 * Reads both streams of a channel to their end, and its exit code (a signal counts as 128). Closes the channel when
 * `signal` fires or the output passes `maxBytes`; neither waits for the far end. `onOutput`: something came.
 */
export async function collect(
  channel: Channel,
  maxBytes: number,
  signal: AbortSignal,
  onOutput?: () => void,
): Promise<ScriptResult | 'outputTooLong'> {
  return new Promise((resolve, reject) => {
    let left = maxBytes;
    const read = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) {
        left -= chunk.length;
        onOutput?.();
        if (left < 0) {
          channel.close();
          resolve('outputTooLong');
          break;
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    };
    const stop = (): void => {
      channel.close();
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    Promise.all([read(channel.stdout), read(channel.stderr), channel.exit])
      .then(([stdout, stderr, exit]) => resolve({ code: 'code' in exit ? exit.code : 128, stdout, stderr }), reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
