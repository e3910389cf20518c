import { HostError } from '../core/problem';
import { quote } from '../core/shell';
import journal from '../remote/journal.sh';
import { journalReader, type JournalEntry } from './journalReader';
import { ended } from './tailFile';
import type { TailOptions } from './tailLog';
import { followReader, type FollowMark } from './tailLogMarks';
import type { TailSource } from './tailSource';

/** What a unit has written into systemd's journal. An entry of several lines is as many lines. */
export function tailJournal(options: Pick<TailOptions, 'path' | 'back' | 'host' | 'onLines' | 'onMark'>, unit: string): TailSource {
  let cursor = '';
  return {
    by: 'cursor',
    resumable: () => cursor !== '',
    script: (word) => {
      const words = { toa_unit: unit, toa_back: String(options.back), toa_nonce: word, toa_from: cursor };
      const set = Object.entries(words).map(([name, value]) => `${name}=${quote(value)}`);
      return `${set.join(' ')}\n${journal}`;
    },
    reader: (word, heard) => {
      const lines = lineBatch();
      let from = cursor;
      const silent = heard.seconds();
      const read = journalReader((entry, cut) => {
        // The entry that was the latest comes again; another one in its place tells that the journal no longer holds it.
        const resumed = from !== '';
        const again = resumed && entry.cursor === from;
        from = '';
        if (resumed && !again) options.onMark({ kind: 'gap', why: 'dropped', seconds: silent });
        cursor = entry.cursor;
        if (again) return;
        if (!entry.driver) {
          lines.add(entry.message, cut);
          return;
        }
        const suppressed = suppressedLines(entry, unit);
        if (suppressed === undefined) return;
        lines.flush(options.onLines);
        options.onMark({ kind: 'gap', why: 'suppressed', ...(suppressed > 0 ? { lines: suppressed } : {}) });
      });
      const onMark = (mark: FollowMark): void => {
        if (mark.kind === 'end') throw new HostError(ended(mark.why, options.path), options.host);
        heard.alive();
      };
      const feed = followReader(word, read, onMark);
      return (chunk) => {
        try {
          feed(chunk);
        } finally {
          lines.flush(options.onLines);
        }
      };
    },
  };
}

/**
 * How many messages of the unit journald has dropped, by its word (`Suppressed 27 messages from nginx.service`; EL7 has the cgroup's
 * path there); 0: it does not say how many. undefined: it speaks of another unit.
 */
function suppressedLines({ message, about }: JournalEntry, unit: string): number | undefined {
  const [, count, from = ''] = /^Suppressed (\d{1,12}) messages from (\S+)/.exec(message.toString('utf8')) ?? [];
  return about === unit || from === unit || from.endsWith(`/${unit}`) ? Number(count ?? 0) : undefined;
}

/** Lines of a read's entries, given on together. */
function lineBatch(): {
  readonly add: (message: Buffer, cut: boolean) => void;
  readonly flush: (onLines: TailOptions['onLines']) => void;
} {
  let parts: Buffer[] = [];
  let ends: number[] = [];
  let length = 0;
  let cuts = 0;
  const newline = Buffer.from('\n');
  return {
    add: (message, cut) => {
      for (let end = message.indexOf(10); end >= 0; end = message.indexOf(10, end + 1)) ends.push(length + end);
      parts.push(message, newline);
      length += message.length + 1;
      ends.push(length - 1);
      if (cut) cuts += 1;
    },
    flush: (onLines) => {
      const [bytes, at, cut] = [Buffer.concat(parts), ends, cuts];
      [parts, ends, length, cuts] = [[], [], 0, 0];
      if (at.length > 0) onLines(bytes, at, cut);
    },
  };
}
