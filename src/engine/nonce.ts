import { randomBytes } from 'node:crypto';

/** A word that no host can have guessed: marks where our own output begins in a stream that others write to. */
export const nonce = (): string => `toa-${randomBytes(12).toString('hex')}`;
