/** Reads a stream to its end and keeps nothing: unread, it would stall its channel. What ends it is told by the other reader. */
export async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    const chunks = stream[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
  } catch {
    // The connection is gone: the reader of stdout says so.
  }
}
