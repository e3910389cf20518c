import type { AnyAuthMethod, ParsedKey, Prompt } from 'ssh2';
import { HostError, type OpenSshNeed, type Problem } from '../core/problem';
import type { Prompts, SecretRequest } from '../engine/ports';
import { addressOf, type AuthMethodName, type Hop } from './hop';
import type { KeyFile, Signer } from './keyFile';
import type { Ssh2 } from './load';
import { needBeyondKeys } from './openssh/need';
import { agentSign, keyCandidates, keyName, oneKeyAgent, type KeyCandidate, type Unlocked } from './keys';

/** Thrown where OpenSSH's own client can sign in without a person, and ssh2 cannot; the problem is what it would be without one. */
export class BeyondSsh2 extends HostError {
  constructor(
    readonly need: OpenSshNeed,
    problem: Problem,
    host: string,
    hop: string,
  ) {
    super(problem, host, { hop });
  }
}

/** What earlier sign-ins taught, for the life of the transport. */
export interface SignInMemory {
  /** Per hop: the method or key that worked last; it goes first next time. */
  readonly best: Map<string, string>;
  readonly unlocked: Unlocked;
  /** Per hop that hung up: how many keys to offer where a person could be asked. */
  readonly mostKeys: Map<string, number>;
}

export interface SignInContext {
  readonly ssh2: Ssh2;
  readonly hop: Hop;
  readonly host: string;
  readonly prompts?: Prompts;
  readonly signal: AbortSignal;
  readonly memory: SignInMemory;
  /** Where agents and tickets are found. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether OpenSSH's client may take over. */
  readonly mayGoBeyond: boolean;
  /** Runs a question to a person while the deadline stands still. */
  readonly asking: <T>(question: () => Promise<T>) => Promise<T>;
  /** Resolves once the host key is known or a person trusts it; nothing secret is asked for or sent before. */
  readonly confirmHostKey: () => Promise<void>;
  /** Ends the whole attempt: from inside a signature or an answer there is no other way. */
  readonly fail: (error: unknown) => void;
}

/** Decides what is tried next on one connection. */
export interface SignIn {
  /**
   * The next attempt. `left`: methods that can continue, undefined before the first. Rejects with HostError when nothing is left:
   * authFailed (names what was tried), needsSignIn (a person would have to be asked), cancelled.
   */
  next(left: readonly string[] | undefined, partial: boolean): Promise<AnyAuthMethod>;
  /**
   * What it means that the server hung up instead of answering: it had enough of our keys (`MaxAuthTries`). Where a password is left, fewer
   * are offered next time; the problem is needsSignIn where nobody could be asked, else authFailed.
   */
  hungUp(): Problem;
  /** The server has let us in: the attempt under way is remembered as the best one. */
  succeeded(): void;
}

interface Attempt {
  readonly label: string;
  readonly remember?: string;
  readonly method: AnyAuthMethod;
  /** The server said no. */
  readonly refused?: () => Promise<void>;
  /** Lets go of what only the attempt needed: ssh2 keeps the last method as long as the connection. */
  readonly forget?: () => void;
}

/**
 * sshd counts each refusal and hangs up at `MaxAuthTries`, 6 by default. Where a person could be asked, two are left: a server without PAM
 * may offer keyboard-interactive, ask nothing and refuse, before the password can be tried.
 */
const LEFT_FOR_PASSWORD = 2;
const KEYS_BEFORE_PASSWORD = 6 - LEFT_FOR_PASSWORD;

/**
 * Order: what worked last time, then as `PreferredAuthentications` says (keys, keyboard-interactive, password); `none` only where there
 * is no key, to learn what the server takes before a person is asked. A refused password ends the attempt: it is never tried again by itself.
 */
export function createSignIn(context: SignInContext): SignIn {
  const { ssh2, hop, host, prompts, memory } = context;
  const hopId = `${hop.user}@${hop.address}:${hop.port}`;
  const tried: string[] = [];
  const spent = new Set<AuthMethodName>();
  let keys: KeyCandidate[] | undefined;
  let current: Attempt | undefined;
  let wanted: 'password' | 'passphrase' | undefined;
  /** With two factors the first is what to begin with next time. */
  let firstFactor: string | undefined;
  let keysOffered = 0;
  /** What a person could still be asked for. */
  let askable: AuthMethodName | undefined;

  const at = {
    host,
    hop: hop.name,
    user: hop.user,
    address: addressOf(hop),
    ...(hop.hostKeyAlias === undefined ? {} : { hostKeyAlias: hop.hostKeyAlias }),
  };
  const problem = (what: Problem): HostError => new HostError(what, host, { hop: hop.name });
  const refusedByServer = (): HostError => problem({ code: 'authFailed', user: hop.user, tried });
  /** Asks a person; without one, or without an answer, there is a HostError. */
  const ask = async (request: Pick<SecretRequest, 'kind' | 'detail' | 'hidden'>, why: 'password' | 'passphrase'): Promise<Asked> => {
    if (!prompts) throw problem({ code: 'needsSignIn', why });
    if (why === 'password') await context.confirmHostKey();
    const whole: SecretRequest = { ...request, ...at };
    const secret = await context.asking(() => prompts.secret(whole, context.signal));
    if (secret === undefined) throw problem({ code: 'cancelled' });
    return { secret, refused: () => prompts.refused(whole) };
  };

  const unlock = async (file: KeyFile): Promise<Signer> => {
    const cached = memory.unlocked.get(file.path);
    if (cached?.version === file.version) return cached.signer;
    const asked = file.encrypted ? await ask({ kind: 'passphrase', detail: file.path, hidden: true }, 'passphrase') : undefined;
    const signer = file.unlock(asked?.secret);
    if (!signer) {
      await asked?.refused();
      throw problem({ code: 'authFailed', user: hop.user, tried: [...tried, file.path] });
    }
    if (file.encrypted) memory.unlocked.set(file.path, { version: file.version, signer });
    return signer;
  };

  const keyAttempt = (candidate: KeyCandidate, publicKey: ParsedKey): Attempt => {
    const { from } = candidate;
    const sign = async (data: Buffer, hash: string | undefined): Promise<Buffer> => {
      if ('agent' in from) return await agentSign(from.agent, publicKey, data, hash);
      try {
        return (await unlock(from.file)).sign(data, hash);
      } catch (error) {
        // Silent work goes on to keys that need nobody; a person's answer, or its lack, is final.
        if (prompts) context.fail(error);
        else wanted = 'passphrase';
        throw error;
      }
    };
    const { agent, forget } = oneKeyAgent(ssh2, publicKey, sign);
    return { label: candidate.label, remember: keyName(candidate), method: { type: 'agent', username: hop.user, agent }, forget };
  };

  /** An encrypted PEM file without a `.pub` beside it hides which key it is until it is opened. */
  const uncovered = async ({ from }: KeyCandidate): Promise<ParsedKey | undefined> => {
    if (!('file' in from)) return undefined;
    if (!prompts && !memory.unlocked.has(from.file.path)) {
      wanted = 'passphrase';
      return undefined;
    }
    const { publicBlob } = await unlock(from.file);
    const key = publicBlob === undefined ? undefined : ssh2.utils.parseKey(publicBlob);
    return key instanceof Error ? undefined : key;
  };

  const nextKey = async (): Promise<Attempt | undefined> => {
    keys ??= await keyCandidates(ssh2, hop, memory.best.get(hopId));
    for (let candidate = keys.shift(); candidate; candidate = keys.shift()) {
      const publicKey = candidate.publicKey ?? (await uncovered(candidate));
      if (!publicKey) continue;
      keysOffered++;
      return keyAttempt(candidate, publicKey);
    }
    return undefined;
  };

  const passwordAttempt = async (): Promise<Attempt> => {
    const { secret, refused } = await ask({ kind: 'password', hidden: true }, 'password');
    return {
      label: 'password',
      remember: 'password',
      method: { type: 'password', username: hop.user, password: secret },
      refused: async () => {
        await refused();
        throw refusedByServer();
      },
    };
  };

  const interactiveAttempt = (): Attempt => {
    const given: Asked[] = [];
    const answer = async (shown: readonly Prompt[], words: string): Promise<string[]> => {
      const answers: string[] = [];
      for (const { prompt, echo } of shown) {
        const first = given.length === 0 && shown.length === 1;
        const kind = first && echo !== true && ASKS_FOR_PASSWORD.test(prompt) ? 'password' : 'answer';
        const detail = [words, prompt].filter((text) => text !== '').join('\n');
        const asked = await ask({ kind, hidden: echo !== true, ...(kind === 'answer' ? { detail } : {}) }, 'password');
        given.push(asked);
        answers.push(asked.secret);
      }
      return answers;
    };
    return {
      label: 'keyboard-interactive',
      remember: 'keyboard-interactive',
      method: {
        type: 'keyboard-interactive',
        username: hop.user,
        prompt: (name, instructions, _language, shown, finish) => {
          answer(shown, [name, instructions].filter((text) => text !== '').join('\n')).then(finish, context.fail);
        },
      },
      refused: async () => {
        // A server that offers the method but asks nothing (no PAM) leaves the way to `password` open.
        if (given.length === 0) return;
        for (const asked of given) await asked.refused();
        throw refusedByServer();
      },
    };
  };

  /** OpenSSH's client takes over where it may still get in without a person. */
  const goBeyond = async (left: readonly string[]): Promise<void> => {
    const need = context.mayGoBeyond ? await needBeyondKeys(hop, left, context.env) : undefined;
    if (need) throw new BeyondSsh2(need, { code: 'authFailed', user: hop.user, tried }, host, hop.name);
  };

  const choose = async (left: readonly string[] | undefined): Promise<Attempt> => {
    const open = (name: AuthMethodName): boolean => hop.methods.has(name) && !spent.has(name) && (left?.includes(name) ?? false);
    const best = memory.best.get(hopId);
    if (left === undefined && prompts && (best === 'password' || best === 'keyboard-interactive')) {
      spent.add(best);
      return best === 'password' ? await passwordAttempt() : interactiveAttempt();
    }
    const mostKeys = prompts ? (memory.mostKeys.get(hopId) ?? KEYS_BEFORE_PASSWORD) : Infinity;
    if (left === undefined) {
      const keysFirst = [...hop.methods][0] === 'publickey' && mostKeys > 0;
      const key = keysFirst ? await nextKey() : undefined;
      return key ?? { label: 'none', method: { type: 'none', username: hop.user } };
    }
    askable = PASSWORD_METHODS.find(open);
    for (const name of hop.methods) {
      if (name === 'publickey') {
        const enough = askable !== undefined && keysOffered >= mostKeys;
        const key = left.includes(name) && !enough ? await nextKey() : undefined;
        if (key) return key;
      } else if (open(name) && prompts) {
        await goBeyond(left);
        spent.add(name);
        return name === 'password' ? await passwordAttempt() : interactiveAttempt();
      }
    }
    await goBeyond(left);
    if (askable !== undefined) throw problem({ code: 'needsSignIn', why: wanted ?? 'password' });
    throw wanted ? problem({ code: 'needsSignIn', why: wanted }) : refusedByServer();
  };

  return {
    async next(left, partial) {
      if (partial) firstFactor ??= current?.remember;
      else if (current) {
        const { label, refused } = current;
        if (label !== 'none') tried.push(label);
        await refused?.();
      }
      current = await choose(left);
      return current.method;
    },
    hungUp() {
      if (current && current.label !== 'none') tried.push(current.label);
      const failed: Problem = { code: 'authFailed', user: hop.user, tried };
      if (askable === undefined || spent.has(askable)) return failed;
      memory.mostKeys.set(hopId, Math.max(0, tried.length - LEFT_FOR_PASSWORD));
      return prompts ? failed : { code: 'needsSignIn', why: wanted ?? 'password' };
    },
    succeeded() {
      const best = firstFactor ?? current?.remember;
      if (best !== undefined) memory.best.set(hopId, best);
      current?.forget?.();
    },
  };
}

const PASSWORD_METHODS: readonly AuthMethodName[] = ['keyboard-interactive', 'password'];

interface Asked {
  readonly secret: string;
  readonly refused: () => Promise<void>;
}

/** PAM's usual first question, with or without the user's name before it. */
const ASKS_FOR_PASSWORD = /^\s*(?:\S+'s )?password(?: for \S+)?\s*:\s*$/i;
