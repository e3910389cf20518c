import { readingOf, type EvidenceReading } from '../core/liveEvidence';
import type { Listener } from '../core/facts';
import { HostError } from '../core/problem';
import { splitSections } from '../core/probe/sections';
import { WEB_PORTS } from '../core/probe/sockets';
import { quote } from '../core/shell';
import watch from '../remote/watch-evidence.sh';
import { drain } from './drain';
import { lines } from './lines';
import { nonce } from './nonce';
import type { Clock, Session } from './ports';
import { openScript, type RunAs } from './runScript';

export interface WatchOptions {
  readonly as: RunAs;
  /** Of the latest probe; the usual web ports are watched in any case. */
  readonly listeners: readonly Listener[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onReading: (reading: EvidenceReading) => void;
}

/** Between two readings: a glance at four files of /proc, at the lowest priority. */
const SECONDS = 5;
/** This long without a reading, the connection is dead. */
const SILENCE_MS = 45_000;
const MOST_LINES = 4000;
const LONGEST_LINE = 1024;

/**
 * Reads the module's counters and the web ports' listeners every few seconds over one channel, until the signal fires; then
 * resolves. Rejects with HostError: sudo problems, `connectionLost`, `outputTooLong`.
 */
export async function watchEvidence(session: Session, options: WatchOptions): Promise<void> {
  const { as, signal, clock } = options;
  const ports = new Set([...options.listeners.map(({ port }) => port), ...WEB_PORTS]);
  const word = nonce();
  const channel = await openScript(session, scriptOf(word, ports), { as, signal });
  const close = (): void => channel.close();
  signal.addEventListener('abort', close, { once: true });
  const silence = setTimeout(close, SILENCE_MS);
  channel.exit.catch(() => undefined);
  void drain(channel.stderr);
  let read: string[] = [];
  try {
    for await (const line of lines(channel.stdout, { maxBytes: LONGEST_LINE })) {
      read.push(line.replace(/\r$/, ''));
      if (read.length > MOST_LINES) throw new HostError({ code: 'outputTooLong', bytes: MOST_LINES * LONGEST_LINE }, session.host.name);
      if (read.at(-1) !== `==${word} end`) continue;
      silence.refresh();
      const sections = splitSections(`${read.join('\n')}\n`, word);
      const reading = sections === undefined ? undefined : readingOf(sections, clock.now(), ports);
      if (reading !== undefined) options.onReading(reading);
      read = [];
    }
    if (!signal.aborted) throw new HostError({ code: 'connectionLost', reason: 'watch ended' }, session.host.name);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', close);
    channel.close();
  }
}

function scriptOf(word: string, ports: ReadonlySet<number>): string {
  const hex = [...ports].map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  return `toa_nonce=${quote(word)} toa_seconds=${SECONDS} toa_ports=${quote(` ${hex.join(' ')} `)}\n${watch}`;
}
