import { unitOf } from '../../core/log/journal';
import { HostError, problemOf } from '../../core/problem';
import type { HostView } from '../../engine/hostStore';
import type { Prompts, Session } from '../../engine/ports';
import { readFormats } from '../../engine/readFormats';
import type { RunAs } from '../../engine/runScript';
import { tailLog, type OnLines, type TailState } from '../../engine/tailLog';
import type { OwnFormat } from '../../shared/logEntry';
import type { LogMark } from '../../shared/logMark';
import type { Ui } from '../context';

/** `failed`: it ended, and only a person can go on; `sudo` tells that reading as root may help. */
export type FollowState = TailState | { readonly kind: 'failed'; readonly error: unknown; readonly sudo: boolean };

export interface FollowOptions {
  readonly ui: Pick<Ui, 'transport' | 'prompts' | 'clock'>;
  readonly view: () => HostView | undefined;
  readonly path: string;
  /** Lines to begin with; `all`: those of the files before it too. */
  readonly back: number | 'all';
  /** Silent: a restored panel does not ask for anything. */
  readonly ask: boolean;
  /** A person wants it read as root. */
  readonly root: boolean;
  readonly signal: AbortSignal;
  readonly onLines: OnLines;
  readonly onMark: (mark: LogMark) => void;
  /** In which formats the server writes this log, once that is known; it may come after the first lines. */
  readonly onFormats: (formats: readonly OwnFormat[]) => void;
  readonly onState: (state: FollowState, asRoot: boolean) => void;
}

/**
 * Follows a log until the signal fires. As root where only root can read it and sudo asks nobody, or where
 * a person chose so; else as the connection's user.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const as = runAs(options);
  try {
    await run(options, as);
  } catch (error) {
    const problem = problemOf(error);
    const denied = problem.code === 'logUnreadable' && problem.reason === 'permission';
    const sudo = options.view()?.facts?.sudo;
    if (denied && as === 'user' && sudo === 'nopasswd') {
      await follow({ ...options, root: true });
      return;
    }
    options.onState({ kind: 'failed', error, sudo: denied && as === 'user' && sudo !== 'absent' && sudo !== 'root' }, as !== 'user');
  }
}

async function run(options: FollowOptions, as: RunAs): Promise<void> {
  const { ui, signal } = options;
  const host = options.view()?.host;
  if (host === undefined) throw new HostError({ code: 'configInvalid', what: 'host' }, options.path);
  let session: Session | undefined;
  let asked = false;
  // Behind the first lines, which are what a person waits for. Without an answer, lines are read as they look.
  const askFormats = (): void => {
    if (asked || session === undefined || unitOf(options.path) !== undefined) return;
    asked = true;
    void readFormats(session, options.path, { as, signal }).then(options.onFormats, () => undefined);
  };
  await tailLog({
    host: host.name,
    connect: async (stop) => (session = await ui.transport.connect(host, { ...prompting(options.ask, ui.prompts), signal: stop })),
    path: options.path,
    as,
    back: options.back,
    clock: ui.clock,
    signal,
    onLines: options.onLines,
    onMark: options.onMark,
    onState: (state) => {
      if (state.kind === 'following') askFormats();
      options.onState(state, as !== 'user');
    },
  });
}

function runAs({ view, path, root, ask, ui }: FollowOptions): RunAs {
  const facts = view()?.facts;
  const rootOnly = facts?.logs.find((log) => log.path === path)?.readable === 'root';
  const sudo = facts?.sudo ?? 'password';
  if (sudo === 'root') return 'user';
  return root || (rootOnly && sudo === 'nopasswd') ? { sudo, ...prompting(ask, ui.prompts) } : 'user';
}

const prompting = (ask: boolean, prompts: Prompts): { readonly prompts?: Prompts } => (ask ? { prompts } : {});
