import { addressOf, detectFormat, parseLine } from '../core/log/parse';
import type { LogSample } from '../core/log/sample';
import { isDecoy } from '../core/ownAddress';
import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import sample from '../remote/sample.sh';
import { classify, parseCidrs, type AddressClass } from '../shared/address';
import type { OwnFormat } from '../shared/logEntry';
import type { Session } from './ports';
import { readFormats } from './readFormats';
import { runScript, type RunAs } from './runScript';

export interface SampleOptions {
  readonly as: RunAs;
  /** Back-to-origin ranges; what is no range in it is left out. */
  readonly cidrs: readonly string[];
  readonly lines?: number;
  readonly signal: AbortSignal;
}

const DEADLINE_SECONDS = 30;
/** The script prints 4 MiB at most. */
const MAX_BYTES = 5 * 1024 * 1024;
const TOP = 10;
const LAST = 5;
/** A name of several labels before ident, user and time, of the common format. */
const HOST_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+\.? \S+ [^["]*\[/;

/** Reads the last lines of a log (2,000 unless told) and classes them, by the server's own format where it can be read. Rejects with HostError: `logUnreadable`, or as runScript does. */
export async function sampleLog(session: Session, path: string, options: SampleOptions): Promise<LogSample> {
  const script = `toa_log=${quote(path)} toa_lines=${options.lines ?? 2000}\n${sample}`;
  const { as, signal } = options;
  const result = await runScript(session, script, {
    as,
    signal,
    deadlineSeconds: DEADLINE_SECONDS,
    maxBytes: MAX_BYTES,
    what: 'sampleLog',
  });
  const reason = ({ 3: 'permission', 4: 'missing', 5: 'notAFile' } as const)[result.code];
  if (reason !== undefined) throw new HostError({ code: 'logUnreadable', path, reason }, session.host.name);
  if (result.code !== 0) throw new HostError({ code: 'unexpected', message: `sample.sh: exit ${result.code}` }, session.host.name);
  return sampleOf(path, result.stdout, options.cidrs, result.stdout === '' ? [] : await readFormats(session, path, { as, signal }));
}

/** Classes the lines of `text`. Exported for tests. */
export function sampleOf(path: string, text: string, cidrs: readonly string[], own: readonly OwnFormat[] = []): LogSample {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const format = detectFormat(lines.slice(-200), own);
  const { ranges } = parseCidrs(cidrs);
  const classes: Record<AddressClass, number> = { visitor: 0, origin: 0, private: 0, public: 0, unparsed: 0 };
  const counts = new Map<string, number>();
  let forwardedFor = 0;
  let names = 0;
  for (const line of lines) {
    const address = addressOf(line, format);
    classes[address === undefined ? 'unparsed' : classify(address, ranges)]++;
    if (address === undefined && HOST_NAME.test(line)) names++;
    if (address !== undefined) counts.set(address, (counts.get(address) ?? 0) + 1);
    const forwarded = parseLine(line, format)?.forwardedFor;
    if (forwarded !== undefined && !isDecoy(forwarded)) forwardedFor++;
  }
  const top = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(([address, count]) => ({ address, addressClass: classify(address, ranges), count }));
  return { path, lines: lines.length, classes, forwardedFor, names, last: lines.slice(-LAST), top };
}
