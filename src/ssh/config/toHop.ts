import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HostError } from '../../core/problem';
import { unserved } from '../algorithms';
import type { Hop } from '../hop';
import { parseJump } from '../route';
import { nameIsSafe } from './name';
import type { Destination, Settings } from './types';
import { algorithmLists, expandTokens, expandVariables, family, flag, isSet, methods, strictness, type Tokens } from './values';

export interface Surroundings {
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** A hop from ssh's settings. Rejects with HostError configInvalid, naming the option, where a value cannot be used. */
export async function toHop(destination: Destination, settings: Settings, { host, env, home }: Surroundings): Promise<Hop> {
  const value = (keyword: string): string | undefined => settings.get(keyword)?.[0];
  const yes = (keyword: string): boolean => flag(value(keyword)) ?? false;
  const number = (keyword: string): number | undefined => positive(value(keyword));
  const invalid = (what: string): HostError => new HostError({ code: 'configInvalid', what }, host);

  const user = value('user') ?? userInfo().username;
  const address = value('hostname') ?? destination.name;
  const port = Number(value('port') ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid('Port');
  const alias = value('hostkeyalias');
  const jump = value('proxyjump');
  const jumps = isSet(jump) ? jump.split(',').map((text) => text.trim()) : [];
  const through = parseJump(jumps.at(-1) ?? '')?.name ?? '';
  const tokens = tokensFor({ name: destination.name, address, port, user, alias: isSet(alias) ? alias : destination.name, home, through });

  /** Tokens, variables and a leading `~` expanded; a relative path is from the home directory's point of view, as ssh's are from its own. */
  const path = (text: string, option: string): string => {
    const whole = expandVariables(expandTokens(text, tokens, option, host), env, option, host);
    if (whole === '~' || whole.startsWith('~/') || (WINDOWS && whole.startsWith('~\\'))) return join(home, whole.slice(1));
    if (inOthersHome(whole)) throw invalid(`${option} ${text}`);
    return isAbsolute(whole) ? whole : join(home, whole);
  };
  const files = async (keyword: string, option: string): Promise<string[]> => {
    const texts = (settings.get(keyword) ?? []).filter((text) => isSet(text) && !inOthersHome(text));
    const paths = texts.map((text) => path(text, option));
    return await existing([...new Set(paths)]);
  };

  const algorithms = algorithmLists(settings);
  const agent = agentSocket(value('identityagent'), env, (text) => path(text, 'IdentityAgent'));
  const userFiles = (await fileList(settings.get('userknownhostsfile') ?? [])).map((text) => path(text, 'UserKnownHostsFile'));
  // ssh would look for a relative one in the directory it was started in.
  const globalFiles = (await fileList(settings.get('globalknownhostsfile') ?? []))
    .map((file) => underProgramData(file, env))
    .filter((file) => isAbsolute(file));
  const controlPath = value('controlpath');
  const command = proxyCommand(value('proxycommand'), tokens, host);
  return {
    name: destination.name,
    address,
    port,
    user,
    identityFiles: await files('identityfile', 'IdentityFile'),
    certificateFiles: await files('certificatefile', 'CertificateFile'),
    identitiesOnly: yes('identitiesonly'),
    userKnownHosts: userFiles,
    globalKnownHosts: globalFiles,
    strict: strictness(value('stricthostkeychecking')),
    hashKnownHosts: yes('hashknownhosts'),
    methods: methods(settings),
    algorithms,
    family: family(value('addressfamily')),
    jumps,
    beyond: [...unserved(algorithms), ...beyond(settings)],
    gssapi: yes('gssapiauthentication'),
    ...optional('agent', agent),
    ...optional('hostKeyAlias', isSet(alias) ? alias : undefined),
    ...optional('connectTimeoutSeconds', number('connecttimeout')),
    ...optional('aliveSeconds', number('serveraliveinterval')),
    ...optional('aliveCountMax', number('serveralivecountmax')),
    ...optional('bindAddress', isSet(value('bindaddress')) ? value('bindaddress') : undefined),
    ...optional('proxyCommand', command),
    ...optional('controlPath', isSet(controlPath) ? path(controlPath, 'ControlPath') : undefined),
  };
}

/** What decides about trust or the way to a host, and is ssh's own: it may not be passed over. */
function beyond(settings: Settings): string[] {
  const set = (keyword: string): boolean => isSet(settings.get(keyword)?.[0]);
  const on = (keyword: string): boolean => flag(settings.get(keyword)?.[0]) === true;
  return [
    ...['IdentityFile', 'CertificateFile'].flatMap((option) =>
      (settings.get(option.toLowerCase()) ?? []).filter(inOthersHome).map((text) => `${option} ${text}`),
    ),
    ...(set('knownhostscommand') ? ['KnownHostsCommand'] : []),
    ...(set('revokedhostkeys') ? ['RevokedHostKeys'] : []),
    ...(on('checkhostip') ? ['CheckHostIP'] : []),
    ...(set('bindinterface') ? ['BindInterface'] : []),
    ...(set('pkcs11provider') ? ['PKCS11Provider'] : []),
    ...(on('proxyusefdpass') ? ['ProxyUseFdpass'] : []),
    ...(settings.get('proxycommand')?.[0] === '-' ? ['ProxyCommand -'] : []),
  ];
}

interface TokenValues {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly alias: string;
  readonly home: string;
  /** The host name of the last jump; empty: none. */
  readonly through: string;
}

function tokensFor({ name, address, port, user, alias, home, through }: TokenValues): Tokens {
  const local = userInfo();
  const machine = hostname();
  return {
    C: createHash('sha1').update(`${machine}${address}${port}${user}`).digest('hex'),
    d: home,
    h: address,
    i: String(local.uid),
    j: through,
    k: alias,
    L: machine.split('.')[0] ?? '',
    l: machine,
    n: name,
    p: String(port),
    r: user,
    u: local.username,
  };
}

/**
 * The command with ssh's tokens for it. Its words go to a shell: a name, address or user with a character of the shell's is
 * refused before it is put in (CVE-2023-51385).
 */
function proxyCommand(text: string | undefined, tokens: Tokens, host: string): string | undefined {
  if (!isSet(text)) return undefined;
  const allowed = Object.fromEntries(['h', 'k', 'n', 'p', 'r'].map((letter) => [letter, tokens[letter] ?? '']));
  for (const [letter, value] of Object.entries(allowed)) {
    if (text.includes(`%${letter}`) && !nameIsSafe(value)) throw new HostError({ code: 'configInvalid', what: value }, host);
  }
  return expandTokens(text, allowed, 'ProxyCommand', host);
}

const WINDOWS = process.platform === 'win32';

/** `~user/…`: only the system knows where that is. */
const inOthersHome = (text: string): boolean => /^~[^/\\]/.test(text);

/** Windows' OpenSSH writes its directory of the machine's own files like this. */
const underProgramData = (file: string, env: Surroundings['env']): string =>
  file.replace(/^__PROGRAMDATA__/, () => env['ProgramData'] ?? 'C:\\ProgramData');

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

const optional = <K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };

/** `ssh_config(5)`, IdentityAgent: `none`, `SSH_AUTH_SOCK`, `$NAME`, or a path. On Windows the agent has a pipe of its own. */
function agentSocket(text: string | undefined, env: Surroundings['env'], path: (text: string) => string): string | undefined {
  if (text === 'none') return undefined;
  if (text === undefined || text === 'SSH_AUTH_SOCK') {
    const socket = env['SSH_AUTH_SOCK'];
    if (socket !== undefined && socket !== '') return socket;
    return WINDOWS ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
  }
  if (text.startsWith('$') && !text.startsWith('${')) return env[text.slice(1)];
  return path(text);
}

/**
 * `ssh -G` prints file names in one line, parted by blanks, and those that hold a blank without quotes. A new name begins where
 * a path does; what is then still in doubt is one name if there is such a file.
 */
async function fileList(lines: readonly string[]): Promise<string[]> {
  const likely = lines.flatMap((line) => line.split(/ (?=[/~%$]|[A-Za-z]:[\\/]|\\\\|__PROGRAMDATA__)/)).filter(isSet);
  const split = await Promise.all(
    likely.map(async (text) => (!text.includes(' ') || (await existing([text])).length > 0 ? [text] : text.split(' ').filter(Boolean))),
  );
  return split.flat();
}

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
