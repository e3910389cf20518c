import type { Question } from './room';

/** What one of ssh's prompts asks for. The words are OpenSSH's own (sshconnect.c, sshconnect2.c, ssh-sk.c); it is never translated. */
export type Asks =
  | { readonly for: 'hostKey'; readonly keyType: string; readonly fingerprint: string; readonly answerByFingerprint: boolean }
  | { readonly for: 'passphrase'; readonly file: string }
  | { readonly for: 'password' }
  | { readonly for: 'answer'; readonly words: string }
  /** Nothing to answer: a security key waits for its owner's hand, until the question is taken back. */
  | { readonly for: 'touch'; readonly words: string }
  /** A yes or no that is not ours to give. */
  | { readonly for: 'consent' };

/** Reads a prompt. What is not known is `answer`: a person sees its words and decides. */
export function readQuestion({ prompt, hint }: Question): Asks {
  if (hint === 'none') return { for: 'touch', words: prompt };
  if (hint === 'confirm') return { for: 'consent' };
  if (/\(yes\/no(?:\/\[fingerprint\])?\)\?\s*$/.test(prompt)) {
    const key = /^(\S+) key fingerprint is (SHA256:\S+?)\.?$/m.exec(prompt);
    if (!key) return { for: 'consent' };
    return {
      for: 'hostKey',
      keyType: key[1] ?? '',
      fingerprint: key[2] ?? '',
      answerByFingerprint: prompt.includes('/[fingerprint])'),
    };
  }
  const passphrase = /^Enter passphrase for key '(.+)': $/s.exec(prompt);
  if (passphrase) return { for: 'passphrase', file: passphrase[1] ?? '' };
  // The user's own prompt of the password method, or PAM's first question behind the name that ssh 8.8 puts before it.
  if (/^(?:\([^)]*\) )?(?:\S+@\S+'s )?password(?: for \S+)?\s*:\s*$/i.test(prompt)) return { for: 'password' };
  return { for: 'answer', words: prompt };
}
