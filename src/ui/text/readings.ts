import { l10n } from 'vscode';
import type { Exposure } from '../../core/exposure';
import type { Listener } from '../../core/facts';
import type { Verification } from '../../core/verification';
import { count } from './amount';
import { plain } from './hostile';

/** What a verification stands on: a command that reads the same by hand, and what it answered. */
export function readings({
  after,
  before,
  peers,
  sample,
  exposure,
  rewrites,
  seconds,
}: Verification): readonly (readonly [command: string, answer: string])[] {
  const { kernel, module } = after;
  const none = l10n.t('nothing');
  const modules = [...(module.loaded ? ['toa'] : []), ...module.lookalikes].join(', ');
  return [
    ['rpm -q kernel', plain(kernel.installed.map(({ release }) => release).join(', '), 400) || none],
    ['uname -r', plain(kernel.running)],
    [
      'cat /proc/sys/kernel/random/boot_id',
      before.bootId === after.bootId
        ? plain(after.bootId)
        : l10n.t('{0}, then {1}: the host was restarted', plain(before.bootId), plain(after.bootId)),
    ],
    ['cut -d" " -f1 /proc/modules | grep toa', plain(modules) || none],
    ['cat /proc/net/toa_stats', countersText(module.countersReadable)],
    ['awk \'$4 == "0A"\' /proc/net/tcp /proc/net/tcp6', after.listeners.map(listenerText).join(', ') || none],
    ...(peers === undefined ? [] : [['awk \'$4 != "0A"\' /proc/net/tcp /proc/net/tcp6', peersText(peers, Math.round(seconds))] as const]),
    ...(sample === undefined ? [] : [[`tail -n ${sample.lines} ${plain(sample.path)}`, l10n.t('{0} lines', count(sample.lines))] as const]),
    ...(rewrites === undefined
      ? []
      : [[REWRITES, plain([...rewrites.directives, ...(rewrites.lookups ? ['HostnameLookups'] : [])].join(', '), 400) || none] as const]),
    ...(exposure === undefined ? [] : [['iptables-save -t filter', exposure.map(exposureText).join('; ') || none] as const]),
  ];
}

/** By hand, as near as one line comes to it. */
const REWRITES = "grep -rhiE 'real_ip|remoteip|hostnamelook' /etc/nginx /etc/httpd";

const MOST_PEERS = 20;

function peersText(peers: readonly string[], seconds: number): string {
  if (peers.length === 0) return l10n.t('{0} raw peers in {1} s', count(0), seconds);
  const shown = plain(peers.slice(0, MOST_PEERS).join(', '), 1000);
  return l10n.t('{0} raw peers in {1} s: {2}', count(peers.length), seconds, peers.length > MOST_PEERS ? `${shown}, …` : shown);
}

function countersText(readable: 'yes' | 'denied' | 'absent'): string {
  switch (readable) {
    case 'yes':
      return l10n.t('see the counters');
    case 'denied':
      return l10n.t('readable by root only');
    case 'absent':
      return l10n.t('not there');
  }
}

function listenerText({ address, port, family, provenDual }: Listener): string {
  const at = address.includes(':') ? `[${plain(address)}]:${port}` : `${plain(address)}:${port}`;
  switch (family) {
    case 'ipv4':
      return `${at} IPv4`;
    case 'ipv6':
      return `${at} IPv6`;
    case 'dual':
      return provenDual ? l10n.t('{0} dual-stack', at) : l10n.t('{0} presumably dual-stack', at);
  }
}

/** Who may open a connection to a port, by the host's own rules. */
export function exposureText({ port, admits, sources }: Exposure): string {
  switch (admits) {
    case 'open':
      return l10n.t('{0}: open to everybody', port);
    case 'limited':
      return sources.length === 0
        ? l10n.t('{0}: open to nobody', port)
        : l10n.t('{0}: limited to {1}', port, plain(sources.join(', '), 400));
    case 'unknown':
      return l10n.t('{0}: cannot be told from the rules', port);
  }
}

/** What a verification has not looked at, or could not read: no finding says nothing about it. */
export function notChecked(verification: Verification, ownAddress: boolean): readonly string[] {
  const { after, peers, sample, rewrites, exposure } = verification;
  const others = after.logs.map(({ path }) => path).filter((path) => path !== sample?.path);
  return [
    ...(ownAddress ? [] : [l10n.t('A connection with an own address: “TOA: Test with My Address” makes it')]),
    ...(after.module.loaded && after.module.counters === undefined ? [l10n.t('The counters, which could not be read')] : []),
    ...(peers === undefined ? [l10n.t('Raw TCP peers, which could not all be read')] : []),
    ...(sample === undefined ? [l10n.t('The access log: none could be read, or none holds a line')] : []),
    ...(others.length === 0 ? [] : [l10n.t('Other logs: {0}', plain(others.join(', '), 400))]),
    ...(rewrites === undefined ? [l10n.t('The web server’s configuration (realip, HostnameLookups), which could not be read')] : []),
    ...(exposure === undefined ? [l10n.t('The host’s own firewall rules, which only root can read')] : []),
    l10n.t('What stands before the host: security groups, the Anti-DDoS rule itself, the options on the wire'),
  ];
}
