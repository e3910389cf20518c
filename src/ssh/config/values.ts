import { HostError } from '../../core/problem';
import type { AlgorithmLists, AuthMethodName, Hop } from '../hop';
import type { Settings } from './types';

/** Unset, empty and `none` are the same to ssh. */
export const isSet = (text: string | undefined): text is string => text !== undefined && text !== '' && text.toLowerCase() !== 'none';

/** ssh's flags; other words (PubkeyAuthentication knows some, all of which mean yes) and unset: undefined. */
export function flag(text: string | undefined): boolean | undefined {
  switch (text?.toLowerCase()) {
    case 'yes':
    case 'true':
      return true;
    case 'no':
    case 'false':
      return false;
    default:
      return undefined;
  }
}

/** `StrictHostKeyChecking`. */
export function strictness(text: string | undefined): Hop['strict'] {
  switch (text?.toLowerCase()) {
    case 'yes':
    case 'true':
      return 'yes';
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'false':
    case 'off':
      return 'no';
    default:
      return 'ask';
  }
}

/** `AddressFamily`. */
export function family(text: string | undefined): Hop['family'] {
  switch (text?.toLowerCase()) {
    case 'inet':
      return 4;
    case 'inet6':
      return 6;
    default:
      return 0;
  }
}

/** The ways to sign in that are switched on, in the order of `PreferredAuthentications` where it is set. */
export function methods(settings: Settings): ReadonlySet<AuthMethodName> {
  const on = (keyword: string): boolean => flag(settings.get(keyword)?.[0]) ?? true;
  const usable = new Map<string, AuthMethodName>();
  if (on('pubkeyauthentication')) usable.set('publickey', 'publickey');
  if (on('kbdinteractiveauthentication')) usable.set('keyboard-interactive', 'keyboard-interactive');
  if (on('passwordauthentication')) usable.set('password', 'password');
  const preferred = settings.get('preferredauthentications')?.[0];
  if (preferred === undefined) return new Set(usable.values());
  return new Set(preferred.split(',').flatMap((name) => usable.get(name.trim()) ?? []));
}

/** The options that hold lists of algorithms. */
export const ALGORITHM_OPTIONS = {
  kex: 'kexalgorithms',
  hostKey: 'hostkeyalgorithms',
  cipher: 'ciphers',
  mac: 'macs',
  publicKey: 'pubkeyacceptedalgorithms',
} as const satisfies Record<keyof AlgorithmLists, string>;

/** The lists that are set. */
export function algorithmLists(settings: Settings): AlgorithmLists {
  const lists = Object.entries(ALGORITHM_OPTIONS).flatMap(([kind, keyword]) => {
    const value = settings.get(keyword)?.[0];
    return value === undefined ? [] : [[kind, value.split(',').filter((name) => name !== '')] as const];
  });
  return Object.fromEntries(lists);
}

/** What stands for each token, by its letter (`ssh_config(5)`, TOKENS). */
export type Tokens = Readonly<Record<string, string>>;

/** Tokens replaced. Throws HostError configInvalid (option and token) at one that is not known, as ssh does. */
export function expandTokens(text: string, tokens: Tokens, option: string, host: string): string {
  return text.replace(/%(.?)/gs, (token, letter: string) => {
    const value = letter === '%' ? '%' : tokens[letter];
    if (value === undefined) throw new HostError({ code: 'configInvalid', what: `${option} ${token}` }, host);
    return value;
  });
}

/** `${NAME}` replaced. Throws HostError configInvalid at a variable that is not set, as ssh does. */
export function expandVariables(text: string, env: Readonly<Record<string, string | undefined>>, option: string, host: string): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = env[name];
    if (value === undefined) throw new HostError({ code: 'configInvalid', what: `${option} ${whole}` }, host);
    return value;
  });
}
