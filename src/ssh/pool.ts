import type { Prompts } from '../engine/ports';
import type { Link } from './link';

export interface Want {
  readonly prompts?: Prompts;
  readonly signal: AbortSignal;
}

/** Connections by key: whoever wants the same one waits for the same attempt, or shares what is open. */
export interface Pool {
  /** `connect` is only called where neither an open link nor an attempt of the same sort (silent or not) is there. */
  get(key: string, want: Want, connect: (want: Want) => Promise<Link>): Promise<Link>;
  /** For good: who comes later, or is still looking for the way, is told that it is cancelled. */
  closeAll(): void;
}

interface Attempt {
  readonly link: Promise<Link>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * A caller with prompts and a silent one do not share their failures: each waits for the other's attempt, takes its success,
 * and else makes its own. An attempt ends when nobody waits for it any more.
 */
export function createPool(): Pool {
  const open = new Map<string, Link>();
  let closed = false;
  const attempts = { silent: new Map<string, Attempt>(), asking: new Map<string, Attempt>() };

  const begin = (key: string, want: Want, kind: 'silent' | 'asking', connect: (want: Want) => Promise<Link>): Attempt => {
    const stop = new AbortController();
    const link = connect({ ...want, signal: stop.signal }).then((made) => {
      keep(open, key, made);
      return made;
    });
    const attempt: Attempt = { link, stop, waiting: 0 };
    attempts[kind].set(key, attempt);
    const forget = (): void => {
      if (attempts[kind].get(key) === attempt) attempts[kind].delete(key);
    };
    link.then(forget, forget);
    stop.signal.addEventListener('abort', forget);
    return attempt;
  };

  return {
    async get(key, want, connect) {
      const kind = want.prompts ? 'asking' : 'silent';
      const other = attempts[kind === 'asking' ? 'silent' : 'asking'].get(key);
      if (other) await join(other, want.signal).catch(() => undefined);
      want.signal.throwIfAborted();
      if (closed) throw new DOMException('cancelled', 'AbortError');
      const live = open.get(key);
      if (live && !live.ended) return live;
      return await join(attempts[kind].get(key) ?? begin(key, want, kind, connect), want.signal);
    },
    closeAll() {
      closed = true;
      for (const attempt of [...attempts.silent.values(), ...attempts.asking.values()]) attempt.stop.abort();
      for (const link of [...open.values()]) link.close();
    },
  };
}

/** Until it ends; a function of its own, so that nothing of the attempt is kept with it. */
function keep(open: Map<string, Link>, key: string, link: Link): void {
  open.set(key, link);
  link.onEnd(() => {
    if (open.get(key) === link) open.delete(key);
  });
}

/** The attempt's link, or an AbortError as soon as this caller gives up. */
async function join(attempt: Attempt, signal: AbortSignal): Promise<Link> {
  signal.throwIfAborted();
  attempt.waiting++;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(new DOMException('cancelled', 'AbortError'));
    };
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([attempt.link, aborted]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
    if (--attempt.waiting === 0) attempt.stop.abort();
  }
}
