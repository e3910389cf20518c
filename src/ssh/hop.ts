/** One ssh server on the way to a host, fully resolved: what ssh_config says about it, with paths absolute and tokens expanded. */
export interface Hop {
  /** The name it was asked for by: a `Host` of ssh_config, an address, or what a person calls it in the settings. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Absolute paths of existing files, in ssh_config's order. */
  readonly identityFiles: readonly string[];
  /** `CertificateFile`: absolute paths of existing files. ssh2 cannot use them. */
  readonly certificateFiles: readonly string[];
  /** Only keys of `identityFiles` may be offered, whether from file or from the agent. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined: none. */
  readonly agent?: string;
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  /** Stands for address and port in known_hosts. */
  readonly hostKeyAlias?: string;
  /** `StrictHostKeyChecking`. */
  readonly strict: 'ask' | 'yes' | 'accept-new' | 'no';
  readonly hashKnownHosts: boolean;
  readonly methods: ReadonlySet<AuthMethodName>;
  readonly algorithms: AlgorithmLists;
  readonly connectTimeoutSeconds?: number;
  /** `ServerAliveInterval`; undefined or off: the transport's own. */
  readonly aliveSeconds?: number;
  readonly aliveCountMax?: number;
  /** `AddressFamily`; 0: any. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress?: string;
  /** `ProxyJump`, nearest to us first; empty: reached directly. */
  readonly jumps: readonly string[];
  /** `ProxyCommand` with its tokens expanded, for the shell. Never together with `jumps`. */
  readonly proxyCommand?: string;
  /** Options that only the system's own client can honour, by name. */
  readonly beyond: readonly string[];
  /** `GSSAPIAuthentication`. */
  readonly gssapi: boolean;
  /** `ControlPath`, where the person's own ssh may share a connection. */
  readonly controlPath?: string;
}

/**
 * Algorithms that ssh_config allows, best first, by their protocol names. Undefined: the client's own defaults, so that this
 * transport's own choice holds.
 */
export interface AlgorithmLists {
  readonly kex?: readonly string[];
  /** Of the host's key. */
  readonly hostKey?: readonly string[];
  readonly cipher?: readonly string[];
  readonly mac?: readonly string[];
  /** `PubkeyAcceptedAlgorithms`: signatures to sign in with. */
  readonly publicKey?: readonly string[];
}

/** The ways to sign in that this transport knows, by their protocol names (RFC 4252, RFC 4256). */
export type AuthMethodName = 'publickey' | 'password' | 'keyboard-interactive';

/** Address and port for people: `10.0.0.1:22`, `[2001:db8::1]:22`. */
export const addressOf = (hop: Hop): string => (hop.address.includes(':') ? `[${hop.address}]:${hop.port}` : `${hop.address}:${hop.port}`);
