import type { AddressClass } from '../../shared/address';

/** The last lines of an access log, classed: what the log shows now. */
export interface LogSample {
  readonly path: string;
  /** Lines looked at. */
  readonly lines: number;
  readonly classes: Readonly<Record<AddressClass, number>>;
  /** Lines whose trailing X-Forwarded-For field is filled: website service, where TOA is the wrong tool. */
  readonly forwardedFor: number;
  /** Lines that have a host name where the client's address is expected. */
  readonly names: number;
  /** The last lines as they are, five at most: hostile text. */
  readonly last: readonly string[];
  /** Most frequent addresses, most frequent first, ten at most. */
  readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
}
