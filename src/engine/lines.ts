/** Yields the lines of a byte stream as UTF-8, without their LF; a line longer than `maxBytes` is cut, never kept whole. */
export async function* lines(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
  maxBytes = 64 * 1024,
): AsyncGenerator<string> {
  let held = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of stream) {
    onBytes(chunk.length);
    let rest = Buffer.from(chunk);
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      if (!skipping)
        yield Buffer.concat([held, rest.subarray(0, at)])
          .toString('utf8')
          .slice(0, maxBytes);
      held = Buffer.alloc(0);
      skipping = false;
      rest = rest.subarray(at + 1);
    }
    if (skipping) continue;
    held = Buffer.concat([held, rest]);
    if (held.length <= maxBytes) continue;
    yield held.subarray(0, maxBytes).toString('utf8');
    held = Buffer.alloc(0);
    skipping = true;
  }
  if (held.length > 0) yield held.toString('utf8');
}
