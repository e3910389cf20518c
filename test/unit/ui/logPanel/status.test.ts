import { describe, expect, test } from 'vitest';
import { logBuffer } from '../../../../src/engine/logBuffer';
import type { HostView } from '../../../../src/engine/hostStore';
import { parseCidrs } from '../../../../src/shared/address';
import { hostNow, panelStatus } from '../../../../src/ui/logPanel/status';
import { facts, viewOf } from '../facts';

const HOUR = 3_600_000;
const taken = facts().takenAt;
const at = (time: number): string => {
  const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time).toUTCString())!;
  return `${day}/${month}/${year}:${clock} +0000`;
};

/** The status of a panel that has seen one line of each of these times, by the host's clock. */
function status(view: HostView, ...times: readonly number[]) {
  const now = taken + 60_000;
  const buffer = logBuffer(parseCidrs(['192.0.2.0/25']).ranges, () => hostNow(view, now));
  const text = times.map((time) => `192.0.2.18 - - [${at(time)}] "GET / HTTP/1.1" 200 3 "-" "-"`);
  const ends = text.map((_, i) => text.slice(0, i + 1).join('\n').length);
  buffer.append(Buffer.from(text.join('\n')), ends, 0);
  return panelStatus({
    view,
    logName: 'access.log',
    buffer,
    rows: { epoch: 0, base: 0, end: times.length },
    cidrsSet: true,
    live: { tone: 'neutral', icon: '', text: '' },
    connected: true,
    limit: 1000,
    asRoot: false,
    now,
    range: 'halfHour',
    marks: [
      { kind: 'boot', at: taken - 600_000, text: 'boot' },
      { kind: 'boot', at: taken - HOUR, text: 'long ago' },
    ],
    sight: { filter: { left: 0 }, find: { count: 0, left: 0 } },
  });
}
const linesOf = (made: ReturnType<typeof status>) => made.verdict.log.rows[0]?.value;

describe('the chart and the figures', () => {
  test.each([-26 * HOUR, -2 * HOUR, 0, 3 * HOUR])('go by the host’s clock, which may differ by %i ms', (skew) => {
    const view = viewOf({ kind: 'unknown' }, { facts: facts({ hostTime: taken + skew, uptimeSeconds: 600 }) });
    const made = status(view, taken + skew - 300_000, taken + skew + 30_000);
    expect(linesOf(made)).toBe('2');
    expect(made.verdict.heading).toBe('Visitors’ addresses do not arrive');
  });

  test('without a line nothing is said of visitors', () => {
    const { verdict } = status(viewOf({ kind: 'notInstalled', system: 'CentOS 7' }));
    expect([verdict.heading, verdict.text]).toEqual(['Nothing to judge yet', expect.stringContaining('shown nothing since the boot')]);
  });

  test('count from the boot, and mark it where it lies in sight', () => {
    const view = viewOf({ kind: 'unknown' }, { facts: facts({ uptimeSeconds: 600 }) });
    const made = status(view, taken - 900_000, taken - 300_000);
    expect(linesOf(made)).toBe('1');
    expect(made.share.marks).toEqual([{ kind: 'boot', at: taken - 600_000, text: 'boot' }]);
  });
});
