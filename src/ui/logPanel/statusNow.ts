import { mergedAddresses, type MergedAddresses } from '../../engine/mergedAddresses';
import type { ChartRange } from '../../shared/panelLook';
import type { PanelStatus } from '../../shared/panelStatus';
import type { HostView } from '../../engine/hostStore';
import { liveOf, problemOfTail } from './live';
import type { PanelLines } from './lines';
import { mergedStatus } from './mergedStatus';
import type { Sight } from './sight';
import type { PanelSource } from './source';
import { panelStatus } from './status';

/** Addresses in the panel's list. */
const TOP = 7;
/** Counting several logs' addresses together costs too much for every tick. */
const COUNT_EVERY_MS = 2000;

/** Tells a panel's status as it is now; undefined: a host is not there (yet). */
export function statusTeller(
  all: PanelLines,
  sight: Sight,
): (now: number, look: { readonly range: ChartRange; readonly cidrsSet: boolean }) => PanelStatus | undefined {
  let counted: { readonly at: number; readonly addresses: MergedAddresses } | undefined;
  return (now, { range, cidrsSet }) => {
    const one = (source: PanelSource, view: HostView): PanelStatus => {
      const [tail, name] = [source.tail(), source.hostName()];
      const perSecond = source.perSecond(now);
      const problem = problemOfTail(tail, name);
      const live = source.live.window();
      return panelStatus({
        view,
        logName: source.logName(),
        buffer: source.buffer,
        rows: sight.panelView(),
        cidrsSet,
        live: liveOf(tail, name, source.buffer.lines, now),
        ...(problem === undefined ? {} : { problem }),
        connected: tail.kind === 'following',
        ...(live === undefined ? {} : { evidence: live }),
        ...(perSecond === undefined ? {} : { perSecond }),
        limit: all.limit,
        asRoot: source.asRoot(),
        now,
        range,
        marks: source.marks(),
        sight: sight.status(),
      });
    };
    const parts = all.sources.flatMap((source) => {
      const view = source.view();
      return view === undefined
        ? []
        : [{ name: source.hostName(), status: one(source, view), following: source.tail().kind === 'following' }];
    });
    const [first] = parts;
    if (first === undefined || all.merge === undefined) return first?.status;
    if (counted === undefined || now - counted.at >= COUNT_EVERY_MS) {
      counted = {
        at: now,
        addresses: mergedAddresses(
          all.sources.map(({ buffer }) => buffer),
          TOP,
        ),
      };
    }
    return mergedStatus(parts, {
      dropped: all.dropped(),
      kept: all.lines.end - all.lines.first,
      limit: all.limit,
      view: sight.panelView(),
      ...sight.status(),
      ...counted.addresses,
    });
  };
}
