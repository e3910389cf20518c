import type { Clock, Transcript } from '../engine/ports';

/** What a person sets about SSH; read anew at every connect. */
export interface SshSettings {
  /** Absolute path of the ssh configuration; undefined: `~/.ssh/config` and the system's, as ssh reads them. */
  readonly configFile?: string;
  /** Seconds for TCP, and again for the handshake, of each hop; ssh_config's ConnectTimeout wins. A person's reading time does not count. */
  readonly connectTimeoutSeconds: number;
  /** Names of hosts that may use algorithms which are switched off elsewhere (CBC, group1, MD5). */
  readonly legacyHosts: readonly string[];
}

/** What the SSH side needs from outside. */
export interface SshOptions {
  readonly clock: Clock;
  readonly transcript: Transcript;
  readonly settings: () => SshSettings;
  /** The environment: `SSH_AUTH_SOCK`, `PATH`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
