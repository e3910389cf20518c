/**
 * Something that happened to a log while it was followed, shown as a row of its own. `rotated`: a new file began, nothing is missing.
 * `resumed`: the connection was gone for `seconds`; nothing is missing. `gap`: lines may be missing, because the file was
 * `truncated` before it was read to its end, was `lost` while the connection was gone, or was rotated more than once meanwhile (`between`).
 */
export type LogMark =
  | { readonly kind: 'rotated' }
  | { readonly kind: 'resumed'; readonly seconds: number }
  | { readonly kind: 'gap'; readonly why: 'truncated' | 'lost' | 'between' };
