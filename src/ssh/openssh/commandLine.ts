import { nameIsSafe } from '../config/name';
import type { Hop } from '../hop';

/** What a connecting ssh needs to know beside the hop. */
export interface MasterOptions {
  readonly configFile: string | undefined;
  /** Where its control socket is to be; undefined: no connection sharing, `command` is run instead. */
  readonly socket: string | undefined;
  readonly log: string;
  /** Nobody is there to be asked. */
  readonly silent: boolean;
  readonly connectTimeoutSeconds: number;
  /** In place of what the configuration says about the way. */
  readonly proxyCommand: string | undefined;
}

/**
 * Arguments of an ssh that signs in. As a master it goes to the background once it is signed in, and ends by itself soon after
 * the editor has let go of its socket: an editor that dies leaves nothing behind.
 * Host keys are never checked less than ssh2's way does it: nobody there means that an unknown key is refused, and
 * `StrictHostKeyChecking no` still asks.
 */
export function connectArguments(hop: Hop, options: MasterOptions, command: readonly string[] = []): string[] {
  const { silent, socket } = options;
  const strict = silent || hop.strict === 'yes' ? 'yes' : hop.strict === 'accept-new' ? 'accept-new' : 'ask';
  return [
    ...(options.configFile === undefined ? [] : ['-F', options.configFile]),
    ...(socket === undefined ? ['-S', 'none'] : ['-f', '-N', '-S', socket]),
    '-T',
    ...['-E', options.log],
    ...words({
      ControlMaster: socket === undefined ? 'no' : 'yes',
      ControlPersist: socket === undefined ? 'no' : '15',
      LogLevel: 'DEBUG1',
      BatchMode: silent ? 'yes' : 'no',
      StrictHostKeyChecking: strict,
      NumberOfPasswordPrompts: '1',
      ConnectTimeout: String(options.connectTimeoutSeconds),
      ServerAliveInterval: String(hop.aliveSeconds ?? 30),
      ServerAliveCountMax: String(hop.aliveCountMax ?? 3),
      ForwardAgent: 'no',
      ForwardX11: 'no',
      ClearAllForwardings: 'yes',
      PermitLocalCommand: 'no',
      RemoteCommand: 'none',
      Tunnel: 'no',
      UpdateHostKeys: 'no',
      SendEnv: '-*',
      // A security key would wait for a hand that is not there. By its older name, which all versions know.
      ...(silent ? { PubkeyAcceptedKeyTypes: withoutSecurityKeys(hop.algorithms.publicKey) } : {}),
      // Before anything the configuration says: ssh takes what it reads first.
      ...(options.proxyCommand === undefined ? {} : { ProxyCommand: options.proxyCommand.replaceAll('%', '%%') }),
      HostName: hop.address.replaceAll('%', '%%'),
      User: hop.user,
    }),
    ...['-p', String(hop.port)],
    '--',
    // A name for people is not ssh's to read.
    nameIsSafe(hop.name) ? hop.name : hop.address,
    ...command,
  ];
}

/** Arguments of an ssh that uses a master's connection, and can do nothing else: no configuration, no way to connect by itself. */
export function sharedArguments(socket: string, log: string, rest: readonly string[]): string[] {
  const only = words({ ControlMaster: 'no', ProxyCommand: 'false', BatchMode: 'yes', LogLevel: 'DEBUG2' });
  return ['-F', 'none', '-S', socket, '-E', log, ...only, ...rest];
}

/** A command in a session; with a terminal that leaves bytes alone, which ssh cannot ask for: the far end's own stty does. */
export const inSession = (command: string, pty: boolean): string[] =>
  pty ? ['-tt', '--', 'toa', `stty raw -echo; ${command}`] : ['-T', '--', 'toa', command];

/** stdin and stdout as a TCP connection from the far end. */
export const asForward = (address: string, port: number): string[] => ['-W', `[${address}]:${port}`, '--', 'toa'];

const words = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

const withoutSecurityKeys = (allowed: readonly string[] | undefined): string =>
  allowed === undefined ? '-sk-*' : allowed.filter((name) => !name.startsWith('sk-')).join(',');
