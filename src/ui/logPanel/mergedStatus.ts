import { l10n } from 'vscode';
import { ADDRESS_CLASSES, type AddressClass } from '../../shared/address';
import type { PanelHostRow, PanelStatus, Tone } from '../../shared/panelStatus';
import type { MergedAddresses } from '../../engine/mergedAddresses';
import { plain } from '../text/hostile';
import { share } from '../text/amount';

/** The status of one of several logs. */
export interface PartStatus {
  readonly name: string;
  readonly status: PanelStatus;
  readonly following: boolean;
}

/** What belongs to the merged lines and to none of the logs. */
export type MergedLines = Pick<PanelStatus, 'dropped' | 'kept' | 'limit' | 'view' | 'filter' | 'find'> & MergedAddresses;

/** The status of several logs as one: sums, and a verdict for each host. One that failed does not hide the others. */
export function mergedStatus(parts: readonly PartStatus[], lines: MergedLines): PanelStatus {
  const all = parts.map(({ status }) => status);
  const sum = (of: (status: PanelStatus) => number): number => all.reduce((total, status) => total + of(status), 0);
  const problem = problemOf(parts);
  const [first] = all;
  const measured = all.flatMap(({ perSecond }) => perSecond ?? []);
  return {
    live: liveOf(parts),
    verdict: verdictOf(parts),
    ...(problem === undefined ? {} : { problem }),
    totals: Object.fromEntries(ADDRESS_CLASSES.map((name) => [name, sum(({ totals }) => totals[name])])) as Record<AddressClass, number>,
    lines: sum((status) => status.lines),
    ...(measured.length === 0 ? {} : { perSecond: measured.reduce((total, one) => total + one, 0) }),
    cut: sum((status) => status.cut),
    bytes: sum((status) => status.bytes),
    format: [...new Set(all.map(({ format }) => format))].join(', '),
    asRoot: all.some(({ asRoot }) => asRoot),
    share: {
      from: first?.share.from ?? 0,
      barMs: first?.share.barMs ?? 1,
      counts: (first?.share.counts ?? []).map((_, bar) =>
        ADDRESS_CLASSES.map((_name, code) => sum((status) => status.share.counts[bar]?.[code] ?? 0)),
      ),
      marks: parts.flatMap(({ name, status }) => status.share.marks.map((mark) => ({ ...mark, text: `${plain(name, 60)} ${mark.text}` }))),
    },
    ...lines,
  };
}

function liveOf(parts: readonly PartStatus[]): PanelStatus['live'] {
  const following = parts.filter((part) => part.following).length;
  if (following === parts.length) return { tone: 'neutral', icon: 'circle-filled', text: l10n.t('Following {0} logs', following) };
  const worst = (['failed', 'attention', 'neutral'] as const).find((tone) =>
    parts.some((part) => !part.following && part.status.live.tone === tone),
  );
  const icon = parts.find((part) => !part.following && part.status.live.tone === worst)?.status.live.icon ?? 'loading';
  return { tone: worst ?? 'neutral', icon, text: l10n.t('Following {0} of {1} logs', following, parts.length) };
}

/** Every log that cannot be read is told; the buttons are for the first. */
function problemOf(parts: readonly PartStatus[]): PanelStatus['problem'] {
  const failed = parts.flatMap(({ status }, of) => (status.problem === undefined ? [] : [{ ...status.problem, of }]));
  const [first] = failed;
  if (first === undefined) return undefined;
  return { text: failed.map(({ text }) => text).join(' '), buttons: first.buttons.map((button) => ({ ...button, of: first.of })) };
}

function verdictOf(parts: readonly PartStatus[]): PanelStatus['verdict'] {
  const proven = parts.filter(({ status }) => status.verdict.tone === 'proven').length;
  const tone: Tone =
    proven === parts.length ? 'proven' : parts.some(({ status }) => status.verdict.tone === 'attention') ? 'attention' : 'neutral';
  const open = parts.findIndex(({ status }) => status.verdict.tone !== 'proven');
  const said = parts[open];
  const none = { caption: '', rows: [] };
  return {
    tone,
    icon: tone === 'proven' ? 'pass-filled' : tone === 'attention' ? 'warning' : 'circle-large',
    heading: l10n.t('Visitors’ addresses arrive on {0} of {1} hosts', proven, parts.length),
    level: '',
    text: said === undefined ? '' : `${plain(said.name, 60)}: ${said.status.verdict.heading}. ${said.status.verdict.text}`,
    why: said?.status.verdict.why ?? [],
    buttons: (said?.status.verdict.buttons ?? []).map((button) => ({ ...button, of: open })),
    ladder: (parts[0]?.status.verdict.ladder ?? []).map(({ label }, level) => {
      const reached = parts.filter(({ status }) => status.verdict.ladder[level]?.look === 'done').length;
      return {
        label,
        small: l10n.t('{0} of {1} hosts', reached, parts.length),
        look: reached === parts.length ? 'done' : 'open',
        top: false,
      } as const;
    }),
    kernel: none,
    log: none,
    fleet: parts.map(hostRow),
  };
}

function hostRow({ name, status: { verdict, totals, lines } }: PartStatus, source: number): PanelHostRow {
  return {
    source,
    name,
    tone: verdict.tone,
    icon: verdict.icon,
    text: verdict.level,
    share:
      lines === 0 ? l10n.t('no lines') : totals.public > 0 ? l10n.t('not classed') : l10n.t('{0} visitors', share(totals.visitor, lines)),
  };
}
