import { ADDRESS_CLASSES, type AddressClass } from '../shared/address';
import type { LogBuffer } from './logBuffer';

/** The addresses of several logs, each counted once. */
export interface MergedAddresses {
  readonly distinct: number;
  readonly distinctVisitors: number;
  /** The most frequent, most frequent first. */
  readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
}

const VISITOR = ADDRESS_CLASSES.indexOf('visitor');

/** Counts anew; it costs a pass over all addresses, so that whoever shows it asks every few seconds only. */
export function mergedAddresses(buffers: readonly Pick<LogBuffer, 'addresses'>[], most: number): MergedAddresses {
  const all = new Map<string, { readonly address: string; readonly code: number; count: number }>();
  for (const { addresses } of buffers) {
    for (const [address, { code, count }] of addresses) {
      const known = all.get(address);
      if (known === undefined) all.set(address, { address, code, count });
      else known.count += count;
    }
  }
  let distinctVisitors = 0;
  const top: { readonly address: string; readonly code: number; readonly count: number }[] = [];
  for (const one of all.values()) {
    if (one.code === VISITOR) distinctVisitors++;
    if (top.length === most && one.count <= (top.at(-1)?.count ?? 0)) continue;
    const place = top.findIndex(({ count }) => count < one.count);
    top.splice(place < 0 ? top.length : place, 0, one);
    top.length = Math.min(top.length, most);
  }
  const classed = top.map(({ address, code, count }) => ({ address, addressClass: ADDRESS_CLASSES[code] ?? 'unparsed', count }));
  return { distinct: all.size, distinctVisitors, top: classed };
}
