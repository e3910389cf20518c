import { describe, expect, it } from 'vitest';
import { maskAddresses, maskPeople, maskSecrets } from '../../../src/core/mask';
import { parseCidrs } from '../../../src/shared/address';

const { ranges } = parseCidrs(['198.51.100.0/24', '2001:db8:1::/48']);
const mask = (data: unknown): unknown => maskAddresses(data, { ranges, own: ['192.0.2.10'] });

describe('addresses of other people', () => {
  it('have stable names wherever they stand; the ranges, private and own ones stay', () => {
    const data = {
      top: [
        { address: '203.0.113.7', count: 2 },
        { address: '198.51.100.4', count: 1 },
      ],
      last: ['203.0.113.9 - - "GET /?from=203.0.113.7" "::ffff:203.0.113.9"', '10.0.0.1 2001:db8:1::5 192.0.2.10 2001:db8:9::7'],
      proof: { address: '203.0.113.9', at: 5 },
      kernel: '3.10.0-957.21.3.el7.toa.x86_64',
      time: '14/May/2024:14:05:23 +0000',
      cidrs: ['198.51.100.0/24'],
    };
    expect(mask(data)).toEqual({
      ...data,
      top: [
        { address: 'visitor-1', count: 2 },
        { address: '198.51.100.4', count: 1 },
      ],
      last: ['visitor-2 - - "GET /?from=visitor-1" "visitor-2"', '10.0.0.1 2001:db8:1::5 192.0.2.10 visitor-3'],
      proof: { address: 'visitor-2', at: 5 },
    });
  });
  it('also with a port, in brackets, in a URL', () => {
    expect(mask('203.0.113.7:4711 [2001:db8:9::7]:80 http://203.0.113.8/x 203.0.113.7,203.0.113.8')).toBe(
      'visitor-1:4711 [visitor-2]:80 http://visitor-3/x visitor-1,visitor-3',
    );
  });
});

it.each([
  [
    '"GET /reset?token=s3cret&user=al HTTP/1.1" 200 "https://x/y?sid=1;b=2#frag"',
    '"GET /reset?token=***&user=*** HTTP/1.1" 200 "https://x/y?sid=***;b=***#frag"',
  ],
  ['"GET http://al:hunter2@x/ HTTP/1.1"', '"GET http://al:***@x/ HTTP/1.1"'],
  ['"GET /plain HTTP/1.1" 200', '"GET /plain HTTP/1.1" 200'],
])('secrets in %s', (line, masked) => expect(maskSecrets(line)).toBe(masked));

it.each([
  [
    'crawler-203-0-113-9.isp.example - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1"',
    'visitor - - [14/May/2024:14:05:23 +0000] "GET / HTTP/1.1"',
  ],
  ['192.0.2.1 - alice smith [14/May/2024:14:05:23 +0000] "GET /"', '192.0.2.1 - user [14/May/2024:14:05:23 +0000] "GET /"'],
  ['2001:db8::1 - - [14/May/2024:14:05:23 +0000] "GET /"', '2001:db8::1 - - [14/May/2024:14:05:23 +0000] "GET /"'],
  ['{"remote_ip":"192.0.2.1"}', '{"remote_ip":"192.0.2.1"}'],
])('people in %s', (line, masked) => expect(maskPeople(line)).toBe(masked));
