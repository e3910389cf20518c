import { access } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HostError } from '../../core/problem';
import type { AuthMethodName, Hop } from '../hop';
import type { Destination, Settings } from './types';

export interface Surroundings {
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Keys that ssh tries where no IdentityFile is set; `ssh -G` lists them itself. */
const DEFAULT_KEYS = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

/** A hop from ssh's settings. Rejects with HostError configInvalid, naming the option, where this transport cannot do what is asked. */
export async function toHop(destination: Destination, settings: Settings, { host, env, home }: Surroundings): Promise<Hop> {
  const value = (keyword: string): string | undefined => settings.get(keyword)?.[0];
  const yes = (keyword: string, otherwise: boolean): boolean => truth(value(keyword)) ?? otherwise;
  const invalid = (what: string): HostError => new HostError({ code: 'configInvalid', what }, host);

  if (isSet(value('proxycommand'))) throw invalid('ProxyCommand');
  const user = value('user') ?? userInfo().username;
  const address = expand(value('hostname') ?? destination.name, { '%h': destination.name });
  const port = Number(value('port') ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid('Port');
  const tokens: Tokens = {
    '%d': home,
    '%h': address,
    '%i': String(userInfo().uid),
    '%L': hostname().split('.')[0] ?? '',
    '%l': hostname(),
    '%n': destination.name,
    '%p': String(port),
    '%r': user,
    '%u': userInfo().username,
  };
  /** Tokens and a leading `~` expanded; a relative path is from the home directory's point of view, as ssh's are from its own. */
  const path = (text: string): string => {
    const whole = variables(expand(unquote(text), tokens), env);
    if (whole === '~' || whole.startsWith('~/')) return join(home, whole.slice(1));
    return isAbsolute(whole) ? whole : join(home, whole);
  };
  const paths = (keyword: string, otherwise: string): string[] =>
    words(value(keyword) ?? otherwise)
      .filter((text) => text !== 'none')
      .map(path);

  const keyFiles = (settings.get('identityfile') ?? DEFAULT_KEYS).filter((text) => text !== 'none').map(path);
  const agent = agentSocket(value('identityagent'), env, path);
  const alias = value('hostkeyalias');
  const timeout = Number(value('connecttimeout'));
  const jump = value('proxyjump');
  const methods: [AuthMethodName, boolean][] = [
    ['publickey', yes('pubkeyauthentication', true)],
    ['keyboard-interactive', yes('kbdinteractiveauthentication', true)],
    ['password', yes('passwordauthentication', true)],
  ];
  return {
    name: destination.name,
    address,
    port,
    user,
    identityFiles: await existing([...new Set(keyFiles)]),
    identitiesOnly: yes('identitiesonly', false),
    userKnownHosts: paths('userknownhostsfile', '~/.ssh/known_hosts ~/.ssh/known_hosts2'),
    globalKnownHosts: paths('globalknownhostsfile', '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2'),
    strict: strictness(value('stricthostkeychecking')),
    hashKnownHosts: yes('hashknownhosts', false),
    methods: new Set(methods.filter(([, on]) => on).map(([name]) => name)),
    jumps: isSet(jump) ? jump.split(',').map((text) => text.trim()) : [],
    ...(agent === undefined ? {} : { agent }),
    ...(isSet(alias) ? { hostKeyAlias: alias } : {}),
    ...(Number.isFinite(timeout) && timeout > 0 ? { connectTimeoutSeconds: timeout } : {}),
  };
}

type Tokens = Readonly<Record<string, string>>;

const isSet = (text: string | undefined): text is string => text !== undefined && text !== '' && text.toLowerCase() !== 'none';

function truth(text: string | undefined): boolean | undefined {
  switch (text?.toLowerCase()) {
    case 'yes':
    case 'true':
      return true;
    case 'no':
    case 'false':
      return false;
    default:
      return undefined; // PubkeyAuthentication knows more words, all of which mean yes
  }
}

function strictness(text: string | undefined): Hop['strict'] {
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

/** `ssh_config(5)`, IdentityAgent: `none`, `SSH_AUTH_SOCK`, `$NAME`, or a path. On Windows the agent has a pipe of its own. */
function agentSocket(text: string | undefined, env: Surroundings['env'], path: (text: string) => string): string | undefined {
  if (text === 'none') return undefined;
  if (text === undefined || text === 'SSH_AUTH_SOCK') {
    const socket = env['SSH_AUTH_SOCK'];
    if (socket !== undefined && socket !== '') return socket;
    return process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
  }
  if (text.startsWith('$') && !text.startsWith('${')) return env[text.slice(1)];
  return path(text);
}

const expand = (text: string, tokens: Tokens): string => text.replace(/%./g, (token) => (token === '%%' ? '%' : (tokens[token] ?? token)));

const variables = (text: string, env: Surroundings['env']): string =>
  text.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);

const unquote = (text: string): string => (/^".*"$/.test(text) ? text.slice(1, -1) : text);

/** Words parted by blanks, with double quotes. */
const words = (text: string): string[] => text.match(/"[^"]*"|\S+/g) ?? [];

async function existing(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_path, index) => there[index]);
}
