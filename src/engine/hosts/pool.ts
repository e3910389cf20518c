/** Runs tasks, at most `size` at a time, in the order they came; one that waits leaves when its signal fires. */
export function createPool(size: number): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    running--;
    waiting.shift()?.();
  };
  const enter = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        running++;
        resolve();
      };
      const leave = (): void => {
        const place = waiting.indexOf(begin);
        if (place >= 0) waiting.splice(place, 1);
        reject(new DOMException('cancelled', 'AbortError'));
      };
      if (signal.aborted) leave();
      else if (running < size) begin();
      else {
        waiting.push(begin);
        signal.addEventListener('abort', leave, { once: true });
      }
    });
  return async (task, signal) => {
    await enter(signal);
    try {
      return await task();
    } finally {
      release();
    }
  };
}
