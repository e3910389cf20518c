import type { Clock, Transcript } from '../engine/ports';

/** What a person sets about SSH; read anew at every connect. */
export interface SshSettings {
  /** Absolute path of the ssh configuration; undefined: `~/.ssh/config` and the system's, as ssh reads them. */
  readonly configFile?: string;
  /** Seconds for TCP, and again for the handshake, of each hop; ssh_config's ConnectTimeout wins. A person's reading time does not count. */
  readonly connectTimeoutSeconds: number;
  /** Names of hosts that may use algorithms which are switched off elsewhere (CBC, group1, MD5). */
  readonly legacyHosts: readonly string[];
  /** Host name, or `*` for all others, → the client to go there with. Nothing said: `auto`. */
  readonly clients?: Readonly<Record<string, ClientChoice>>;
}

/** `auto`: ssh2, and the system's OpenSSH client where only that one can. */
export type ClientChoice = 'auto' | 'ssh2' | 'openssh';

/** What the SSH side needs from outside. */
export interface SshOptions {
  readonly clock: Clock;
  readonly transcript: Transcript;
  readonly settings: () => SshSettings;
  /** The environment: `SSH_AUTH_SOCK`, `PATH`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the program that answers for ssh (`openssh/askpass.ts` as built); undefined: only ssh2 is used. */
  readonly askpassProgram?: string;
  /** Whether the system's client can share connections; undefined: everywhere but on Windows. */
  readonly connectionSharing?: boolean;
}
