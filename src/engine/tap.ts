/** A stream that can be looked at before it is taken: `peek` gives the same pending chunk until `take`. */
export interface Tap {
  peek(): Promise<IteratorResult<Uint8Array>>;
  take(): void;
  /** All that has not been taken, with `first` put in front of it. */
  rest(first?: Uint8Array): AsyncIterable<Uint8Array>;
}

/** Wraps a byte stream so that two of them can be raced without losing a chunk of the one that came second. */
export function tap(source: AsyncIterable<Uint8Array>): Tap {
  const iterator = source[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<Uint8Array>> | undefined;
  const peek = (): Promise<IteratorResult<Uint8Array>> => (pending ??= iterator.next());
  const take = (): void => {
    pending = undefined;
  };
  async function* rest(first?: Uint8Array): AsyncGenerator<Uint8Array> {
    if (first !== undefined && first.length > 0) yield first;
    for (;;) {
      const chunk = await peek();
      take();
      if (chunk.done === true) return;
      yield chunk.value;
    }
  }
  return { peek, take, rest };
}
