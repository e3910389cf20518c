import { l10n, MarkdownString } from 'vscode';
import { evidenceLadder } from '../../core/evidence';
import type { Ability } from '../can';
import type { HostView } from '../../engine/hostStore';
import { kernelName } from '../text/amount';
import { levelText, rungText } from '../text/evidence';
import { markdownCode, markdownText } from '../text/hostile';
import { problemText } from '../text/problem';
import { openSshNeed } from '../text/problem/connecting';
import { hasEvidence, stateLabel, stateMeaning } from '../text/state';
import { age, dateTime } from '../text/time';
import { lookKind, lookMarkdown } from './look';

const LINKS: readonly (readonly [Ability, string, () => string])[] = [
  ['signIn', 'toa.signIn', () => l10n.t('Sign in')],
  ['follow', 'toa.follow', () => l10n.t('Follow run')],
  ['repair', 'toa.repair', () => l10n.t('Repair')],
  ['install', 'toa.install', () => l10n.t('Install TOA')],
  ['reboot', 'toa.reboot', () => l10n.t('Reboot')],
  ['keep', 'toa.keepKernel', () => l10n.t('Keep TOA kernel')],
  ['return', 'toa.returnNow', () => l10n.t('Return now')],
  ['hold', 'toa.hold', () => l10n.t('Hold 30 minutes')],
  ['load', 'toa.loadModule', () => l10n.t('Load module')],
  ['log', 'toa.openLog', () => l10n.t('Open log')],
  ['verify', 'toa.verify', () => l10n.t('Verify')],
  ['ownAddress', 'toa.ownAddress', () => l10n.t('Test with my address')],
  ['report', 'toa.showReport', () => l10n.t('Show report')],
];

/** The evidence behind a host's state, with the commands that can follow. Only our own commands are trusted. */
export function hostTooltip(view: HostView, abilities: ReadonlySet<Ability>, now: number): MarkdownString {
  const links = LINKS.filter(([ability]) => abilities.has(ability));
  const blocks = [
    heading(view),
    stateLine(view, now),
    meaning(view),
    ...byOpenSsh(view),
    lastKnown(view, now),
    ladder(view),
    system(view),
    linkLine(view, links),
  ];
  const tooltip = new MarkdownString(blocks.filter((block) => block !== '').join('\n\n'));
  tooltip.supportThemeIcons = true;
  tooltip.isTrusted = { enabledCommands: links.map(([, command]) => command) };
  return tooltip;
}

function heading({ host }: HostView): string {
  const where = host.address === undefined ? [] : [markdownText(host.port === undefined ? host.address : `${host.address}:${host.port}`)];
  return [`**${markdownText(host.name)}**`, ...where, ...(host.group === undefined ? [] : [markdownText(host.group)])].join(' · ');
}

function stateLine(view: HostView, now: number): string {
  const { probedAt, state } = view;
  const reached = hasEvidence(state);
  const when = probedAt === undefined || !reached ? '' : `, ${l10n.t('probed {0}', age(probedAt, now))}`;
  const stale = view.stale && reached && probedAt !== undefined;
  const kind = lookKind(view);
  const line = `${lookMarkdown(kind)} **${markdownText(stateLabel(state))}**${when}`;
  return stale ? `${line}\n\n${markdownText(l10n.t('Last probe {0}. This is what was true then.', dateTime(probedAt)))}` : line;
}

function meaning(view: HostView): string {
  const { state } = view;
  if (state.kind === 'unreachable' || state.kind === 'needsSignIn')
    return markdownText(problemText(state.problem, { host: view.host.name }).message, 900);
  return markdownText(stateMeaning(view), 900);
}

/** A line for each hop that goes by the system's OpenSSH client, and why. */
function byOpenSsh({ host, byOpenSsh: hops }: HostView): string[] {
  return hops.map(({ hop, need }) => {
    const reason = openSshNeed(need);
    const words =
      hop === host.name ? l10n.t('Goes by the ssh command: {0}', reason) : l10n.t('The hop {0} goes by the ssh command: {1}', hop, reason);
    return `$(terminal) ${markdownText(words, 300)}`;
  });
}

/** Of a host that cannot be reached: what it was, and when; the evidence below it is of then. */
function lastKnown({ state, lastState, probedAt }: HostView, now: number): string {
  if (hasEvidence(state) || lastState === undefined || probedAt === undefined) return '';
  return `$(history) ${markdownText(l10n.t('Last known: {0}, {1}', stateLabel(lastState), age(probedAt, now)))}`;
}

function ladder({ facts, memory, state }: HostView): string {
  // A host that cannot take TOA, or has none of it, has no ladder to climb.
  if (facts === undefined || state.kind === 'unsupported' || state.kind === 'notInstalled') return '';
  const rows = evidenceLadder(facts, memory).map(
    (rung) => `|${rung.reached ? '$(check)' : '$(dash)'}|${rung.level}|${levelText(rung.level)}|${markdownText(rungText(rung), 200)}|`,
  );
  return ['---\n\n|||||', '|---|---|---|---|', ...rows].join('\n');
}

function system({ facts }: HostView): string {
  if (facts === undefined) return '';
  const original = facts.record.originalKernel;
  const parts = [
    `${markdownText(facts.system.name, 120)} ${markdownText(facts.arch, 20)}`,
    `${l10n.t('kernel')} ${markdownCode(kernelName(facts.kernel.running), 120)}`,
    ...(original === undefined ? [] : [`${l10n.t('original kernel')} ${markdownCode(kernelName(original), 120)}`]),
  ];
  return `---\n\n${parts.join(' · ')}`;
}

function linkLine(view: HostView, links: typeof LINKS): string {
  const argument = encodeURIComponent(JSON.stringify([{ kind: 'host', hostId: view.host.id }]));
  return links.map(([, command, label]) => `[${markdownText(label())}](command:${command}?${argument})`).join(' · ');
}
