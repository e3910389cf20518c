import { l10n } from 'vscode';
import { DELIVERED, RECEIVED, referenceReading } from '../../core/evidence';
import { factsNow, riseIn, type EvidenceWindow, type LiveListener } from '../../core/liveEvidence';
import type { HostView } from '../../engine/hostStore';
import type { LogBuffer } from '../../engine/logBuffer';
import { ADDRESS_CLASSES } from '../../shared/address';
import { CHART_RANGES } from '../../shared/panelLook';
import type { PanelFigures, PanelStatus } from '../../shared/panelStatus';
import { count, share } from '../text/amount';
import { plain } from '../text/hostile';

/** A host as it is now, where that is read live; the view as it is where the last probe is of another boot. */
export function viewNow(view: HostView, evidence: EvidenceWindow | undefined): HostView {
  const facts = evidence === undefined || view.facts === undefined ? undefined : factsNow(view.facts, evidence);
  const first = evidence?.first;
  if (facts === undefined || first === undefined) return view;
  const { memory } = view;
  // Where no probe could read the counters, the window has both readings.
  const values = referenceReading(facts, memory) === undefined ? first.module.counters : undefined;
  const counters = values === undefined ? {} : { counters: { values, bootId: first.bootId, at: first.at } };
  return { ...view, facts, stale: false, memory: { ...memory, ...counters } };
}

const SECOND_BARS = CHART_RANGES.minute;
const VISITOR = ADDRESS_CLASSES.indexOf('visitor');

interface LiveInput {
  readonly logName: string;
  readonly cidrsSet: boolean;
  readonly buffer: LogBuffer;
  /** A time by the editor's clock as the host's clock has it, ms since the epoch. */
  readonly hostTime: (at: number) => number;
}

/** Counters and log over the same seconds; the log's lines by their own times. */
export function liveFigures(
  evidence: EvidenceWindow,
  { logName, cidrsSet, buffer, hostTime }: LiveInput,
): { readonly lines: number; readonly shown: Pick<PanelStatus['verdict'], 'kernel' | 'log' | 'listeners'> } {
  const { first, last } = evidence;
  const seconds = Math.round((last.at - first.at) / 1000);
  const bars = buffer.share.bars(SECOND_BARS);
  const [from, to] = [hostTime(first.at) - SECOND_BARS, hostTime(last.at)];
  const inWindow = bars.counts.filter((_, bar) => {
    const at = bars.from + bar * SECOND_BARS;
    return at > from && at <= to;
  });
  const lines = inWindow.reduce((sum, counts) => sum + counts.reduce((all, one) => all + one, 0), 0);
  const visitors = inWindow.reduce((sum, counts) => sum + (counts[VISITOR] ?? 0), 0);
  const figure = (name: string): PanelFigures['rows'][number] => {
    const by = riseIn(evidence, name);
    if (by === undefined) return { name, value: '–', note: '', flat: false };
    return by > 0
      ? { name, value: `+${count(by)}`, note: l10n.t('rises'), flat: false }
      : { name, value: '0', note: l10n.t('flat'), flat: lines > 0 && last.module.loaded };
  };
  const received = riseIn(evidence, RECEIVED);
  const without = riseIn(evidence, WITHOUT_OPTION) ?? 0;
  const { listeners } = last;
  return {
    lines,
    shown: {
      kernel: {
        caption: l10n.t('Kernel, last {0} s', seconds),
        // Connections without the option are normal beside those with it.
        rows: [RECEIVED, DELIVERED, ...(received === 0 && without > 0 ? [WITHOUT_OPTION] : [])].map(figure),
      },
      log: {
        caption: l10n.t('{0}, same {1} s', logName, seconds),
        rows: [
          { name: l10n.t('lines'), value: count(lines), note: '', flat: false },
          { name: l10n.t('with a visitor'), value: visitorsText(cidrsSet, visitors, lines), note: '', flat: false },
        ],
      },
      ...(listeners.length === 0
        ? {}
        : { listeners: { caption: l10n.t('Listeners'), all: listeners.slice(0, MOST_LISTENERS).map(listenerText) } }),
    },
  };
}

const WITHOUT_OPTION = 'syn_recv_sock_no_toa';
const MOST_LISTENERS = 6;

/** Lines with a visitor, of all of them. */
export const visitorsText = (cidrsSet: boolean, visitors: number, lines: number): string =>
  cidrsSet ? `${count(visitors)}${lines > 0 ? ` · ${share(visitors, lines)}` : ''}` : l10n.t('unknown');

/** Of an IPv6 listener without an IPv4 one the module hears nothing, whoever connects. */
function listenerText({ address, port, family, provenDual, connections }: LiveListener): {
  readonly text: string;
  readonly attention: boolean;
} {
  const kind =
    family === 'ipv4'
      ? 'IPv4'
      : family === 'ipv6'
        ? 'IPv6'
        : provenDual
          ? l10n.t('dual-stack, an IPv4 peer was seen on it')
          : l10n.t('presumably dual-stack');
  const name = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { text: l10n.t('{0} {1}, {2} connections', plain(name), kind, count(connections)), attention: family === 'dual' };
}
