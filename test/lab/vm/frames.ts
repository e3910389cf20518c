/** The few packets that the scrubbing centre speaks: ARP answers and TCP over IPv4 over ethernet. RFC 826, 791, 9293. */

/** An IPv4 address as its four bytes. */
export type Quad = readonly [number, number, number, number];

export const flags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export interface Segment {
  readonly from: Quad;
  readonly to: Quad;
  readonly fromPort: number;
  readonly toPort: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  /** As on the wire; a multiple of four bytes. */
  readonly options: Buffer;
  readonly data: Buffer;
}

/** The ethernet address of everybody on the scrubbing centre's side. */
export const ourMac = Buffer.from('525400000001', 'hex');

/** `1.2.3.4`; throws for anything else. */
export function quad(text: string): Quad {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) throw new Error(`Not IPv4: ${text}`);
  return parts as unknown as Quad;
}

/** A TCP option of eight bytes that carries an address: kind, 8, port, IPv4 address. Kind 254 is what toa reads. */
export function addressOption(kind: number, port: number, address: Quad): Buffer {
  return Buffer.from([kind, 8, port >> 8, port & 255, ...address]);
}

export function encode(segment: Segment, toMac: Buffer): Buffer {
  const { options, data } = segment;
  const tcp = Buffer.alloc(20 + options.length + data.length);
  tcp.writeUInt16BE(segment.fromPort, 0);
  tcp.writeUInt16BE(segment.toPort, 2);
  tcp.writeUInt32BE(segment.sequence >>> 0, 4);
  tcp.writeUInt32BE(segment.acknowledged >>> 0, 8);
  tcp.writeUInt8((5 + options.length / 4) << 4, 12);
  tcp.writeUInt8(segment.flags, 13);
  tcp.writeUInt16BE(64000, 14); // window
  options.copy(tcp, 20);
  data.copy(tcp, 20 + options.length);
  const pseudoHeader = Buffer.from([...segment.from, ...segment.to, 0, 6, tcp.length >> 8, tcp.length & 255]);
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, tcp])), 16);

  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(20 + tcp.length, 2);
  ip.writeUInt16BE(0x4000, 6); // not to be fragmented
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  Buffer.from([...segment.from, ...segment.to]).copy(ip, 12);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([toMac, ourMac, Buffer.from([8, 0]), ip, tcp]);
}

/** The TCP segment in a frame, or undefined if it holds anything else. */
export function decode(frame: Buffer): Segment | undefined {
  if (frame.length < 54 || frame.readUInt16BE(12) !== 0x800 || frame[23] !== 6) return undefined;
  const ip = frame.subarray(14, 14 + frame.readUInt16BE(16));
  const tcp = ip.subarray((ip.readUInt8(0) & 15) * 4);
  const header = (tcp.readUInt8(12) >> 4) * 4;
  return {
    from: [...ip.subarray(12, 16)] as unknown as Quad,
    to: [...ip.subarray(16, 20)] as unknown as Quad,
    fromPort: tcp.readUInt16BE(0),
    toPort: tcp.readUInt16BE(2),
    sequence: tcp.readUInt32BE(4),
    acknowledged: tcp.readUInt32BE(8),
    flags: tcp.readUInt8(13),
    options: tcp.subarray(20, header),
    data: tcp.subarray(header),
  };
}

/** The answer to an ARP question ("that address is ours"), or undefined if the frame is no such question. */
export function answerArp(frame: Buffer): Buffer | undefined {
  if (frame.length < 42 || frame.readUInt16BE(12) !== 0x806 || frame.readUInt16BE(20) !== 1) return undefined;
  const asker = frame.subarray(22, 32);
  const wanted = frame.subarray(38, 42);
  const head = Buffer.from([8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
  return Buffer.concat([frame.subarray(6, 12), ourMac, head, ourMac, wanted, asker]);
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
