import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Hop } from '../hop';

/** Whom a hop is asked for: a name, and what overrides ssh_config. */
export interface Destination {
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
}

/**
 * `keyword` in lower case → its values in order, as `ssh -G` prints them. Lists of algorithms are there only where the
 * configuration sets them.
 */
export type Settings = Pick<ReadonlyMap<string, readonly string[]>, 'get'>;

/** Resolves one hop; `host` is whom errors are about. Rejects with HostError: configInvalid, deadline, cancelled. */
export type Resolver = (destination: Destination, host: string, signal: AbortSignal) => Promise<Hop>;

/** Like ssh, the home of the password database, whatever `HOME` says. */
export const homeDirectory = (): string => userInfo().homedir;

/** The configuration that ssh reads after the user's own. */
export const SYSTEM_CONFIG =
  process.platform === 'win32' ? join(process.env['ProgramData'] ?? 'C:\\ProgramData', 'ssh', 'ssh_config') : '/etc/ssh/ssh_config';
