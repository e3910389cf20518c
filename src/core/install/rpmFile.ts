/** What the head of an RPM file says of itself. */
export interface RpmHead {
  readonly nevra: string;
  /** Size that the whole file must have; undefined where the signature header does not tell. */
  readonly bytes?: number;
}

/** Head of a file that is no readable RPM. */
export interface NotRpm {
  readonly looksLike: 'html' | 'empty' | 'truncated' | 'other';
}

/** RPM tags, from rpm's lib/rpmtag.h: names are in the main header, sizes in the signature header. */
const TAG = { name: 1000, version: 1001, release: 1002, arch: 1022, sizeOfRest: 1000, longSizeOfRest: 270 } as const;
const LEAD_BYTES = 96;
const LEAD_MAGIC = 0xedabeedb;
const HEADER_MAGIC = 0x8eade801;

/**
 * Reads name and expected size from the first bytes of an RPM file (format of rpm's doc/manual/format: lead, signature
 * header padded to 8 bytes, header, payload). `head` should hold the first megabyte; a header beyond it is `truncated`.
 */
export function readRpmHead(head: Uint8Array): RpmHead | NotRpm {
  if (head.length === 0) return { looksLike: 'empty' };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 4 || view.getUint32(0) !== LEAD_MAGIC) return { looksLike: isHtml(head) ? 'html' : 'other' };
  const signature = readHeader(view, LEAD_BYTES);
  if (signature === undefined) return { looksLike: 'truncated' };
  const mainStart = Math.ceil(signature.end / 8) * 8;
  const main = readHeader(view, mainStart);
  if (main === undefined) return { looksLike: 'truncated' };
  const text = (tag: number): string => main.text(tag) ?? '';
  const rest = signature.number(TAG.sizeOfRest) ?? signature.number(TAG.longSizeOfRest);
  return {
    nevra: `${text(TAG.name)}-${text(TAG.version)}-${text(TAG.release)}.${text(TAG.arch)}`,
    ...(rest === undefined ? {} : { bytes: mainStart + rest }),
  };
}

interface Header {
  readonly end: number;
  text(tag: number): string | undefined;
  number(tag: number): number | undefined;
}

/** A header: magic, 4 reserved bytes, number of index entries, size of the store; entries of 16 bytes (tag, type, offset, count). */
function readHeader(view: DataView, start: number): Header | undefined {
  if (start + 16 > view.byteLength || view.getUint32(start) !== HEADER_MAGIC) return undefined;
  const [entries, storeBytes] = [view.getUint32(start + 8), view.getUint32(start + 12)];
  const store = start + 16 + entries * 16;
  const end = store + storeBytes;
  if (end > view.byteLength) return undefined;
  const find = (tag: number): { readonly type: number; readonly at: number } | undefined => {
    for (let entry = start + 16; entry < store; entry += 16) {
      if (view.getUint32(entry) === tag) return { type: view.getUint32(entry + 4), at: store + view.getUint32(entry + 8) };
    }
    return undefined;
  };
  return {
    end,
    text: (tag) => {
      const found = find(tag);
      if (found === undefined || found.at >= end) return undefined;
      let stop = found.at;
      while (stop < end && view.getUint8(stop) !== 0) stop++;
      return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + found.at, stop - found.at));
    },
    number: (tag) => {
      const found = find(tag);
      if (found === undefined) return undefined;
      if (found.type === 4 && found.at + 4 <= end) return view.getUint32(found.at);
      if (found.type === 5 && found.at + 8 <= end) return Number(view.getBigUint64(found.at));
      return undefined;
    },
  };
}

const isHtml = (head: Uint8Array): boolean => /^\s*<(!doctype|html|head|\?xml)/i.test(new TextDecoder().decode(head.subarray(0, 512)));
