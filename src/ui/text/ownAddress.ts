import { l10n } from 'vscode';
import type { ConditionResult, OwnAddressCondition, OwnAddressFault } from '../../core/ownAddress';
import { count } from './amount';
import type { DiagnosisText } from './diagnosis';
import { plain } from './hostile';

/** A condition of level 5, as a sentence that holds or does not. */
export function conditionText(condition: OwnAddressCondition): string {
  switch (condition) {
    case 'open':
      return l10n.t('One connection through the protected address stayed open');
    case 'peer':
      return l10n.t('Meanwhile the origin had a TCP peer inside the back-to-origin ranges');
    case 'line':
      return l10n.t('The token’s log line carries the tester’s public address');
    case 'nobody':
      return l10n.t('That address was nobody’s raw TCP peer');
    case 'delivered':
      return l10n.t('getname_toa_ok rose');
  }
}

/** What a condition was read from, in a few words. */
export function conditionSeen({ condition, met, seen, fault }: ConditionResult): string {
  if (!met) return fault === undefined ? l10n.t('not tested') : faultText(fault).seen;
  switch (condition) {
    case 'open':
      return seen === undefined ? l10n.t('from another machine') : l10n.t('to {0}', plain(seen));
    case 'nobody':
      return l10n.t('{0} raw peers', plain(seen ?? ''));
    default:
      return plain(seen ?? '');
  }
}

/** Why a condition does not hold, and what to do; values from the host are made plain. */
export function faultText(fault: OwnAddressFault): DiagnosisText {
  switch (fault.code) {
    case 'rangesNotSet':
      return {
        seen: l10n.t('toa.backToOriginCidrs is empty'),
        cause: l10n.t('Without the ranges no peer can be told to be the scrubbing centre: level 5 cannot be reached'),
        toDo: l10n.t('Set the back-to-origin ranges of your instance'),
      };
    case 'notLoaded':
      return {
        seen: l10n.t('/proc/modules has no line whose first word is toa'),
        cause: l10n.t('The module is not loaded, and only connections opened after it loaded count'),
        toDo: l10n.t('Load the module, then test again'),
      };
    case 'noListener':
      return {
        seen: l10n.t('no web port is listened on'),
        cause: l10n.t('No web server was found on the host'),
        toDo: l10n.t('Start the web server; as root its ports are found by themselves'),
      };
    case 'countersUnread':
      return {
        seen: l10n.t('/proc/net/toa_stats could not be read'),
        cause: l10n.t('The counters are readable by root only, or are not there'),
        toDo: l10n.t('Sign in as a user who may use sudo, then test again'),
      };
    case 'notReached':
      return {
        seen: l10n.t('no connection: {0}', plain(fault.reason)),
        cause: l10n.t('The protected address could not be reached from this machine'),
        toDo: l10n.t('Check address, port and the port forwarding rule, or test from another machine'),
      };
    case 'toOrigin':
      return {
        seen: l10n.t('the connection led to {0}, the origin itself', plain(fault.address)),
        cause: l10n.t('A direct connection to the origin, past Anti-DDoS'),
        toDo: l10n.t('Give the protected address of the Anti-DDoS instance; check the DNS record and the hosts file'),
      };
    case 'closedEarly':
      return {
        seen: fault.answered
          ? l10n.t('the far end closed the connection after {0} s', fault.seconds)
          : l10n.t('the far end closed the connection after {0} s, without an answer', fault.seconds),
        cause: l10n.t('Keep-alive is off in the web server, or something on the way ends the connection'),
        toDo: l10n.t('Turn keep-alive on for the test (httpd: KeepAlive On), and check the idle timeout of the forwarding rule'),
      };
    case 'peersUnread':
      return {
        seen: l10n.t('not all connections could be read'),
        cause: l10n.t('/proc/net/tcp holds more than can be judged, or is not readable'),
        toDo: l10n.t('Test again when there is less traffic'),
      };
    case 'noPeer':
      return {
        seen:
          fault.outside.length === 0
            ? l10n.t('no new TCP peer inside the ranges stayed while the connection was open')
            : l10n.t('no new TCP peer inside the ranges; outside of them: {0}', plain(fault.outside.join(', '))),
        cause:
          fault.outside.length === 0
            ? l10n.t(
                'The connection ended before this origin: website service, a proxy that keeps connections of its own, or another origin',
              )
            : l10n.t('A direct connection to the origin, or ranges that are not complete'),
        toDo:
          fault.outside.length === 0
            ? l10n.t('Check that the rule is port forwarding and that it leads to this host')
            : l10n.t('Use the protected address, and compare the ranges with the console’s'),
      };
    case 'noLine':
      return {
        seen:
          fault.status === undefined
            ? l10n.t('no line with the token in {0} s', fault.seconds)
            : l10n.t('no line with the token in {0} s, although the answer was {1}', fault.seconds, fault.status),
        cause:
          fault.logs.length === 0
            ? l10n.t('No access log could be read')
            : l10n.t(
                'The request is logged elsewhere, in blocks that are not full yet, or by another origin; watched: {0}',
                plain(fault.logs.join(', ')),
              ),
        toDo: l10n.t('Name the site’s log in toa.hosts; nginx writes at once without buffer= in access_log'),
      };
    case 'lineUnread':
      return {
        seen: l10n.t('the token’s line holds no address'),
        cause: l10n.t('The format of the log is not known, or leaves the client out'),
        toDo: l10n.t('Begin the log format with the client’s address ($remote_addr, %h)'),
      };
    case 'hostName':
      return {
        seen: l10n.t('the token’s line begins with the name {0}', plain(fault.name)),
        cause: l10n.t('HostnameLookups: the server logs names in place of addresses'),
        toDo: l10n.t('Set HostnameLookups Off, or log %a'),
      };
    case 'lineShowsOrigin':
      return {
        seen: l10n.t('the token’s line carries {0}, a back-to-origin address', plain(fault.address)),
        cause: fault.received
          ? l10n.t('The kernel receives addresses, and the application did not get this one')
          : l10n.t('No address came with this connection, or its listener is dual-stack'),
        toDo: l10n.t('See the findings: port forwarding rule, listener, option kind'),
      };
    case 'linePrivate':
      return {
        seen: l10n.t('the token’s line carries {0}, a private address', plain(fault.address)),
        cause: l10n.t('The tester comes from a private network, or a load balancer stands between'),
        toDo: l10n.t('Test from a machine that reaches the protected address over the Internet'),
      };
    case 'notMine':
      return {
        seen: l10n.t('the token’s line carries {0}, the tester’s address is {1}', plain(fault.address), plain(fault.expected)),
        cause: l10n.t('Something else than the module wrote this address, or the tester leaves by another address'),
        toDo: l10n.t('Compare with what a page such as “what is my IP” shows on the tester’s machine'),
      };
    case 'forwardedFor':
      return {
        seen: l10n.t('X-Forwarded-For of the token’s line is {0}', plain(fault.value)),
        cause: l10n.t('A layer-7 proxy is on the way: website service, where TOA is not what brings the address'),
        toDo: l10n.t('Check that the Anti-DDoS rule is port forwarding; X-Forwarded-For is no proof'),
      };
    case 'tookForwardedFor':
      return {
        seen: l10n.t('the token’s line carries {0}, which our X-Forwarded-For named', plain(fault.address)),
        cause: l10n.t('The server logs X-Forwarded-For in place of the socket’s address, whoever sends it'),
        toDo: l10n.t('Log the socket’s address ($remote_addr without realip, %a without mod_remoteip)'),
      };
    case 'rewritten':
      return {
        seen: l10n.t('the server’s configuration has {0}', plain(fault.directives.join(', '))),
        cause: l10n.t('The logged address may come from a header (realip), which is no proof'),
        toDo: l10n.t('Take the ranges out of realip for the test, or log $realip_remote_addr in a log of its own'),
      };
    case 'rawPeer':
      return {
        seen: l10n.t('{0} is itself a TCP peer of the origin', plain(fault.address)),
        cause: l10n.t('A direct connection to the origin, past Anti-DDoS'),
        toDo: l10n.t('Close direct connections from that address and use the protected address'),
      };
    case 'notDelivered':
      return {
        seen:
          fault.received > 0
            ? l10n.t('getname_toa_ok flat, syn_recv_sock_toa +{0}', count(fault.received))
            : l10n.t('getname_toa_ok and syn_recv_sock_toa flat'),
        cause:
          fault.received > 0
            ? l10n.t('The application never asks for the peer’s address')
            : l10n.t('No address came with the connection; one from before the module was loaded has none'),
        toDo: l10n.t('See the findings: port forwarding rule, listener, option kind'),
      };
  }
}
