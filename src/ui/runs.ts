/** The work that goes on for hosts, so that it can be cancelled from the tree and no host gets two changes at once. */
export interface Runs {
  /**
   * A signal that ends the work of this host; undefined: something runs there already. `done` must be called at its end.
   * `closing` fires before it when it is the editor that goes: what goes on at the host is then left alone.
   */
  begin(
    hostId: string,
    options: { readonly cancellable: boolean },
  ): { readonly controller: AbortController; readonly closing: AbortSignal; done(): void } | undefined;
  /** Does nothing where the work must not be left, as a reboot that is under way. */
  cancel(hostId: string): void;
  cancellable(hostId: string): boolean;
  dispose(): void;
}

export function createRuns(): Runs {
  const closed = new AbortController();
  const running = new Map<string, { readonly controller: AbortController; readonly cancellable: boolean }>();
  const cancellable = (hostId: string): boolean => {
    const run = running.get(hostId);
    return run?.cancellable === true && !run.controller.signal.aborted;
  };
  return {
    begin: (hostId, options) => {
      if (running.has(hostId)) return undefined;
      const controller = new AbortController();
      running.set(hostId, { controller, ...options });
      return { controller, closing: closed.signal, done: () => void running.delete(hostId) };
    },
    cancel: (hostId) => {
      if (cancellable(hostId)) running.get(hostId)?.controller.abort();
    },
    cancellable,
    dispose: () => {
      closed.abort();
      for (const { controller } of running.values()) controller.abort();
    },
  };
}
