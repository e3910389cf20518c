/**
 * Yields the lines of a byte stream as UTF-8, without their LF; a line longer than `maxBytes` is cut, never kept whole.
 * `onLine` is told the bytes each whole line took, its LF included, just before it is yielded: what a reader can go on from
 * after the stream broke off. A last line without LF is yielded only with `partial`.
 */
export async function* lines(
  stream: AsyncIterable<Uint8Array>,
  options: { readonly onLine?: (bytes: number) => void; readonly partial?: boolean; readonly maxBytes?: number } = {},
): AsyncGenerator<string> {
  const maxBytes = options.maxBytes ?? 64 * 1024;
  let held = Buffer.alloc(0);
  let cut = 0;
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk);
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const line = Buffer.concat([held, rest.subarray(0, at)]);
      options.onLine?.(line.length + cut + 1);
      yield line.subarray(0, maxBytes).toString('utf8');
      held = Buffer.alloc(0);
      cut = 0;
      rest = rest.subarray(at + 1);
    }
    held = Buffer.concat([held, rest]);
    if (held.length <= maxBytes) continue;
    cut += held.length - maxBytes;
    held = held.subarray(0, maxBytes);
  }
  if (options.partial === true && held.length > 0) yield held.toString('utf8');
}
