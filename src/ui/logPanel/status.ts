import { l10n } from 'vscode';
import { DELIVERED, RECEIVED, riseOf } from '../../core/evidence';
import type { EvidenceWindow } from '../../core/liveEvidence';
import { panelVerdict } from '../../core/log/verdict';
import type { HostView } from '../../engine/hostStore';
import type { LogBuffer } from '../../engine/logBuffer';
import { BAR_MS } from '../../engine/logBufferShare';
import { ADDRESS_CLASSES, type AddressClass } from '../../shared/address';
import { CHART_RANGES, type ChartRange } from '../../shared/panelLook';
import type { ChartMark, PanelFigures, PanelStatus, PanelView } from '../../shared/panelStatus';
import { count } from '../text/amount';
import { liveFigures, viewNow, visitorsText } from './liveFigures';
import { verdictText } from './verdictText';

/** What a panel's status is made of. */
export interface StatusInput {
  readonly view: HostView;
  readonly logName: string;
  readonly buffer: LogBuffer;
  readonly rows: PanelView;
  readonly cidrsSet: boolean;
  readonly live: PanelStatus['live'];
  readonly problem?: PanelStatus['problem'];
  /** The follower is connected: what is shown is now. */
  readonly connected: boolean;
  /** Counters and listeners, read while the log is looked at. */
  readonly evidence?: EvidenceWindow;
  readonly perSecond?: number;
  readonly limit: number;
  readonly asRoot: boolean;
  readonly now: number;
  readonly range: ChartRange;
  readonly marks: readonly ChartMark[];
  readonly sight: Pick<PanelStatus, 'filter' | 'find'>;
}

/** Addresses in the panel's list. */
const TOP = 7;

/** The panel's status as it is now. */
export function panelStatus(input: StatusInput): PanelStatus {
  const { buffer, now, evidence } = input;
  const view = viewNow(input.view, evidence);
  const live =
    evidence === undefined || view === input.view
      ? undefined
      : liveFigures(evidence, { ...input, hostTime: (at) => hostNow(input.view, at) });
  const bars = buffer.share.bars();
  const shown = buffer.share.bars(CHART_RANGES[input.range]);
  const lines = linesSinceBoot(bars, view);
  const unreachable = view.state.kind === 'unreachable' || view.state.kind === 'needsSignIn';
  const verdict = panelVerdict({
    ...(view.facts === undefined ? {} : { facts: view.facts }),
    memory: view.memory,
    stale: view.stale || unreachable || !input.connected,
    cidrsSet: input.cidrsSet,
    lines,
    ...(live === undefined ? {} : { traffic: live.lines > 0 }),
  });
  return {
    live: input.live,
    verdict: {
      ...verdictText(verdict, view, lines.visitor > 0, now),
      ...(live?.shown ?? {
        kernel: kernelFigures(
          view,
          Object.values(lines).some((one) => one > 0),
        ),
        log: logFigures(input, lines),
      }),
    },
    ...(input.problem === undefined ? {} : { problem: input.problem }),
    totals: { ...buffer.totals },
    lines: buffer.lines,
    ...(input.perSecond === undefined ? {} : { perSecond: input.perSecond }),
    dropped: buffer.store.dropped,
    cut: buffer.cut,
    kept: buffer.store.end - buffer.store.first,
    limit: input.limit,
    bytes: buffer.store.bytes,
    format: formatText(buffer.format),
    asRoot: input.asRoot,
    distinct: buffer.distinct,
    top: buffer.top(TOP),
    distinctVisitors: buffer.distinctVisitors,
    share: {
      from: shown.from,
      barMs: CHART_RANGES[input.range],
      counts: shown.counts,
      marks: input.marks.filter(({ at, until }) => (until ?? at) >= shown.from),
    },
    view: input.rows,
    ...input.sight,
  };
}

/**
 * Now by the host's clock, which its log tells times by. A difference smaller than a bar may be the probe's own duration
 * and is left out.
 */
export function hostNow(view: HostView | undefined, now: number): number {
  const skew = view?.facts === undefined ? 0 : view.facts.hostTime - view.facts.takenAt;
  return Math.abs(skew) > BAR_MS ? now + skew : now;
}

const bootOf = ({ facts }: HostView): number | undefined => facts && facts.hostTime - facts.uptimeSeconds * 1000;

/** Lines of the last half hour whose time is after the boot: what came before it proves nothing about this kernel. */
function linesSinceBoot(bars: ReturnType<LogBuffer['share']['bars']>, view: HostView): Record<AddressClass, number> {
  const boot = bootOf(view) ?? 0;
  const sums: Record<AddressClass, number> = { visitor: 0, origin: 0, private: 0, public: 0, unparsed: 0 };
  bars.counts.forEach((counts, bar) => {
    if (bars.from + bar * BAR_MS < boot) return;
    ADDRESS_CLASSES.forEach((name, i) => (sums[name] += counts[i] ?? 0));
  });
  return sums;
}

/** A counter that does not rise is a finding only while the log does. */
function kernelFigures({ facts, memory }: HostView, traffic: boolean): PanelFigures {
  const rises = facts === undefined ? [] : [RECEIVED, DELIVERED].map((counter) => ({ counter, rise: riseOf(counter, facts, memory) }));
  const seconds = rises.find(({ rise }) => rise !== undefined)?.rise?.seconds;
  return {
    caption: seconds === undefined ? l10n.t('Kernel') : l10n.t('Kernel, {0} s up to the last probe', Math.round(seconds)),
    rows: [RECEIVED, DELIVERED].map((name) => {
      const rise = rises.find(({ counter }) => counter === name)?.rise;
      if (rise === undefined) return { name, value: '–', note: '', flat: false };
      return rise.by > 0
        ? { name, value: `+${count(rise.by)}`, note: l10n.t('rises'), flat: false }
        : { name, value: '0', note: l10n.t('flat'), flat: traffic && facts?.module.loaded === true };
    }),
  };
}

function logFigures({ logName, cidrsSet }: StatusInput, lines: Readonly<Record<AddressClass, number>>): PanelFigures {
  const all = Object.values(lines).reduce((sum, one) => sum + one, 0);
  return {
    caption: l10n.t('{0}, this boot, 30 min', logName),
    rows: [
      { name: l10n.t('lines'), value: count(all), note: '', flat: false },
      { name: l10n.t('with a visitor'), value: visitorsText(cidrsSet, lines.visitor, all), note: '', flat: false },
    ],
  };
}

function formatText(format: LogBuffer['format']): string {
  switch (format) {
    case 'common':
      return l10n.t('common format, times of the host');
    case 'vhost':
      return l10n.t('common format after the virtual host, times of the host');
    case 'json':
      return l10n.t('JSON, times of the host');
    case 'haproxy':
      return l10n.t('HAProxy, times of the host');
    case 'unknown':
      return l10n.t('format not recognised');
    default:
      return l10n.t('the server’s own format, times of the host');
  }
}
