/** The smallest file that says of itself what an RPM says: lead, signature header with the size, header with the name, payload. */
export function smallRpm(name: string, version: string, release: string, arch: string, payload = 1000): Buffer {
  const texts = [
    [1000, name],
    [1001, version],
    [1002, release],
    [1022, arch],
  ] as const;
  const main = header(texts.map(([tag, text]) => ({ tag, type: 6, value: Buffer.from(`${text}\0`) })));
  const rest = Buffer.alloc(4);
  rest.writeUInt32BE(main.length + payload);
  const signature = header([{ tag: 1000, type: 4, value: rest }]);
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb);
  return Buffer.concat([lead, signature, Buffer.alloc(-(lead.length + signature.length) & 7), main, Buffer.alloc(payload, 'x')]);
}

function header(entries: readonly { readonly tag: number; readonly type: number; readonly value: Buffer }[]): Buffer {
  const store = Buffer.concat(entries.map(({ value }) => value));
  const head = Buffer.alloc(16 + entries.length * 16);
  head.writeUInt32BE(0x8eade801);
  head.writeUInt32BE(entries.length, 8);
  head.writeUInt32BE(store.length, 12);
  let offset = 0;
  entries.forEach(({ tag, type, value }, index) => {
    [tag, type, offset, 1].forEach((word, field) => head.writeUInt32BE(word, 16 + index * 16 + field * 4));
    offset += value.length;
  });
  return Buffer.concat([head, store]);
}
