import type { AddressClass } from '../../shared/address';

/** The last lines of an access log, classed: what the log shows now. */
export interface LogSample {
  readonly path: string;
  /** Lines looked at. */
  readonly lines: number;
  readonly classes: Readonly<Record<AddressClass, number>>;
  /** Lines whose trailing X-Forwarded-For field is filled: website service, where TOA is the wrong tool. */
  readonly forwardedFor: number;
  /** Most frequent addresses, most frequent first, ten at most. */
  readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
}
