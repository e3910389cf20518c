import type { Host } from '../core/host';
import type { OpenSshHop } from '../core/problem';

/** Opens connections to hosts. The only implementation lives in `src/ssh`; tests of the engine use it against real sshd. */
export interface Transport {
  /**
   * A live session, shared with other callers for the same host: the caller never closes it, it ends when idle.
   * Rejects with HostError (connecting problems). With `prompts` undefined the attempt is silent: it fails with
   * `needsSignIn` where a person would have to be asked (unknown host key, password, passphrase).
   */
  connect(host: Host, options: { readonly prompts?: Prompts; readonly signal: AbortSignal }): Promise<Session>;
  /** Ends the shared session of a host at once (before or after a reboot, when settings change). */
  drop(hostId: string): void;
  dispose(): void;
}

/** A verified, authenticated connection. */
export interface Session {
  readonly host: Host;
  /** Address and port at the far end, for people. */
  readonly address: string;
  readonly user: string;
  /** Hops of the way that go by the system's OpenSSH client, nearest to us first. */
  readonly byOpenSsh: readonly OpenSshHop[];
  /** True once the connection is gone. */
  readonly ended: boolean;
  /** Called once when the connection is gone. Returns the unsubscription. */
  onEnd(listener: () => void): () => void;
  /**
   * Starts `command` (a constant of ours; data goes on stdin) in a channel of its own.
   * `pty`: with a terminal, which only sudo's requiretty justifies.
   */
  open(command: string, options: { readonly signal: AbortSignal; readonly pty?: boolean }): Promise<Channel>;
}

/** A running remote command. Both streams must be read, or the far end stalls: that is the backpressure. */
export interface Channel {
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Resolves when the far end has taken the bytes into its window. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends stdin. */
  end(): void;
  /** The exit status. Rejects with HostError `connectionLost` if the channel closed without one: that is no result. */
  readonly exit: Promise<Exit>;
  /**
   * Closes the channel at once; the far end sees its stdin end. Both outputs end here, so that whoever closes for a reason of
   * its own (a deadline) reports that reason; an exit that has not come rejects with `cancelled`.
   */
  close(): void;
}

export type Exit = { readonly code: number } | { readonly signal: string };

/** Asks the person at the editor. Implemented in `src/ui`; absent in silent work. */
export interface Prompts {
  trustHostKey(request: HostKeyRequest, signal: AbortSignal): Promise<boolean>;
  /** undefined: the person gave nothing. The value must never be logged or put into an error. */
  secret(request: SecretRequest, signal: AbortSignal): Promise<string | undefined>;
  /** Says that a security key waits for a touch, until `signal` fires. */
  touch(request: TouchRequest, signal: AbortSignal): void;
  /** The secret of this request was refused: drop it from memory and storage; it is never tried again by itself. */
  refused(request: SecretRequest): Promise<void>;
}

export interface HostKeyRequest {
  readonly host: string;
  /** The hop of a jump chain this key belongs to, by its own name. */
  readonly hop: string;
  readonly address: string;
  readonly keyType: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
  /** `StrictHostKeyChecking no` let the key through without a question; asked now, before a password goes there. */
  readonly unchecked: boolean;
}

export interface TouchRequest {
  readonly host: string;
  readonly hop: string;
  /** The key, in ssh's words. */
  readonly detail: string;
}

export interface SecretRequest {
  readonly kind: 'password' | 'passphrase' | 'sudo' | 'answer';
  readonly host: string;
  readonly hop: string;
  readonly user: string;
  /**
   * Where it would be sent: the hop's address and port, as `Session.address` has them. A name can be given to another machine;
   * a remembered secret must not follow it there.
   */
  readonly address: string;
  /** What stands for the address in known_hosts, where ssh_config names it. */
  readonly hostKeyAlias?: string;
  /** The key file of a passphrase; the far end's own (hostile) words for `answer`. */
  readonly detail?: string;
  /** False: what is typed is shown (keyboard-interactive echo). */
  readonly hidden: boolean;
}

/** Time, injected so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch, for what a person reads. Somebody may set it, and a laptop sleeps: never for a deadline. */
  now(): number;
  /** Milliseconds that only go on while this machine is awake (where its system can tell), for how long something took. */
  elapsed(): number;
  /** Rejects with an AbortError when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Where raw protocol and command output goes, per host. Never a secret. */
export interface Transcript {
  line(host: string, text: string): void;
}
