import { l10n } from 'vscode';
import type { BootFacts, HostFacts } from '../../core/facts';
import type { RebootWay } from '../../engine/reboot/startReboot';
import { kernelName } from './amount';
import { plain } from './hostile';
import { obstacleText } from './trial';

/**
 * What a person agrees to before a TOA kernel is booted: what happens, what comes back by itself and what does not, and who is
 * disturbed. `name` is the host's.
 */
export function consentText(name: string, facts: HostFacts, release: string, way: RebootWay): string {
  const words: Words = { host: plain(name), new: kernelName(plain(release)), old: kernelName(plain(facts.kernel.running)) };
  const paragraphs = way.kind === 'once' ? trialParagraphs(facts, way, words) : lastingParagraphs(facts, words);
  return [...paragraphs, disturbances(facts, way, words).join(' ')].join('\n\n');
}

type Words = Readonly<Record<'host' | 'new' | 'old', string>>;

const trialParagraphs = (facts: HostFacts, way: Extract<RebootWay, { kind: 'once' }>, words: Words): readonly string[] => [
  l10n.t(
    'It boots {new} once; {old} stays the default. When this editor reaches {host} on {new} and the module is loaded, {new} becomes the default.',
    words,
  ),
  l10n.t(
    'If it panics, does not find its disk or comes up without network, or if no editor confirms within {minutes} minutes, {host} reboots once more, into {old}.',
    { ...words, minutes: way.patience.sshSeconds / 60 },
  ),
  l10n.t(
    'What nothing returns from: a freeze before the system starts, or dead firmware. For these you need the console of {host}.',
    words,
  ) + watchdogText(facts.boot),
];

function lastingParagraphs(facts: HostFacts, words: Words): readonly string[] {
  const obstacle = facts.boot.once === undefined || facts.boot.once === 'possible' ? 'noConfig' : facts.boot.once;
  return [
    l10n.t(
      '{new} becomes the default kernel and {host} reboots into it. Its vmlinuz, initramfs and boot entry are checked first; {old} stays installed and in the boot menu.',
      words,
    ),
    l10n.t('{host} cannot boot a kernel just once: {reason}.', { ...words, reason: obstacleText(obstacle) }),
    l10n.t('Nothing returns by itself: if {new} does not come up, you need the console. Is the console of {host} reachable?', words),
  ];
}

/** What a hardware watchdog adds to a trial; a sentence to be appended. */
function watchdogText({ watchdog, watchdogStops }: BootFacts): string {
  if (watchdog === undefined) return '';
  if (watchdog !== 'unused')
    return ` ${l10n.t('Its hardware watchdog, fed by {0}, restarts a host that freezes later.', plain(watchdog, 64))}`;
  return watchdogStops === true
    ? ` ${l10n.t('Its hardware watchdog is fed during the trial and restarts a host that freezes later.')}`
    : ` ${l10n.t('Its hardware watchdog is not used: it is not known that it could be stopped again.')}`;
}

const disturbances = ({ boot, sessions, pendingShutdown }: HostFacts, way: RebootWay, words: Words): readonly string[] => [
  l10n.t('Open connections to {host} end.', words),
  ...(sessions === 0 ? [] : [sessions === 1 ? l10n.t('1 user is logged in.') : l10n.t('{0} users are logged in.', sessions)]),
  ...((boot.lacking ?? []).length === 0
    ? []
    : [l10n.t('{new} lacks modules that are loaded now: {modules}.', { ...words, modules: plain((boot.lacking ?? []).join(', '), 300) })]),
  ...((boot.backups ?? []).length === 0
    ? []
    : [l10n.t('What looks like a backup is running: {0}.', plain((boot.backups ?? []).join(', '), 100))]),
  ...(boot.kdump === true && way.kind === 'once'
    ? [l10n.t('A crash kernel is loaded there: after a panic it writes its dump before anything returns.')]
    : []),
  ...(pendingShutdown ? [l10n.t('A shutdown is pending there already.')] : []),
];
