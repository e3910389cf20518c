import { describe, expect, it } from 'vitest';
import {
  notTested,
  ownAddressObstacle,
  ownAddressOutcome,
  type HostLook,
  type OwnAddressReadings,
  type RawConnection,
} from '../../../src/core/ownAddress';
import { parseRewrites } from '../../../src/core/log/rewrites';
import { curlCommand, parseProtectedAddress, protectedAddressUrl } from '../../../src/core/protectedAddress';
import { lookOf } from '../../../src/engine/ownAddress/lookAtHost';
import { parseCidrs } from '../../../src/shared/address';
import { facts, rows, working } from './build';

const { ranges } = parseCidrs(['198.51.100.0/24']);
const peer = (address: string, port: number, established = true): RawConnection => ({ address, port, established });
const look = (connections: readonly RawConnection[], rises: Parameters<typeof rows>[0] = {}): HostLook => ({
  at: 0,
  connections,
  counters: rows(rises),
});
const others = [peer('198.51.100.1', 1), peer('10.0.8.1', 2)];
const ours = peer('198.51.100.7', 4711);
const text = (address: string, forwarded = '-'): string =>
  `${address} - - [14/May/2024:14:05:23 +0000] "GET /toa-test-abc HTTP/1.1" 404 3 "-" "-" "${forwarded}"`;
const good: OwnAddressReadings = {
  ranges,
  connection: { openedAt: 1, status: 404, localAddress: '10.1.1.1', remoteAddress: '192.0.2.80' },
  originAddresses: ['192.0.2.10'],
  before: look(others),
  open: [look([...others, ours], { getname_toa_ok: 2 }), look([...others, ours], { getname_toa_ok: 3 })],
  after: look(others, { getname_toa_ok: 4 }),
  line: { log: '/l', text: text('203.0.113.9', '198.18.1.1'), at: 5 },
  waitedSeconds: 1,
  logs: ['/l'],
  decoy: '198.18.1.1',
};
const REQUEST = '- - [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"' as const;
const FORWARDED_FIRST = `nginx $http_x_forwarded_for ${REQUEST} "$foo"` as const;
const BOTH = `nginx $remote_addr ${REQUEST} "$http_x_forwarded_for"` as const;
const judge = (change: Partial<OwnAddressReadings> = {}) => ownAddressOutcome({ ...good, ...change });
const fault = (change: Partial<OwnAddressReadings>) =>
  judge(change).conditions.flatMap((one) => (one.fault === undefined ? [] : [one.fault]));
const line = (words: string): Partial<OwnAddressReadings> => ({ line: { log: '/l', text: words, at: 5 } });

describe('the own-address test', () => {
  it('proves with all of its conditions, and names the peer that ended with the connection', () => {
    const also = peer('198.51.100.8', 5);
    const open = good.open.map((one) => ({ ...one, connections: [also, ...(one.connections ?? [])] }));
    expect(judge({ open, after: look([...others, also]) }).proof).toEqual({
      address: '203.0.113.9',
      log: '/l',
      peer: '198.51.100.7',
      at: 5,
    });
    expect(judge().conditions.every(({ met }) => met)).toBe(true);
  });

  it('from another machine nobody sees the connection, and the rest must hold all the same', () => {
    const { connection: _connection, after: _after, ...elsewhere } = good;
    expect([_connection?.status, _after?.at]).toEqual([404, 0]);
    expect(ownAddressOutcome(elsewhere).proof?.address).toBe('203.0.113.9');
    expect(ownAddressOutcome({ ...elsewhere, open: [] }).proof).toBeUndefined();
  });

  it.each<[string, Partial<OwnAddressReadings>, object]>([
    ['nothing answers', { connection: { reason: 'ECONNREFUSED' }, open: [] }, { code: 'notReached', reason: 'ECONNREFUSED' }],
    ['it leads to the origin', { originAddresses: ['192.0.2.80'] }, { code: 'toOrigin', address: '192.0.2.80' }],
    ['it is closed early', { connection: { ...good.connection, closedAfter: 3 } }, { code: 'closedEarly', seconds: 3, answered: true }],
    ['its peer was there before', { before: look([...others, ours]) }, { code: 'noPeer', outside: [] }],
    ['its peer does not stay', { open: [good.open[0]!, look(others, { getname_toa_ok: 3 })] }, { code: 'noPeer', outside: [] }],
    [
      'its peer is not established',
      { open: [look([peer('198.51.100.7', 4711, false)], { getname_toa_ok: 1 })] },
      { code: 'noPeer', outside: [] },
    ],
    ['it comes directly', { open: [look([peer('203.0.113.9', 6)], { getname_toa_ok: 1 })] }, { code: 'noPeer', outside: ['203.0.113.9'] }],
    [
      'the logged address is a raw peer of anybody',
      { before: look([peer('203.0.113.9', 9)]) },
      { code: 'rawPeer', address: '203.0.113.9' },
    ],
    ['peers are not whole', { before: { at: 0, counters: rows() } }, { code: 'peersUnread' }],
    ['no line', { line: undefined }, { code: 'noLine', status: 404 }],
    ['a line of no format', line('toa-test-abc'), { code: 'lineUnread' }],
    ['a host name', line(text('tester.example.net')), { code: 'hostName', name: 'tester.example.net' }],
    ['the scrubbing centre', line(text('198.51.100.7')), { code: 'lineShowsOrigin', received: false }],
    ['a private address', line(text('10.1.1.1')), { code: 'linePrivate' }],
    ['another address than the tester’s', { expected: '203.0.113.8' }, { code: 'notMine', expected: '203.0.113.8' }],
    ['a proxy added X-Forwarded-For', line(text('203.0.113.9', '198.18.1.1, 203.0.113.9')), { code: 'forwardedFor' }],
    ['our own X-Forwarded-For', line(text('198.18.1.1')), { code: 'tookForwardedFor' }],
    [
      'our own X-Forwarded-For, by the server’s own format',
      { ...line(text('198.18.1.1')), formats: [FORWARDED_FIRST] },
      { code: 'tookForwardedFor', address: '198.18.1.1' },
    ],
    [
      'a host name beside X-Forwarded-For, by the server’s own format',
      { ...line(text('tester.example.net', '198.18.1.1')), formats: [BOTH] },
      { code: 'hostName', name: 'tester.example.net' },
    ],
    [
      'the counter is flat',
      { open: good.open.map((one) => ({ ...one, counters: rows({ syn_recv_sock_toa: 1 }) })) },
      { code: 'notDelivered', received: 1 },
    ],
    ['counters are unread', { before: { at: 0, connections: others } }, { code: 'countersUnread' }],
  ])('is no proof where %s', (_why, change, expected) => {
    expect(judge(change).proof).toBeUndefined();
    expect(fault(change)).toContainEqual(expect.objectContaining(expected));
  });

  it('is not begun without ranges, module, counters or a listener', () => {
    const listener = { port: 80, family: 'ipv4', address: '0.0.0.0', provenDual: false } as const;
    const host = working(rows(), { listeners: [listener] });
    expect(ownAddressObstacle(host, ranges)).toBeUndefined();
    expect(ownAddressObstacle(host, parseCidrs([]).ranges)).toEqual({ code: 'rangesNotSet' });
    expect(ownAddressObstacle(facts(), ranges)).toEqual({ code: 'notLoaded' });
    expect(ownAddressObstacle(working(rows()), ranges)).toEqual({ code: 'noListener' });
    expect(notTested({ code: 'notLoaded' }).conditions.map(({ met }) => met)).toEqual([false, false, false, false, false]);
  });

  it('reads a look: states, ports, mapped addresses, and whether it is whole', () => {
    const seen = lookOf('tcp 01 076433C6:1267\ntcp 06 0000000000000000FFFF0000096433C6:0001\nend\nstats getname_toa_ok: 1 2\nstats x\n', 7);
    expect(seen).toEqual({
      at: 7,
      connections: [peer('198.51.100.7', 4711), peer('198.51.100.9', 1, false)],
      counters: { getname_toa_ok: 3 },
    });
    expect(lookOf('tcp 01 076433C6:1267\n', 7)).toEqual({ at: 7 });
  });
});

describe('what a web server may log in place of a socket’s address', () => {
  const rewritten = (output: string): string | undefined =>
    fault({ rewrites: parseRewrites(`${output}\nend\n`)! }).map(({ code }) => code)[0];
  it.each([
    ['set_real_ip_from 198.51.100.0/24', 'rewritten'],
    ['set_real_ip_from 203.0.113.9', 'rewritten'],
    ['set_real_ip_from 10.0.0.0/8\nreal_ip_header X-Forwarded-For', undefined],
    ['real_ip_header X-Forwarded-For', undefined],
    ['set_real_ip_from cdn.example.com', 'rewritten'],
    ['set_real_ip_from unix:', undefined],
    ['remoteipheader X-Forwarded-For', 'rewritten'],
    ['remoteipheader X-Forwarded-For\nremoteipinternalproxy 10.0.0.1', undefined],
    ['remoteipproxyprotocol Off', undefined],
    ['listen proxy_protocol', 'rewritten'],
    ['bind accept-proxy', 'rewritten'],
    ['http-request set-src', 'rewritten'],
    ['valve RemoteIpValve', 'rewritten'],
  ])('%s', (output, expected) => expect(rewritten(output)).toBe(expected));
  it('names in place of addresses, and an answer that was cut off', () => {
    expect(parseRewrites('hostnamelookups On\nend')).toMatchObject({ lookups: true, directives: [] });
    expect(parseRewrites('hostnamelookups Off\nend')).toMatchObject({ lookups: false });
    expect(parseRewrites('set_real_ip_from 10.0.0.0/8')).toBeUndefined();
  });
});

describe('a protected address', () => {
  it.each([
    ['203.0.113.5', 'http://203.0.113.5'],
    [' shop.example.com:8080 ', 'http://shop.example.com:8080'],
    ['https://shop.example.com/', 'https://shop.example.com'],
    ['HTTPS://shop.example.com:80', 'https://shop.example.com:80'],
    ['[2001:db8::5]:80', 'http://[2001:db8::5]'],
    ['2001:db8::5', 'http://[2001:db8::5]'],
  ])('%s', (typed, url) => expect(protectedAddressUrl(parseProtectedAddress(typed)!)).toBe(url));
  it.each(['', 'a b', 'host:0', 'host:99999', 'ftp://x', '-x', 'a"b', 'x;rm', 'http://x/path', '$(x)', 'a`b', 'x%y'])('not %s', (typed) =>
    expect(parseProtectedAddress(typed)).toBeUndefined(),
  );
  it('is asked by a command that reads the same in every shell', () => {
    const command = curlCommand({ host: 'shop.example.com', port: 443, tls: true }, 'abc', '198.18.1.1');
    expect(command).toMatch(/^curl -s -k --http1\.1 --noproxy "\*" .*"https:\/\/shop\.example\.com\/toa-test-abc\?n=\[1-6\]"$/);
    expect(command).not.toMatch(/['\\$`%!\n]/);
  });
});
