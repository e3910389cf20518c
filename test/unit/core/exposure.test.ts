import { describe, expect, it } from 'vitest';
import { exposureOf } from '../../../src/core/exposure';
import { parseCidrs } from '../../../src/shared/address';

const { ranges } = parseCidrs(['198.51.100.0/24']);
/** The output of firewall.sh with these lines of iptables-save's filter table. */
const filter = (...lines: string[]): string => ['root', '*filter', ...lines, 'COMMIT', 'end', ''].join('\n');
const judge = (output: string, port = 80) => exposureOf(output, [port], ranges)?.[0];

const EL6 = [
  ':INPUT ACCEPT [0:0]',
  ':FORWARD ACCEPT [0:0]',
  ':OUTPUT ACCEPT [10:1200]',
  '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
  '-A INPUT -p icmp -j ACCEPT',
  '-A INPUT -i lo -j ACCEPT',
  '-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT',
  '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
];
/** As firewalld writes it on EL7 (from its source, zone public). */
const firewalld = (...allowed: string[]): string =>
  filter(
    ':INPUT ACCEPT [0:0]',
    ...['INPUT_ZONES', 'INPUT_ZONES_SOURCE', 'INPUT_direct', 'IN_public', 'IN_public_allow', 'IN_public_deny', 'IN_public_log'].map(
      (name) => `:${name} - [0:0]`,
    ),
    ':IN_trusted - [0:0]',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -i lo -j ACCEPT',
    '-A INPUT -j INPUT_direct',
    '-A INPUT -j INPUT_ZONES_SOURCE',
    '-A INPUT -j INPUT_ZONES',
    '-A INPUT -m conntrack --ctstate INVALID -j DROP',
    '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
    '-A INPUT_ZONES -i eth0 -g IN_public',
    '-A INPUT_ZONES -g IN_public',
    '-A IN_public -j IN_public_log',
    '-A IN_public -j IN_public_deny',
    '-A IN_public -j IN_public_allow',
    '-A IN_public -p icmp -j ACCEPT',
    '-A IN_public_allow -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT',
    '-A IN_trusted -j ACCEPT',
    ...allowed,
  );

describe('who the host’s own rules let in', () => {
  it('everybody, where there are no rules', () => {
    expect(judge('root\nend\n')).toEqual({ port: 80, admits: 'open', sources: [], foreign: [] });
  });
  it('EL6’s own rules', () => {
    expect(judge(filter(...EL6))).toMatchObject({ admits: 'limited', sources: [] });
    expect(judge(filter(...EL6), 22)).toMatchObject({ admits: 'open' });
  });
  it('firewalld’s zones', () => {
    expect(judge(firewalld())).toMatchObject({ admits: 'limited' });
    expect(judge(firewalld('-A IN_public_allow -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'))).toMatchObject({
      admits: 'open',
    });
    const zone = judge(firewalld('-A INPUT_ZONES_SOURCE -s 198.51.100.0/24 -g IN_trusted'));
    expect(zone).toEqual({ port: 80, admits: 'limited', sources: ['198.51.100.0/24'], foreign: [] });
  });
  it('only the ranges, private networks, and others that are named', () => {
    const allow = (source: string): string => `-A INPUT -s ${source} -p tcp -m multiport --dports 80,443 -j ACCEPT`;
    const rules = filter(':INPUT DROP [0:0]', allow('198.51.100.0/25'), allow('10.0.0.0/8'), allow('203.0.113.7/32'));
    expect(judge(rules)).toEqual({
      port: 80,
      admits: 'limited',
      sources: ['198.51.100.0/25', '10.0.0.0/8', '203.0.113.7/32'],
      foreign: ['203.0.113.7/32'],
    });
    const except = filter(':INPUT ACCEPT [0:0]', '-A INPUT ! -s 198.51.100.0/24 -p tcp -m tcp --dport 80 -j DROP');
    expect(judge(except)).toMatchObject({ admits: 'limited', sources: ['198.51.100.0/24'] });
    expect(judge(except, 81)).toMatchObject({ admits: 'open' });
  });
  it.each([
    ['a set that nobody reads', '-A INPUT -p tcp -m set --match-set scrub src -j ACCEPT', 'unknown'],
    ['a limit', '-A INPUT -p tcp -m tcp --dport 80 -m limit --limit 5/sec -j ACCEPT', 'unknown'],
    ['a target of another kind', '-A INPUT -p tcp -j SYNPROXY', 'unknown'],
    ['a chain that is not there', '-A INPUT -j f2b-nginx', 'unknown'],
    ['another destination', '-A INPUT -d 192.0.2.10/32 -p tcp -j ACCEPT', 'unknown'],
    ['a comment, a log and another protocol', '-A INPUT -p tcp -m comment --comment "-j ACCEPT" -j LOG --log-prefix "x "', 'limited'],
    ['udp', '-A INPUT -p udp -m udp --dport 80 -j ACCEPT', 'limited'],
    ['an interface other than lo', '-A INPUT ! -i lo -p tcp -j ACCEPT', 'open'],
    ['the beginning of a connection', '-A INPUT -p tcp -m tcp --dport 1:1024 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT', 'open'],
  ])('%s', (_what, rule, admits) => expect(judge(filter(':INPUT DROP [0:0]', rule))?.admits).toBe(admits));
  it('a match that cannot be judged matters only where it decides', () => {
    expect(judge(filter(':INPUT ACCEPT [0:0]', '-A INPUT -i eth0 -p tcp -j ACCEPT', '-A INPUT -p tcp -j ACCEPT'))?.admits).toBe('open');
  });
  it('chains that call one another end', () => {
    const loop = filter(':INPUT DROP [0:0]', ':a - [0:0]', ':b - [0:0]', '-A INPUT -j a', '-A a -j b', '-A b -j a');
    expect(judge(loop)?.admits).toBe('unknown');
  });
  it('nothing without root or a whole answer, and unknown beside rules of nftables', () => {
    expect(judge('end\n')).toBeUndefined();
    expect(judge('root\n*filter\n')).toBeUndefined();
    expect(judge('root\nnft input\nend\n')?.admits).toBe('unknown');
    expect(judge('root\niptables unread\nend\n')?.admits).toBe('unknown');
  });
});
