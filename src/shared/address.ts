/**
 * Where a logged client address comes from. `origin`: inside the user's back-to-origin ranges; `public`: public, but
 * no ranges are set, so it cannot be told from the scrubbing centre; `unparsed`: the line holds no address.
 */
export type AddressClass = 'visitor' | 'origin' | 'private' | 'public' | 'unparsed';
