import { l10n } from 'vscode';
import type { Rung } from '../../core/evidence';
import type { PanelVerdict } from '../../core/log/verdict';
import type { PanelButton, PanelStatus } from '../../shared/protocol';
import type { HostView } from '../../engine/hostStore';
import { kernelName } from '../text/amount';
import { diagnosisText } from '../text/diagnosis';
import { levelText } from '../text/evidence';
import { plain } from '../text/hostile';
import { age, clockTime } from '../text/time';
import { stateLabel } from '../text/state';
import { verdictText as verdictHeading } from '../text/verdict';

type VerdictStatus = PanelStatus['verdict'];

/** The verdict in words, with the evidence ladder and the next step. `visitors`: the log has shown some since the boot. */
export function verdictText(verdict: PanelVerdict, view: HostView, visitors: boolean, now: number): Omit<VerdictStatus, 'kernel' | 'log'> {
  const { level } = verdict;
  const seen = view.probedAt !== undefined && view.stale ? `, ${age(view.probedAt, now)}` : '';
  return {
    tone: verdict.tone,
    icon: iconOf(verdict),
    heading: headingOf(verdict),
    level:
      level === undefined
        ? stateLabel(view.state)
        : level === -1
          ? l10n.t('no evidence yet')
          : l10n.t('evidence {0} of 5: {1}', level, levelText(level).toLowerCase()) + seen,
    text: textOf(verdict, view, visitors),
    why: whyOf(verdict),
    buttons: buttonsOf(verdict, view),
    ladder: LEVELS.map((rungLevel) => {
      const rung = verdict.ladder.find((one) => one.level === rungLevel);
      const done = level !== undefined && rungLevel <= level;
      return {
        label: `${rungLevel} ${levelText(rungLevel)}`,
        small: rung === undefined ? '' : smallText(rung, verdict),
        look: done ? 'done' : verdict.stop === rungLevel ? 'stop' : 'open',
        top: rungLevel === level,
      };
    }),
  };
}

const LEVELS = [0, 1, 2, 3, 4, 5] as const;

/** Short names of code and state: never green but for proven. */
function iconOf({ code, tone }: PanelVerdict): string {
  if (code === 'arrive') return 'pass-filled';
  if (code === 'lastKnown') return 'history';
  if (code === 'likely') return 'pass';
  if (code === 'rangesNotSet') return 'info';
  return tone === 'attention' ? 'warning' : 'circle-large';
}

const headingOf = ({ code }: PanelVerdict): string =>
  code === 'lastKnown' ? l10n.t('Last known: visitors’ addresses arrive') : verdictHeading(code);

function textOf(verdict: PanelVerdict, { host, state }: HostView, visitors: boolean): string {
  switch (verdict.code) {
    case 'arrive':
    case 'lastKnown':
      return verdict.proof === undefined
        ? ''
        : l10n.t(
            'Proven at {0} by an own request: {1} shows {2}, while the raw peer of the same connection was the back-to-origin address {3}.',
            clockTime(verdict.proof.at),
            plain(verdict.proof.log),
            plain(verdict.proof.address),
            plain(verdict.proof.peer),
          );
    case 'likely':
      return l10n.t('The counter rises, and logged visitors were nobody’s raw peer. Only a request with an own address proves it.');
    case 'notArrive':
      return verdict.level === -1
        ? l10n.t('Every public address in the log lies in your back-to-origin ranges. TOA is not installed on {0}.', host.name)
        : verdict.level === 0
          ? l10n.t(
              'Every public address in the log lies in your back-to-origin ranges. The TOA kernel on {0} waits for a reboot.',
              host.name,
            )
          : l10n.t('Every public address in the log lies in your back-to-origin ranges.');
    case 'rangesNotSet':
      return l10n.t(
        'Without them a visitor cannot be told from the scrubbing centre. Copy the ranges from the Anti-DDoS console, or read them with DescribeBackSourceCidr.',
      );
    case 'nothingYet':
      return nothingText(verdict, state.kind === 'unknown', visitors, host.name);
    case 'notLoaded':
      return l10n.t('The module is not in /proc/modules. Load it, then only connections opened from then on count.');
    case 'loadedNothing':
    case 'receivedNotAsked':
    case 'forwardedFor':
      return '';
  }
}

function nothingText({ level }: PanelVerdict, unknown: boolean, visitors: boolean, host: string): string {
  if (unknown || level === undefined) return l10n.t('{0} has not been probed, and the log alone proves nothing.', host);
  if (level < 2) {
    return visitors
      ? l10n.t('TOA is not at work on {0}. A visitor in its log came another way, straight to the origin for instance.', host)
      : l10n.t('TOA is not at work on {0}, and its log has shown nothing since the boot that could be judged.', host);
  }
  if (level === 2) return l10n.t('The module is loaded, and neither counters nor log have shown a connection that could be judged.');
  return l10n.t('The counters rise. Addresses outside your ranges prove nothing yet: scanners reach an origin directly.');
}

/** Seen, cause, to do. */
function whyOf({ code, diagnosis }: PanelVerdict): readonly (readonly [string, string])[] {
  const rows = (seen: string, cause: string, todo: string): readonly (readonly [string, string])[] => [
    [l10n.t('Seen'), seen],
    [l10n.t('Cause'), cause],
    [l10n.t('To do'), todo],
  ];
  switch (diagnosis?.code) {
    case 'dualStack':
      return rows(
        l10n.t('Counters stay flat while the log grows; the listener is [{0}]:{1}.', plain(diagnosis.address), diagnosis.port),
        diagnosis.proven
          ? l10n.t('The listener is dual-stack (IPv6 and IPv4). This module handles IPv4 listeners only.')
          : l10n.t('The listener is presumably dual-stack (IPv6 and IPv4). This module handles IPv4 listeners only.'),
        l10n.t('Make the server listen on 0.0.0.0:{0}, restart it, then check again.', diagnosis.port),
      );
    case 'otherTraffic':
      return rows(
        l10n.t('syn_recv_sock_no_toa rises, syn_recv_sock_toa is flat.'),
        l10n.t('Traffic does not come by port forwarding, or carries another option.'),
        l10n.t('Check that the Anti-DDoS rule is port forwarding.'),
      );
    case 'notAsked':
      return rows(
        l10n.t('syn_recv_sock_toa rises, getname_toa_ok is flat.'),
        l10n.t('The application never asks for the peer’s address.'),
        l10n.t('Check the log format and what writes it.'),
      );
    case 'hooksTaken':
      return rows(
        l10n.t('getname_toa_mismatch or getname_toa_bypass rises.'),
        l10n.t('Something else uses the socket’s hooks.'),
        l10n.t('Look for a second TOA-like module; never unload one live.'),
      );
    case 'oldConnections': {
      const { seen, cause, toDo } = diagnosisText(diagnosis);
      return rows(`${seen}.`, `${cause}.`, `${toDo}.`);
    }
    default:
      return code === 'loadedNothing'
        ? rows(
            l10n.t('The log grows, and every public address in it lies in your back-to-origin ranges.'),
            l10n.t('Not known yet: the counters give no hint.'),
            l10n.t('Check again under traffic.'),
          )
        : [];
  }
}

function buttonsOf({ code, level }: PanelVerdict, view: HostView): readonly PanelButton[] {
  if (code === 'rangesNotSet') return [{ action: 'setRanges', label: l10n.t('Set Back-to-Origin Ranges…') }];
  if (view.state.kind === 'unsupported' || view.busy !== undefined) return [];
  if (level === undefined) return [{ action: 'refresh', label: l10n.t('Refresh') }];
  if (code === 'arrive') return [];
  if (level === -1) return code === 'notArrive' ? [{ action: 'install', label: l10n.t('Install TOA…') }] : [];
  if (level === 0) return [{ action: 'reboot', label: l10n.t('Reboot…') }];
  if (level === 1) return [{ action: 'load', label: l10n.t('Load Module') }];
  const verify = { action: 'verify', label: l10n.t('Check Again') } as const;
  // Where nothing arrives there is nothing to prove yet.
  return level >= 3 && code !== 'notArrive' ? [{ action: 'ownAddress', label: l10n.t('Test with My Address') }, verify] : [verify];
}

function smallText(rung: Rung, verdict: PanelVerdict): string {
  switch (rung.level) {
    case 0:
      return rung.reached ? plain(kernelName(rung.read.installed.at(-1) ?? '')) : l10n.t('not installed');
    case 1:
      return rung.reached ? l10n.t('TOA kernel runs') : '';
    case 2:
      return rung.reached ? l10n.t('module is loaded') : '';
    case 3:
    case 4:
      if (rung.read.rise === undefined) return '';
      return rung.reached ? l10n.t('counter rises') : l10n.t('counter is flat');
    case 5:
      if (rung.read.proof !== undefined) return l10n.t('at {0}', clockTime(rung.read.proof.at));
      return verdict.code === 'rangesNotSet' ? l10n.t('needs the ranges') : '';
  }
}
