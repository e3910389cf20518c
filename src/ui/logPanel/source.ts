import { basename } from 'node:path/posix';
import type { HostView } from '../../engine/hostStore';
import type { RunAs } from '../../engine/runScript';
import { logBuffer, MARK, type BufferLimits, type LogBuffer } from '../../engine/logBuffer';
import { timeReader } from '../../engine/logTime';
import { parseCidrs } from '../../shared/address';
import type { TimedMark } from '../../shared/logMark';
import type { PanelLog } from '../../shared/panelLook';
import type { ChartMark } from '../../shared/panelStatus';
import type { Ui } from '../context';
import { settings } from '../settings';
import { follow, type FollowState } from './follower';
import { liveEvidence, type LiveEvidence } from './liveEvidence';
import { chartMark, gapMark, lossMark } from './marks';
import { lineRate } from './rate';
import { hostNow } from './status';

export type PanelUi = Pick<Ui, 'store' | 'transport' | 'prompts' | 'clock'>;

/** One of a panel's logs: who follows it, and what it has brought. */
export interface PanelSource {
  readonly log: PanelLog;
  readonly buffer: LogBuffer;
  readonly live: LiveEvidence;
  /** undefined: the host is not there (yet). */
  view(): HostView | undefined;
  hostName(): string;
  logName(): string;
  tail(): FollowState;
  asRoot(): boolean;
  /** As whom its log is read, for what a person asks for: sudo may ask. */
  runsAs(): RunAs;
  marks(): readonly ChartMark[];
  perSecond(now: number): number | undefined;
  /** Minutes that the host's clock is ahead of UTC. */
  zone(): number;
  /** ms since the epoch, by the editor's clock. */
  timeOf(bytes: Buffer, code: number): number | undefined;
  start(options: { readonly ask: boolean; readonly root: boolean }): void;
  /** Takes note of a boot, or of a module that was loaded, which a probe has seen. */
  lookAtHost(): void;
  stop(): void;
}

/** Lines to begin with. */
const BACK_LINES = 2000;
const MOST_MARKS = 50;

/** Makes a source that does nothing yet. */
export function panelSource(ui: PanelUi, log: PanelLog, limits: BufferLimits): PanelSource {
  const view = (): HostView | undefined => ui.store.view(log.hostId);
  const now = (): number => hostNow(view(), ui.clock.now());
  const zone = (): number => view()?.facts?.utcOffsetMinutes ?? 0;
  const buffer = logBuffer(parseCidrs(settings.cidrs()).ranges, { now, zone }, limits);
  const rate = lineRate();
  const readTime = timeReader(zone);
  const live = liveEvidence(ui, log.hostId);
  let run = new AbortController();
  let tail: FollowState = { kind: 'connecting' };
  let asRoot = false;
  let marks: ChartMark[] = [];
  /** Marks that wait for the lines of their time. */
  let due: TimedMark[] = [];
  let seen: { readonly bootId: string; readonly loaded: boolean } | undefined;

  const note = (mark: ChartMark): void => {
    marks = [...marks, mark].slice(-MOST_MARKS);
  };

  const append = (bytes: Buffer, ends: readonly number[], cut: number): void => {
    const last = due.length === 0 ? undefined : readTime(bytes.subarray(ends.length > 1 ? (ends.at(-2) ?? 0) + 1 : 0), buffer.format);
    if (last === undefined || due.every(({ at }) => at > last)) {
      buffer.append(bytes, ends, cut);
      return;
    }
    let done = 0;
    ends.forEach((end, i) => {
      const from = i === 0 ? 0 : (ends[i - 1] ?? 0) + 1;
      const time = readTime(bytes.subarray(from, end), buffer.format);
      const passed = time === undefined ? [] : due.filter(({ at }) => at <= time);
      if (passed.length === 0) return;
      due = due.filter((mark) => !passed.includes(mark));
      appendPart(bytes, ends, done, i);
      // Before the first line there is nothing that a mark could part from it.
      if (buffer.lines > 0) passed.forEach((mark) => buffer.mark(mark));
      done = i;
    });
    appendPart(bytes, ends, done, ends.length, cut);
  };
  const appendPart = (bytes: Buffer, ends: readonly number[], from: number, to: number, cut = 0): void => {
    if (to <= from) return;
    const offset = from === 0 ? 0 : (ends[from - 1] ?? 0) + 1;
    buffer.append(
      bytes.subarray(offset),
      ends.slice(from, to).map((end) => end - offset),
      cut,
    );
  };

  return {
    log,
    buffer,
    live,
    view,
    hostName: () => view()?.host.name ?? log.hostId,
    logName: () => basename(log.path),
    tail: () => tail,
    asRoot: () => asRoot,
    runsAs: () => (asRoot ? { sudo: view()?.facts?.sudo ?? 'password', prompts: ui.prompts } : 'user'),
    marks: () => marks,
    perSecond: (at) => rate.perSecond(at, buffer.lines),
    zone,
    timeOf: (bytes, code) => {
      const time = code === MARK ? undefined : readTime(bytes, buffer.format);
      return time === undefined ? undefined : time - (now() - ui.clock.now());
    },
    start: (options) => {
      run.abort();
      run = new AbortController();
      const { signal } = run;
      // Lines that are there already are not read twice: a retry begins with those that the buffer lacks entirely.
      if (buffer.lines > 0) buffer.clear();
      void follow({
        ...options,
        ui,
        view,
        path: log.path,
        back: log.history === true ? 'all' : BACK_LINES,
        signal,
        onLines: append,
        onMark: (mark) => {
          buffer.mark(mark);
          if (mark.kind === 'resumed') note(gapMark(now(), mark.seconds));
          if (mark.kind === 'gap') note(lossMark(now(), mark));
        },
        onFormats: (formats) => {
          if (!signal.aborted) buffer.setOwnFormats(formats);
        },
        onState: (next, root) => {
          if (signal.aborted) return;
          if (next.kind === 'following') rate.restart(ui.clock.now());
          [tail, asRoot] = [next, root];
        },
      });
    },
    lookAtHost: () => {
      const facts = view()?.facts;
      if (facts === undefined) return;
      const { bootId, module, hostTime, uptimeSeconds } = facts;
      const before = seen;
      if (before?.bootId === bootId && before.loaded === module.loaded) return;
      seen = { bootId, loaded: module.loaded };
      const booted = before?.bootId !== bootId;
      if (!booted && !module.loaded) return;
      const mark: TimedMark = booted
        ? { kind: 'boot', at: hostTime - uptimeSeconds * 1000, module: module.loaded }
        : { kind: 'loaded', at: hostTime };
      note(chartMark(mark));
      // The first lines bring the past; what is seen while they are followed happened just now.
      if (before === undefined) due.push(mark);
      else buffer.mark(mark);
    },
    stop: () => {
      run.abort();
      live.stop();
    },
  };
}
