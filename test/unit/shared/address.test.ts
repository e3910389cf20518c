import { describe, expect, it } from 'vitest';
import { canonicalAddress, classify, parseCidrs } from '../../../src/shared/address';

describe('canonicalAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['203.0.113.7:51812', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[::ffff:10.0.0.1]:80', '10.0.0.1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::1', '::1'],
  ])('%s is %s', (field, address) => {
    expect(canonicalAddress(field)).toBe(address);
  });

  it.each([
    '',
    '-',
    'web.example.com',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1..2.3',
    '1.2.3.4x',
    '3232235777',
    '0x7f.1',
    ':80',
    'a:b',
    '12:00:00',
  ])('%j is no address', (field) => {
    expect(canonicalAddress(field)).toBeUndefined();
  });
});

describe('classify', () => {
  const { ranges } = parseCidrs(['203.0.113.0/24', '198.51.100.7', '2001:db8:1::/48', '10.9.0.0/16']);
  const none = parseCidrs([]).ranges;

  it.each([
    ['203.0.113.0', 'origin'],
    ['203.0.113.255', 'origin'],
    ['203.0.114.0', 'visitor'],
    ['203.0.112.255', 'visitor'],
    ['198.51.100.7', 'origin'],
    ['198.51.100.8', 'visitor'],
    ['2001:db8:1:ffff::1', 'origin'],
    ['2001:db8:2::1', 'visitor'],
    ['10.9.1.1', 'origin'],
    ['10.8.1.1', 'private'],
    ['172.15.255.255', 'visitor'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'visitor'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'visitor'],
    ['127.0.0.1', 'private'],
    ['169.254.1.1', 'private'],
    ['::1', 'private'],
    ['fe80::1', 'private'],
    ['fd00::1', 'private'],
    ['web.example.com', 'unparsed'],
    ['', 'unparsed'],
  ])('%s is %s', (address, expected) => {
    expect(classify(address, ranges)).toBe(expected);
  });

  it('tells public from private only, without ranges', () => {
    expect(classify('203.0.113.1', none)).toBe('public');
    expect(classify('2001:db8::1', none)).toBe('public');
    expect(classify('10.0.0.1', none)).toBe('private');
  });
});

describe('parseCidrs', () => {
  it('names what is no range', () => {
    const { ranges, invalid } = parseCidrs([
      '0.0.0.0/0',
      '1.2.3.4/33',
      'nonsense',
      '1.2.3/8',
      '::/129',
      'fe80::1%eth0/64',
      '',
      '10.0.0.0/8 ',
    ]);
    expect(invalid).toEqual(['1.2.3.4/33', 'nonsense', '1.2.3/8', '::/129', 'fe80::1%eth0/64', '']);
    expect(ranges.v4).toEqual([
      [0, 0xffffffff],
      [0x0a000000, 0x0affffff],
    ]);
  });

  it('takes a range whose address is not its first', () => {
    expect(classify('203.0.113.1', parseCidrs(['203.0.113.77/24']).ranges)).toBe('origin');
  });
});
