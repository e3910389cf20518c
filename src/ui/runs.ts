/** The work that goes on for hosts, so that it can be cancelled from the tree and no host gets two changes at once. */
export interface Runs {
  /** A signal that ends the work of this host; undefined: something runs there already. `done` must be called at its end. */
  begin(hostId: string): { readonly controller: AbortController; done(): void } | undefined;
  cancel(hostId: string): void;
  cancellable(hostId: string): boolean;
  dispose(): void;
}

export function createRuns(): Runs {
  const running = new Map<string, AbortController>();
  return {
    begin: (hostId) => {
      if (running.has(hostId)) return undefined;
      const controller = new AbortController();
      running.set(hostId, controller);
      return { controller, done: () => void running.delete(hostId) };
    },
    cancel: (hostId) => running.get(hostId)?.abort(),
    cancellable: (hostId) => running.get(hostId)?.signal.aborted === false,
    dispose: () => {
      for (const controller of running.values()) controller.abort();
    },
  };
}
