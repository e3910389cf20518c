import { userInfo } from 'node:os';
import type { Hop } from '../hop';

/** Whom a hop is asked for: a name, and what overrides ssh_config. */
export interface Destination {
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
}

/** `keyword` in lower case → its values in order, as `ssh -G` prints them. */
export type Settings = ReadonlyMap<string, readonly string[]>;

/** Resolves one hop; `host` is whom errors are about. Rejects with HostError: configInvalid, deadline, cancelled. */
export type Resolver = (destination: Destination, host: string, signal: AbortSignal) => Promise<Hop>;

/** Like ssh, the home of the password database, whatever `HOME` says. */
export const homeDirectory = (): string => userInfo().homedir;
