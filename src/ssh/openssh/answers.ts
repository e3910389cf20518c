import { problemOf } from '../../core/problem';
import type { Prompts, SecretRequest } from '../../engine/ports';
import type { Attempt } from '../attempt';
import { SIGN_IN_SECONDS } from '../connectHop';
import { addressOf, type Hop } from '../hop';
import { readQuestion, type Asks } from './question';
import type { Question } from './room';

/** A person's answers to what one connecting ssh asks. */
export interface Answers {
  readonly answer: (question: Question, gone: AbortSignal) => Promise<string | undefined>;
  /** What was asked for, for the error that names what was tried. */
  readonly asked: readonly string[];
  /** The server has refused: what was given is dropped, and never tried again by itself. */
  refused(): Promise<void>;
}

export interface AnswerContext {
  readonly hop: Hop;
  readonly host: string;
  readonly prompts: Prompts | undefined;
  readonly attempt: Attempt;
}

/** Turns ssh's questions into ours. A refusal ends the attempt; the deadline stands still while a person thinks. */
export function answerFor({ hop, host, prompts, attempt }: AnswerContext): Answers {
  const asked: string[] = [];
  const given: SecretRequest[] = [];
  const at = {
    host,
    hop: hop.name,
    user: hop.user,
    address: addressOf(hop),
    ...(hop.hostKeyAlias === undefined ? {} : { hostKeyAlias: hop.hostKeyAlias }),
  };

  const trust = async (person: Prompts, key: Extract<Asks, { for: 'hostKey' }>, signal: AbortSignal): Promise<string | undefined> => {
    const shown = { address: at.address, keyType: key.keyType, fingerprint: key.fingerprint };
    if (await person.trustHostKey({ host, hop: hop.name, ...shown, unchecked: false }, signal)) {
      // ssh compares it with the key it sees.
      return key.answerByFingerprint ? key.fingerprint : 'yes';
    }
    attempt.fail({ code: 'hostKeyUnknown', ...shown });
    return undefined;
  };
  const secret = async (person: Prompts, request: SecretRequest, label: string, signal: AbortSignal): Promise<string | undefined> => {
    // Asked again for what was given: it was wrong.
    const before = given.find(({ kind, detail }) => kind === request.kind && detail === request.detail);
    if (before) {
      await person.refused(before);
      attempt.fail({ code: 'authFailed', user: hop.user, tried: asked });
      return undefined;
    }
    asked.push(label);
    const answer = await person.secret(request, signal);
    if (answer === undefined) attempt.fail({ code: 'cancelled' });
    else given.push(request);
    return answer;
  };

  const respond = async (person: Prompts, asks: Asks, signal: AbortSignal): Promise<string | undefined> => {
    switch (asks.for) {
      case 'hostKey':
        return await trust(person, asks, signal);
      case 'passphrase':
        return await secret(person, { ...at, kind: 'passphrase', detail: asks.file, hidden: true }, asks.file, signal);
      case 'password':
        return await secret(person, { ...at, kind: 'password', hidden: true }, 'password', signal);
      case 'answer':
        return await secret(person, { ...at, kind: 'answer', detail: asks.words, hidden: true }, 'keyboard-interactive', signal);
      case 'touch':
        person.touch({ host, hop: hop.name, detail: asks.words }, signal);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return undefined;
      case 'consent':
        return undefined;
    }
  };

  return {
    asked,
    answer: async (question, gone) => {
      if (!prompts || attempt.over) return undefined;
      attempt.phase('auth', SIGN_IN_SECONDS.asked);
      const signal = AbortSignal.any([gone, attempt.signal]);
      try {
        return await attempt.asking(() => respond(prompts, readQuestion(question), signal));
      } catch (error) {
        if (!gone.aborted) attempt.fail(problemOf(error), error);
        return undefined;
      }
    },
    async refused() {
      for (const request of given) await prompts?.refused(request);
    },
  };
}
