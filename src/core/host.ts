/** One entry of the tree: a machine that ssh can reach. Where it came from decides who may edit it. */
export interface Host {
  /** Stable key, `<source>:<name>`. */
  readonly id: string;
  /** The name that people use: a `Host` pattern of ssh_config, or `name` in the setting. */
  readonly name: string;
  readonly source: 'ssh-config' | 'settings';
  /** A heading of the tree such as Test or Production; undefined: not grouped. */
  readonly group?: string;
  /** Overrides of what ssh_config says for `name`. */
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  /** Access logs the user named, absolute paths. */
  readonly logs: readonly string[];
}

/** The key of a host, from its source and name. */
export const hostId = (source: Host['source'], name: string): string => `${source}:${name}`;
