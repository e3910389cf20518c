import type { LogFields } from '../../shared/logEntry';

/** The same fields without those that are undefined. */
export function defined(fields: { readonly [K in keyof LogFields]: LogFields[K] | undefined }): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A count or a status; undefined: no number. */
export const numeric = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** A field's text; undefined: empty, or the dash that stands for nothing. */
export const filled = (text: string | undefined): string | undefined => (text === '' || text === '-' ? undefined : text);
