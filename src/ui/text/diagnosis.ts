import { l10n } from 'vscode';
import type { Diagnosis } from '../../core/diagnosis';
import { count } from './amount';
import { plain } from './hostile';

/** A finding in the three parts that a person needs. */
export interface DiagnosisText {
  readonly seen: string;
  readonly cause: string;
  readonly toDo: string;
}

/** The words of a diagnosis; values from the host are made plain. */
export function diagnosisText(diagnosis: Diagnosis): DiagnosisText {
  switch (diagnosis.code) {
    case 'dualStack':
      return {
        seen: diagnosis.traffic
          ? l10n.t('Counters flat under traffic, listener [{0}]:{1}', plain(diagnosis.address), diagnosis.port)
          : l10n.t('Counters flat, listener [{0}]:{1}', plain(diagnosis.address), diagnosis.port),
        cause: diagnosis.proven
          ? l10n.t('Dual-stack listener (an IPv4 peer was seen on it), IPv4-only module')
          : l10n.t('Presumably a dual-stack listener, IPv4-only module'),
        toDo: l10n.t('Listen on 0.0.0.0:{0}, restart the server, check again', diagnosis.port),
      };
    case 'otherTraffic':
      return {
        seen: l10n.t('syn_recv_sock_no_toa rises (+{0}), syn_recv_sock_toa flat', count(diagnosis.noToa)),
        cause: l10n.t('Traffic does not come by port forwarding, or carries another option'),
        toDo: l10n.t('Check that the Anti-DDoS rule is port forwarding'),
      };
    case 'notAsked':
      return {
        seen: l10n.t('syn_recv_sock_toa rises (+{0}), getname_toa_ok flat', count(diagnosis.received)),
        cause: l10n.t('The application never asks for the peer’s address'),
        toDo: l10n.t('Check the log format and what writes it'),
      };
    case 'hooksTaken':
      return {
        seen: [
          l10n.t('getname_toa_mismatch +{0}, getname_toa_bypass +{1}', count(diagnosis.mismatch), count(diagnosis.bypass)),
          ...(diagnosis.lookalikes.length === 0 ? [] : [l10n.t('loaded beside it: {0}', plain(diagnosis.lookalikes.join(', ')))]),
        ].join('; '),
        cause: l10n.t('Something else uses the socket’s hooks'),
        toDo: l10n.t('Look for a second TOA-like module; never unload one live'),
      };
    case 'directVisitors':
      return {
        seen: l10n.t('{0} raw peers are public and outside the ranges: {1}', count(diagnosis.count), plain(diagnosis.peers.join(', '))),
        cause: l10n.t('Visitors reach the origin directly, past Anti-DDoS'),
        toDo: l10n.t('Let only your back-to-origin ranges in; check that the ranges are complete'),
      };
    case 'forwardedFor':
      return {
        seen: l10n.t('X-Forwarded-For is filled in {0} of {1} log lines', count(diagnosis.lines), count(diagnosis.of)),
        cause: l10n.t('The traffic comes by website service (layer 7)'),
        toDo: l10n.t('Log X-Forwarded-For; TOA is not needed for it'),
      };
    case 'oldConnections':
      return {
        seen: l10n.t('The log grows, and no connection was opened meanwhile: syn_recv_sock_toa and …_no_toa flat'),
        cause: l10n.t('Keep-alive connections from before the window; one from before the module was loaded never carries an address'),
        toDo: l10n.t('Wait until they have ended, or reload the web server, then check again'),
      };
    case 'hostNames':
      return {
        seen: l10n.t('{0} of {1} log lines begin with a host name', count(diagnosis.lines), count(diagnosis.of)),
        cause: l10n.t('HostnameLookups: the server logs names in place of addresses'),
        toDo: l10n.t('Set HostnameLookups Off, or log %a'),
      };
    case 'realip':
      return {
        seen: l10n.t('The server’s configuration has {0}', plain(diagnosis.directives.join(', '))),
        cause: l10n.t('The server may log an address that a header has brought (realip), which is no proof'),
        toDo: l10n.t('Log the socket’s address beside it ($realip_remote_addr), and judge by that'),
      };
    case 'exposed':
      return {
        seen:
          diagnosis.sources.length === 0
            ? l10n.t('The host’s own firewall rules let everybody in to {0}', diagnosis.ports.join(', '))
            : l10n.t('The host’s own firewall rules let {0} in to {1}', plain(diagnosis.sources.join(', ')), diagnosis.ports.join(', ')),
        cause: l10n.t(
          'Whoever reaches the origin past Anti-DDoS can forge a visitor’s address: the module believes the option from any peer',
        ),
        toDo: l10n.t('Admit only the back-to-origin ranges, here or in the cloud’s security group, which is not seen from the host'),
      };
    case 'rangesNotSet':
      return {
        seen: l10n.t('toa.backToOriginCidrs is empty'),
        cause: l10n.t('A public address in the log cannot be told from the scrubbing centre'),
        toDo: l10n.t('Set the back-to-origin ranges of your instance'),
      };
  }
}
