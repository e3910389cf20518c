/**
 * Something that happened to a log while it was followed, shown as a row of its own. `rotated`: a new file began, nothing is missing.
 * `resumed`: the connection was gone for `seconds`; nothing is missing. `gap`: lines may be missing, because the file was
 * `truncated` before it was read to its end, was `lost` while the connection was gone, or was compressed since so that it cannot
 * be read there (`between`); or because the journal no longer holds where it was read to (`dropped`), or never took what was too
 * much for it (`suppressed`). What is missing was written in the last `seconds`; it is `bytes` long at least, or so many `lines`,
 * where that is known.
 * `boot`: the host was booted `at` (ms since the epoch, by its own clock), with the TOA module or without; `loaded`: the module was
 * seen to be loaded since that boot. Only connections opened later count.
 */
export type LogMark =
  | { readonly kind: 'rotated' }
  | { readonly kind: 'resumed'; readonly seconds: number; readonly by: 'offset' | 'cursor' }
  | {
      readonly kind: 'gap';
      readonly why: 'truncated' | 'lost' | 'between' | 'dropped' | 'suppressed';
      readonly seconds?: number;
      readonly bytes?: number;
      readonly lines?: number;
    }
  | TimedMark;

/** A mark that stands among the lines of its time. */
export type TimedMark =
  { readonly kind: 'boot'; readonly at: number; readonly module: boolean } | { readonly kind: 'loaded'; readonly at: number };
